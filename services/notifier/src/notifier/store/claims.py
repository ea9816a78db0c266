"""Which reminders are due, who works on them, and who has fallen silent. Leases are machine time of the database."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from kulant_chassis.ids import uuid7
from notifier.domain.attempt import Claim, Clearance
from notifier.store.rows import COMMAND_COLUMNS, command_from
from notifier.usecases.ports import Claimed
from notifier.usecases.recover_reminders import Abandoned

_Read = TypeVar("_Read")

_BEAT = text(
    "INSERT INTO sender_lease (owner, expires_at) VALUES (:owner, clock_timestamp() + make_interval(secs => :seconds))"
    " ON CONFLICT (owner) DO UPDATE SET expires_at = excluded.expires_at"
)
_LEAVE = text("DELETE FROM sender_lease WHERE owner = :owner")
_SWEEP = text("DELETE FROM sender_lease WHERE expires_at < clock_timestamp() - interval '1 hour'")

# Tenants with waiting reminders, one index probe each (a loose scan), whatever the number of reminders.
_TENANTS = (
    "WITH RECURSIVE waiting(tenant) AS ("
    " (SELECT tenant FROM reminder WHERE state = 'requested' ORDER BY tenant LIMIT 1)"
    " UNION ALL SELECT (SELECT r.tenant FROM reminder r WHERE r.state = 'requested' AND r.tenant > w.tenant"
    " ORDER BY r.tenant LIMIT 1) FROM waiting w WHERE w.tenant IS NOT NULL)"
)
# A tenant's own clock says what is due; a live one's is the wall clock. Live and test tenants never share a range
# of the index, so a test clock that was moved a year ahead hides nobody else's reminders.
_DUE_OF_TENANT = (
    "FROM reminder WHERE state = 'requested' AND tenant = t.tenant"
    " AND not_before_at <= coalesce(t.test_now_at, CAST(:wall AS timestamptz))"
)
_CLAIM = text(
    f"{_TENANTS}, due AS ("  # noqa: S608 -- put together from constants
    " SELECT d.reminder_id FROM (SELECT t.* FROM waiting JOIN tenant_clock t USING (tenant)"
    " WHERE tenant <> ALL(CAST(:busy AS text[])) ORDER BY random()) AS t"
    f" CROSS JOIN LATERAL (SELECT reminder_id {_DUE_OF_TENANT} AND retry_at <= CAST(:wall AS timestamptz)"
    " ORDER BY not_before_at LIMIT :per_tenant FOR UPDATE SKIP LOCKED) AS d"
    " LIMIT :most)"
    " UPDATE reminder r SET state = 'claimed', owner = :owner, epoch = r.epoch + 1 FROM due"
    " WHERE r.reminder_id = due.reminder_id"
    " AND EXISTS (SELECT FROM sender_lease l WHERE l.owner = :owner AND l.expires_at > clock_timestamp())"
    f" RETURNING {COMMAND_COLUMNS}, r.epoch, r.waits,"
    " EXISTS (SELECT FROM withdrawal w WHERE w.reminder_id = r.reminder_id) AS is_withdrawn"
)
_SILENT = (
    "(NOT EXISTS (SELECT FROM sender_lease l WHERE l.owner = r.owner AND l.expires_at > clock_timestamp())"
    " OR (r.owner = :me AND r.reminder_id <> ALL(CAST(:held AS uuid[]))))"
)
_TAKE_BACK = text(
    "UPDATE reminder r SET state = 'requested', owner = NULL, epoch = r.epoch + 1 FROM ("  # noqa: S608 -- constants
    f" SELECT reminder_id FROM reminder r WHERE state = 'claimed' AND {_SILENT} FOR UPDATE SKIP LOCKED) AS s"
    " WHERE r.reminder_id = s.reminder_id RETURNING r.reminder_id"
)
_ABANDONED = text(
    f"SELECT {COMMAND_COLUMNS}, r.owner, r.epoch, d.delivery_id,"  # noqa: S608 -- constants
    " d.channel, d.contact_id, d.address, d.gateway,"
    " d.content_sha256, d.asked_at, d.cleared_at FROM reminder r JOIN delivery d ON d.delivery_id = r.delivery_id"
    f" WHERE r.state = 'handing_over' AND {_SILENT} ORDER BY r.reminder_id LIMIT 100"
)
# Out of the way for ten minutes, still counted as in flight: somebody has to repair them.
_SET_ASIDE = text(
    "UPDATE reminder SET state = 'requested', owner = NULL, epoch = epoch + 1, waiting_for = 'unreadable',"
    " retry_at = clock_timestamp() + interval '10 minutes' WHERE reminder_id = ANY(CAST(:ids AS uuid[]))"
)
IN_FLIGHT = (
    f"{_TENANTS} SELECT coalesce(sum(c.due), 0)"  # noqa: S608 -- constants
    " + (SELECT count(*) FROM reminder WHERE state IN ('claimed', 'handing_over'))"
    " FROM waiting w LEFT JOIN tenant_clock t ON t.tenant = w.tenant"
    f" CROSS JOIN LATERAL (SELECT count(*) AS due {_DUE_OF_TENANT}) AS c"
)
"""Reminders that are due for their tenant and not ended, whether somebody works on them or they wait."""


async def beat(connection: AsyncConnection, owner: UUID, seconds: float) -> None:
    """Say that this sender lives, for so long."""
    await connection.execute(_BEAT, {"owner": owner, "seconds": seconds})


async def leave(connection: AsyncConnection, owner: UUID) -> None:
    """Say that this sender ends; what it left in `handing_over` is settled by the next one."""
    await connection.execute(_LEAVE, {"owner": owner})
    await connection.execute(_SWEEP)


async def claim_due(
    connection: AsyncConnection, *, owner: UUID, wall: datetime, busy: Collection[str], per_tenant: int, most: int
) -> tuple[Sequence[Claimed], Collection[UUID]]:
    """Claim due reminders, at most so many of each tenant that is not busy, tenants in no order that lasts.

    Nothing without a lease of one's own. Those whose rows cannot be read are set aside and told apart.
    """
    parameters = {"owner": owner, "wall": wall, "busy": list(busy), "per_tenant": per_tenant, "most": most}
    rows = (await connection.execute(_CLAIM, parameters)).mappings().all()
    claimed, unreadable = _read(
        rows,
        lambda row: Claimed(
            command=command_from(row),
            claim=Claim(row["reminder_id"], owner, row["epoch"]),
            delivery_id=uuid7(),
            waits=row["waits"],
            withdrawn=row["is_withdrawn"],
        ),
    )
    if unreadable:
        await connection.execute(_SET_ASIDE, {"ids": unreadable})
    return claimed, unreadable


async def take_back(connection: AsyncConnection, me: UUID, held: Collection[UUID]) -> int:
    """Give back what nobody works on: claims of silent senders, and one's own that are not held. Returns how many."""
    return len((await connection.execute(_TAKE_BACK, {"me": me, "held": list(held)})).all())


