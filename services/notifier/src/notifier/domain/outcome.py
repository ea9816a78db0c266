"""How a reminder ends, as facts that the notifier gives out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

from notifier.domain.attempt import Clearance, State
from notifier.domain.reminder import Reminder

Ended = Literal[State.SENT, State.SUPPRESSED, State.FAILED, State.UNKNOWN, State.BOUNCED, State.DELIVERED]

WITHDRAWN = "withdrawn"
EXPIRED = "expired"
NO_CONTACT = "no_contact"
NO_WORDS = "no_words"
STALE = "stale"
LOST_CONNECTION = "connection_lost"
LOST_SENDER = "sender_lost"
REPRESENTED = "represented"
ERASED = "erased"
PERSON_SAYS_NOT_SENT = "person_says_not_sent"


@dataclass(frozen=True, slots=True)
class End:
    """Decided: the reminder ends here without being sent."""

    state: Literal[State.SUPPRESSED, State.FAILED]
    reason: str
    seen: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The one end of a reminder (or the proof that corrects `unknown`), ready to be published.

    `at` is the tenant's time; `address` is masked.
    """

    state: Ended
    reminder: Reminder
    delivery_id: UUID
    at: datetime
    reason: str | None = None
    seen: Mapping[str, int] = field(default_factory=dict)
    channel: str | None = None
    contact_id: str | None = None
    address: str | None = None
    gateway: str | None = None
    provider_id: str | None = None
    content_sha256: str | None = None
    clearance: Clearance | None = None
