"""Settles what a dead sender left behind: what was not handed over goes back to the gate, the rest is `unknown`."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from notifier.domain.attempt import Claim, Clearance, State
from notifier.domain.outcome import LOST_SENDER, Outcome
from notifier.usecases.end_reminders import end_reminders
from notifier.usecases.ports import Command, Ending, Work


@dataclass(frozen=True, slots=True)
class Abandoned:
    """A reminder in `handing_over` whose sender is silent."""

    command: Command
    claim: Claim
    delivery_id: UUID
    channel: str
    contact_id: str
    address: str
    gateway: str
    content_sha256: str
    clearance: Clearance


async def recover_reminders(work: Work, abandoned: Sequence[Abandoned]) -> int:
    """End them as `unknown`; a person looks, and they are never sent again silently. Returns how many ended."""
    await work.lock({one.command.reminder.key for one in abandoned})
    endings = []
    for one in abandoned:
        now = await work.clock(one.command.reminder.tenant)
        if now is None:
            continue
        outcome = Outcome(
            State.UNKNOWN,
            one.command.reminder,
            one.delivery_id,
            now,
            reason=LOST_SENDER,
            channel=one.channel,
            contact_id=one.contact_id,
            address=one.address,
            gateway=one.gateway,
            content_sha256=one.content_sha256,
            clearance=one.clearance,
        )
        endings.append(Ending(outcome, one.command.trace, frozenset({State.HANDING_OVER}), one.claim))
    return len(await end_reminders(work, endings))
