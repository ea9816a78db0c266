"""Reads reminders and deliveries for the API; every query names its tenant."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from kulant_chassis.database import Database
from notifier.domain.amount import Amount
from notifier.store.rows import REMINDER
from notifier.usecases.views import DeliveryFilter, DeliveryView, ReminderView, TaskFilter, TaskView, Views

_COLUMNS = (
    "delivery_id, reminder_id, customer_id, case_id, outcome, channel, contact_id, address, gateway, provider_id,"
    " reason, content_sha256, total_minor, currency, deadline_on, asked_at, cleared_at, at, recorded_at"
)
_REMINDER = text(
    "SELECT r.command::text AS command, r.state, w.reason AS withdrawn_because, r.waiting_for, r.received_at,"
    " r.ended_at FROM reminder r LEFT JOIN withdrawal w USING (reminder_id)"
    " WHERE r.tenant = :tenant AND r.reminder_id = :reminder_id"
)
_CONTENT = text(
    "SELECT c.content FROM delivery d JOIN content c USING (delivery_id)"
    " WHERE d.tenant = :tenant AND d.reminder_id = :reminder_id ORDER BY d.delivery_id DESC LIMIT 1"
)
_DELIVERIES = text(
    f"SELECT {_COLUMNS} FROM delivery WHERE tenant = :tenant"  # noqa: S608 -- our own column names
    " AND (CAST(:customer_id AS text) IS NULL OR customer_id = :customer_id)"
    " AND (CAST(:reminder_id AS uuid) IS NULL OR reminder_id = :reminder_id)"
    " AND (CAST(:outcome AS text) IS NULL OR outcome = :outcome)"
    " AND (CAST(:after AS uuid) IS NULL OR delivery_id > :after) ORDER BY delivery_id LIMIT :limit"
)
_TASK_COLUMNS = (
    "SELECT t.task_id, t.kind, t.state, t.reason, t.opened_at, t.outcome, t.note, t.finished_by, t.finished_at,"
    " d.contact_id, d.address, r.command::text AS command FROM task t"
    " JOIN delivery d ON d.delivery_id = t.task_id JOIN reminder r ON r.reminder_id = t.reminder_id"
)
_TASKS = text(
    f"{_TASK_COLUMNS} WHERE t.tenant = :tenant"
    " AND (CAST(:state AS text) IS NULL OR t.state = :state) AND (CAST(:kind AS text) IS NULL OR t.kind = :kind)"
    " AND (CAST(:customer_id AS text) IS NULL OR t.customer_id = :customer_id)"
    " AND (CAST(:after AS uuid) IS NULL OR t.task_id > :after) ORDER BY t.task_id LIMIT :limit"
)
_TASK = text(f"{_TASK_COLUMNS} WHERE t.tenant = :tenant AND t.task_id = :task_id")
_MOST_ATTEMPTS = 1000


class ViewStore:
    """`Views` on a read-only connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def reminder(self, tenant: str, reminder_id: UUID) -> ReminderView | None:
        """One reminder of the tenant."""
        asked = {"tenant": tenant, "reminder_id": reminder_id}
        row = (await self._connection.execute(_REMINDER, asked)).mappings().one_or_none()
        if row is None:
            return None
        attempts = await self.deliveries(tenant, DeliveryFilter(reminder_id=reminder_id), None, _MOST_ATTEMPTS)
        told = {name: value for name, value in row.items() if name != "command"}
        return ReminderView(reminder=REMINDER.validate_json(row["command"]), deliveries=tuple(attempts), **told)

    async def content(self, tenant: str, reminder_id: UUID) -> bytes | None:
        """The exact bytes of its last mail whose hand-over was begun."""
        asked = {"tenant": tenant, "reminder_id": reminder_id}
        found: bytes | None = (await self._connection.execute(_CONTENT, asked)).scalar_one_or_none()
        return found

    async def deliveries(
        self, tenant: str, wanted: DeliveryFilter, after: UUID | None, limit: int
    ) -> Sequence[DeliveryView]:
        """Deliveries of the tenant, oldest first, behind `after`."""
        asked = {
            "tenant": tenant,
            "customer_id": wanted.customer_id,
            "reminder_id": wanted.reminder_id,
            "outcome": wanted.outcome,
            "after": after,
            "limit": limit,
        }
        return [_delivery(row) for row in (await self._connection.execute(_DELIVERIES, asked)).mappings()]

    async def tasks(self, tenant: str, wanted: TaskFilter, after: UUID | None, limit: int) -> Sequence[TaskView]:
        """Tasks of the tenant, oldest first, behind `after`."""
        asked = {
            "tenant": tenant,
            "state": wanted.state,
            "kind": wanted.kind,
            "customer_id": wanted.customer_id,
            "after": after,
            "limit": limit,
        }
        return [_task(row) for row in (await self._connection.execute(_TASKS, asked)).mappings()]

    async def task(self, tenant: str, task_id: UUID) -> TaskView | None:
        """One task of the tenant."""
        asked = {"tenant": tenant, "task_id": task_id}
        row = (await self._connection.execute(_TASK, asked)).mappings().one_or_none()
        return None if row is None else _task(row)


def _task(row: Mapping[Any, Any]) -> TaskView:
    told = {name: value for name, value in row.items() if name != "command"}
    return TaskView(reminder=REMINDER.validate_json(row["command"]), **told)


def open_views(database: Database) -> Callable[[], AbstractAsyncContextManager[Views]]:
    """Opens views of one moment each."""

    @asynccontextmanager
    async def begin() -> AsyncIterator[Views]:
        async with database.read() as connection:
            yield ViewStore(connection)

    return begin


def _delivery(row: Mapping[Any, Any]) -> DeliveryView:
    told = {name: value for name, value in row.items() if name not in ("total_minor", "currency")}
    return DeliveryView(total=Amount(row["total_minor"], row["currency"]), **told)
