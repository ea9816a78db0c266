"""What people and systems of a tenant may see of its reminders and deliveries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from notifier.domain.amount import Amount
from notifier.domain.reminder import Reminder


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """One attempt; the address is masked."""

    delivery_id: UUID
    reminder_id: UUID
    customer_id: str
    case_id: str
    outcome: str
    channel: str
    contact_id: str | None
    address: str | None
    gateway: str | None
    provider_id: str | None
    reason: str | None
    content_sha256: str | None
    total: Amount
    deadline_on: date | None
    asked_at: datetime | None
    cleared_at: datetime | None
    at: datetime
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class ReminderView:
    """A reminder, where it stands, and its attempts."""

    reminder: Reminder
    state: str
    withdrawn_because: str | None
    waiting_for: str | None
    received_at: datetime
    ended_at: datetime | None
    deliveries: tuple[DeliveryView, ...]


@dataclass(frozen=True, slots=True)
class TaskView:
    """Something for a person to do, with what they need to know."""

    task_id: UUID
    kind: str
    state: str
    reason: str | None
    reminder: Reminder
    contact_id: str | None
    address: str | None
    opened_at: datetime
    outcome: str | None
    note: str | None
    finished_by: str | None
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class TaskFilter:
    """Which tasks are meant; what is None does not restrict."""

    state: str | None = "open"
    kind: str | None = None
    customer_id: str | None = None


@dataclass(frozen=True, slots=True)
class DeliveryFilter:
    """Which deliveries are meant; what is None does not restrict."""

    customer_id: str | None = None
    reminder_id: UUID | None = None
    outcome: str | None = None


class Views(Protocol):
    """Reads one consistent moment."""

    async def reminder(self, tenant: str, reminder_id: UUID) -> ReminderView | None:
        """One reminder of the tenant."""
        ...

    async def content(self, tenant: str, reminder_id: UUID) -> bytes | None:
        """The exact bytes of its last mail whose hand-over was begun."""
        ...

    async def deliveries(
        self, tenant: str, wanted: DeliveryFilter, after: UUID | None, limit: int
    ) -> Sequence[DeliveryView]:
        """Deliveries of the tenant, oldest first, behind `after`."""
        ...

    async def tasks(self, tenant: str, wanted: TaskFilter, after: UUID | None, limit: int) -> Sequence[TaskView]:
        """Tasks of the tenant, oldest first, behind `after`."""
        ...

    async def task(self, tenant: str, task_id: UUID) -> TaskView | None:
        """One task of the tenant."""
        ...
