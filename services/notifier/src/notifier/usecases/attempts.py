"""What became of an attempt that was begun before, as an outcome."""

from datetime import datetime

from notifier.domain.outcome import Ended, Outcome
from notifier.usecases.ports import Attempt


def outcome_of(attempt: Attempt, state: Ended, at: datetime, reason: str | None = None) -> Outcome:
    """The outcome of this attempt, at the tenant's time `at`."""
    return Outcome(
        state=state,
        reminder=attempt.command.reminder,
        delivery_id=attempt.delivery_id,
        at=at,
        reason=reason,
        channel=attempt.channel,
        contact_id=attempt.contact_id,
        address=attempt.address,
        gateway=attempt.gateway,
        provider_id=attempt.provider_id,
        content_sha256=attempt.content_sha256,
        clearance=attempt.clearance,
    )
