"""The reminder that a page belongs to, and how long its link works."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

LINK_LIVES = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Origin:
    """The event that brought a reminder here: its place in a chain and in a trace."""

    event_id: str | None = None
    correlation_id: str | None = None
    traceparent: str | None = None


@dataclass(frozen=True, slots=True)
class Reminder:
    """One message that was requested; its id is what the link carries."""

    reminder_id: UUID
    tenant: str
    customer_id: str
    creditor_id: str
    case_id: str
    currency: str
    item_ids: tuple[str, ...]
    invoice_ids: tuple[str, ...]
    not_before_at: datetime
    origin: Origin = field(default_factory=Origin)
    sent_at: datetime | None = None
    is_revoked: bool = False

    def is_usable(self, now: datetime) -> bool:
        """The link still works: not revoked, and not older than 90 days of the tenant's time."""
        return not self.is_revoked and now < self.not_before_at + LINK_LIVES
