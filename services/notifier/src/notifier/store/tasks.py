"""Tasks for people in PostgreSQL, and the attempts that they are about; every query of a request names its tenant."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from kulant_chassis.transaction import Transaction
from notifier.domain.attempt import Clearance
from notifier.store.rows import COMMAND_COLUMNS, command_from
from notifier.usecases.ports import Attempt, Finish, NewTask, OpenTask

SETTLED = "settled"

_ATTEMPT_COLUMNS = (
    f"{COMMAND_COLUMNS}, d.delivery_id, d.outcome, d.at, d.channel, d.contact_id, d.address, d.gateway, d.provider_id,"
    " d.content_sha256, d.asked_at, d.cleared_at"
)
_ATTEMPT = text(
    f"SELECT {_ATTEMPT_COLUMNS} FROM delivery d JOIN reminder r ON r.reminder_id = d.reminder_id"  # noqa: S608 -- ours
    " WHERE d.delivery_id = :delivery_id"
)
_OPEN = text(
    "INSERT INTO task (task_id, tenant, key, customer_id, reminder_id, kind, reason, opened_at, recorded_at)"
    " SELECT e.*, CAST(:recorded_at AS timestamptz) FROM unnest(CAST(:ids AS uuid[]), CAST(:tenants AS text[]),"
    " CAST(:keys AS text[]), CAST(:customers AS text[]), CAST(:reminders AS uuid[]), CAST(:kinds AS text[]),"
    " CAST(:reasons AS text[]), CAST(:opened AS timestamptz[])) AS e ON CONFLICT (task_id) DO NOTHING"
)
_KEY = text("SELECT key FROM task WHERE tenant = :tenant AND task_id = :task_id")
_FIND = text(
    f"SELECT t.task_id, t.kind, t.state, t.finished_at, {_ATTEMPT_COLUMNS} FROM task t"  # noqa: S608 -- our own names
    " JOIN delivery d ON d.delivery_id = t.task_id JOIN reminder r ON r.reminder_id = d.reminder_id"
    " WHERE t.tenant = :tenant AND t.task_id = :task_id"
)
_FINISH = text(
    "UPDATE task t SET state = 'done', outcome = e.outcome, note = e.note, finished_by = e.by, finished_at = e.at"
    " FROM unnest(CAST(:ids AS uuid[]), CAST(:outcomes AS text[]), CAST(:notes AS text[]), CAST(:by AS text[]),"
    " CAST(:at AS timestamptz[])) AS e(task_id, outcome, note, by, at) WHERE t.task_id = e.task_id AND t.state = 'open'"
)
_SETTLE = text(
    f"UPDATE task SET state = 'done', outcome = '{SETTLED}', finished_at = :at"  # noqa: S608 -- a constant
    " WHERE reminder_id = ANY(CAST(:ids AS uuid[])) AND state = 'open'"
)


class TaskStore:
    """`Tasks` inside one transaction; the caller has locked the customers."""

    def __init__(self, transaction: Transaction) -> None:
        self._connection = transaction.connection

    async def open(self, tasks: Sequence[NewTask], recorded_at: datetime) -> None:
        """Put them on the list; one that is there already stays as it is."""
        if tasks:
            reminders = [task.outcome.reminder for task in tasks]
            parameters = {
                "ids": [task.task_id for task in tasks],
                "tenants": [one.tenant for one in reminders],
                "keys": [one.key for one in reminders],
                "customers": [one.customer_id for one in reminders],
                "reminders": [one.reminder_id for one in reminders],
                "kinds": [task.kind for task in tasks],
                "reasons": [task.outcome.reason for task in tasks],
                "opened": [task.outcome.at for task in tasks],
                "recorded_at": recorded_at,
            }
            await self._connection.execute(_OPEN, parameters)

    async def key_of(self, tenant: str, task_id: UUID) -> str | None:
        """The customer that a task of the tenant is about."""
        asked = {"tenant": tenant, "task_id": task_id}
        found: str | None = (await self._connection.execute(_KEY, asked)).scalar_one_or_none()
        return found

    async def find(self, tenant: str, task_id: UUID) -> OpenTask | None:
        """A task of a locked customer."""
        asked = {"tenant": tenant, "task_id": task_id}
        row = (await self._connection.execute(_FIND, asked)).mappings().one_or_none()
        if row is None:
            return None
        parts = (str(row["task_id"]), row["state"], row["finished_at"])
        return OpenTask(row["task_id"], row["kind"], row["state"], parts, _attempt(row))

    async def finish(self, finishes: Sequence[Finish]) -> None:
        """They are done, for the reasons given."""
        parameters = {
            "ids": [one.task_id for one in finishes],
            "outcomes": [one.outcome for one in finishes],
            "notes": [one.note for one in finishes],
            "by": [one.by for one in finishes],
            "at": [one.at for one in finishes],
        }
        await self._connection.execute(_FINISH, parameters)

    async def settle(self, reminder_ids: Collection[UUID], at: datetime) -> None:
        """What these reminders' open tasks asked became clear by itself."""
        if reminder_ids:
            await self._connection.execute(_SETTLE, {"ids": list(reminder_ids), "at": at})


async def find_attempt(connection: AsyncConnection, delivery_id: UUID) -> Attempt | None:
    """A delivery that was recorded, with its command."""
    row = (await connection.execute(_ATTEMPT, {"delivery_id": delivery_id})).mappings().one_or_none()
    return None if row is None else _attempt(row)


def _attempt(row: Mapping[Any, Any]) -> Attempt:
    is_cleared = row["asked_at"] is not None and row["cleared_at"] is not None
    return Attempt(
        command=command_from(row),
        delivery_id=row["delivery_id"],
        outcome=row["outcome"],
        at=row["at"],
        channel=row["channel"],
        contact_id=row["contact_id"],
        address=row["address"],
        gateway=row["gateway"],
        provider_id=row["provider_id"],
        content_sha256=row["content_sha256"],
        clearance=Clearance(row["asked_at"], row["cleared_at"]) if is_cleared else None,
    )
