"""The messages that a page belongs to and tells of, and how long its link works."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from feedback_service.domain.item import ItemKey

LINK_LIVES = timedelta(days=90)
DEMANDING = frozenset({"reminder", "promise_resume", "plan"})
"""Kinds of message that ask for money; the others tell something."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The event that brought a reminder here: its place in a chain and in a trace."""

    event_id: str | None = None
    correlation_id: str | None = None
    traceparent: str | None = None


@dataclass(frozen=True, slots=True)
class NextStep:
    """What happens if nothing happens, as the message said."""

    code: str
    not_before_on: date


@dataclass(frozen=True, slots=True)
class Reminder:
    """One message that was requested; its id is what the link carries."""

    reminder_id: UUID
    tenant: str
    customer_id: str
    creditor_id: str
    case_id: str
    currency: str
    keys: tuple[ItemKey, ...]
    not_before_at: datetime
    kind: str = "reminder"
    stage_code: str = ""
    language: str | None = None
    total_minor: int = 0
    channels: tuple[str, ...] = ("email",)
    deadline_on: date | None = None
    next_step: NextStep | None = None
    origin: Origin = field(default_factory=Origin)
    is_revoked: bool = False

    @property
    def invoice_ids(self) -> tuple[str, ...]:
        """The invoices that it is about."""
        return tuple(dict.fromkeys(key.invoice_id for key in self.keys))

    def is_usable(self, now: datetime) -> bool:
        """The link still works: not revoked, and not older than 90 days of the tenant's time."""
        return not self.is_revoked and now < self.not_before_at + LINK_LIVES


@dataclass(frozen=True, slots=True)
class Message:
    """A message of a reminder that left."""

    reminder_id: UUID
    sent_at: datetime
    channel: str
    kind: str
    stage_code: str
    currency: str
    total_minor: int
    contact_id: str | None = None
    deadline_on: date | None = None
    next_step: NextStep | None = None

    @property
    def is_demand(self) -> bool:
        """It asked for money: what it said about the next step holds until the next demand."""
        return self.kind in DEMANDING