async def abandoned(
    connection: AsyncConnection, me: UUID, held: Collection[UUID]
) -> tuple[Sequence[Abandoned], Collection[UUID]]:
    """What was begun to be handed over by senders that are silent, or by oneself and is not held any more.

    Those whose rows cannot be read are told apart.
    """
    rows = (await connection.execute(_ABANDONED, {"me": me, "held": list(held)})).mappings().all()
    return _read(
        rows,
        lambda row: Abandoned(
            command=command_from(row),
            claim=Claim(row["reminder_id"], row["owner"], row["epoch"]),
            delivery_id=row["delivery_id"],
            channel=row["channel"],
            contact_id=row["contact_id"],
            address=row["address"],
            gateway=row["gateway"],
            content_sha256=row["content_sha256"],
            clearance=Clearance(row["asked_at"], row["cleared_at"]),
        ),
    )


def _read(
    rows: Sequence[Mapping[Any, Any]], one: Callable[[Mapping[Any, Any]], _Read]
) -> tuple[list[_Read], list[UUID]]:
    """The rows as values, and the ids of those that are none: one bad row must not hold all others."""
    values, unreadable = [], []
    for row in rows:
        try:
            values.append(one(row))
        except (ValueError, TypeError, LookupError, ArithmeticError):
            unreadable.append(row["reminder_id"])
    return values, unreadable
