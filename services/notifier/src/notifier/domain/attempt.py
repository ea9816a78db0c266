"""The life of a reminder in the notifier: its states, the claim of who works on it, the clearance to send it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class State(StrEnum):
    """Where a reminder stands. From `sent` on they end it.

    From `handing_over` nothing leads back once DATA was begun: that is what keeps a mail from being sent twice.
    `unknown` can still be corrected, by proof that the server took the mail or by a person who looked; what was sent
    can still come back (`bounced`); what found no contact can still be done by a person (`delivered`).
    """

    REQUESTED = "requested"
    CLAIMED = "claimed"
    HANDING_OVER = "handing_over"
    SENT = "sent"
    SUPPRESSED = "suppressed"
    FAILED = "failed"
    UNKNOWN = "unknown"
    BOUNCED = "bounced"
    DELIVERED = "delivered"


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to work on one reminder: it is lost as soon as another process holds a higher epoch."""

    reminder_id: UUID
    owner: UUID
    epoch: int


@dataclass(frozen=True, slots=True)
class Clearance:
    """When the three owners were asked and when they had all said `clear`; machine time."""

    asked_at: datetime
    cleared_at: datetime
