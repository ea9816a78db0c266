"""Reads lists for people, as committed, each question bound to a tenant by the range of its keys."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Text, Uuid, and_, cast, literal, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from dunning_engine.store.decided_tables import task
from dunning_engine.store.rows import hold_of
from dunning_engine.store.tables import answer, hold
from dunning_engine.usecases.ports import Work
from dunning_engine.usecases.views import AnswerView, Asked, HoldView, Looked, TaskView
from kulant_chassis.database import Database
from kulant_chassis.transaction import KEY_COLUMNS, Transaction
from kulant_contracts import topics

_KEY_ROW = text(f"SELECT {KEY_COLUMNS} FROM key_row WHERE key = :key")  # noqa: S608 -- a constant
_KEYS = {
    "hold": text("SELECT key FROM hold WHERE hold_id = :id AND source = 'api' AND key >= :low AND key < :high"),
    "dispute": text(
        "SELECT key FROM answer WHERE response_id = :id AND kind = 'dispute' AND key >= :low AND key < :high"
    ),
    "question": text(
        "SELECT key FROM answer WHERE response_id = :id AND kind = 'question' AND key >= :low AND key < :high"
    ),
    "task": text("SELECT key FROM task WHERE task_id = CAST(:id AS uuid) AND key >= :low AND key < :high"),
}


class StoredReadings:
    """The port `Readings` on PostgreSQL."""

    def __init__(self, database: Database, work_of: Callable[[Transaction], Work]) -> None:
        self._database = database
        self._work_of = work_of

    async def holds(self, asked: Asked) -> Sequence[HoldView]:
        """Holds in the order of customers."""
        query = _of_tenant(select(hold), hold.c.key, asked)
        if asked.state is not None:
            query = query.where(hold.c.is_set if asked.state == "set" else ~hold.c.is_set)
        rows = await self._page(query, hold.c.key, hold.c.hold_id, asked)
        return [HoldView(_customer_of(row.key), hold_of(row), row.note) for row in rows]

    async def answers(self, kind: str, asked: Asked) -> Sequence[AnswerView]:
        """Answers of one kind in the order of customers."""
        query = _of_tenant(select(answer).where(answer.c.kind == kind), answer.c.key, asked)
        if asked.state is not None:
            query = query.where(_STATES[kind, asked.state])
        return [_answer(row) for row in await self._page(query, answer.c.key, answer.c.response_id, asked)]

    async def tasks(self, asked: Asked) -> Sequence[TaskView]:
        """Tasks, the oldest first."""
        query = select(task).where(task.c.tenant == asked.tenant, task.c.gone_at.is_(None))
        if asked.state != "finished":
            query = query.where(task.c.finished_at.is_(None))
        else:
            query = query.where(task.c.finished_at.is_not(None))
        if asked.customer_id is not None:
            query = query.where(task.c.key == topics.partition_key(asked.tenant, asked.customer_id))
        if asked.code is not None:
            query = query.where(task.c.code == asked.code)
        if asked.after is not None:
            query = query.where(task.c.task_id > cast(literal(asked.after[1]), Uuid))
        async with self._database.read() as connection:
            rows = await connection.execute(query.order_by(task.c.task_id).limit(asked.limit))
            return [_task(row) for row in rows]

    async def look(self, tenant: str, customer_id: str) -> Looked | None:
        """One customer as a decision would see it now."""
        key = topics.partition_key(tenant, customer_id)
        async with self._database.read() as connection:
            transaction = Transaction(connection, source="", started_at=self._database.clock.now())
            transaction.adopt((await connection.execute(_KEY_ROW, {"key": key})).mappings().all())
            work = self._work_of(transaction)
            try:
                heard = work.heard(key)
            except KeyError:
                return None
            now = await work.now(tenant)
            return Looked((await work.load([key], now))[key], heard, now)

    async def _page(self, query: Select[Any], key: Any, subject: Any, asked: Asked) -> Sequence[Any]:
        if asked.after is not None:
            query = query.where(tuple_(key, subject) > tuple_(*(cast(literal(part), Text) for part in asked.after)))
        async with self._database.read() as connection:
            rows: Sequence[Any] = (await connection.execute(query.order_by(key, subject).limit(asked.limit))).all()
            return rows


async def key_of(connection: AsyncConnection, what: str, tenant: str, subject_id: str) -> str | None:
    """Whose `hold`, `dispute`, `question` or `task` it is; None where the tenant has none of that id."""
    low, high = _range(tenant)
    try:
        UUID(subject_id)
    except ValueError:
        if what in ("task", "hold"):
            return None
    found = await connection.execute(_KEYS[what], {"id": subject_id, "low": low, "high": high})
    return found.scalars().first()


_STATES = {
    ("promise", "open"): answer.c.ended.is_(None),
    ("promise", "kept"): answer.c.ended == "kept",
    ("promise", "broken"): answer.c.ended == "broken",
    ("promise", "lapsed"): answer.c.ended == "lapsed",
    ("dispute", "open"): answer.c.outcome.is_(None),
    ("dispute", "decided"): answer.c.outcome.is_not(None),
    ("question", "open"): answer.c.answered_at.is_(None),
    ("question", "answered"): answer.c.answered_at.is_not(None),
}


def _of_tenant(query: Select[Any], key: Any, asked: Asked) -> Select[Any]:
    if asked.customer_id is not None:
        return query.where(key == topics.partition_key(asked.tenant, asked.customer_id))
    low, high = _range(asked.tenant)
    return query.where(and_(key >= low, key < high))


def _range(tenant: str) -> tuple[str, str]:
    """All keys of a tenant's customers, in byte order: `0` follows `/`."""
    return f"{tenant}/", f"{tenant}0"


def _customer_of(key: str) -> str:
    return key.split("/", 1)[1]


def _answer(row: Any) -> AnswerView:
    return AnswerView(
        customer_id=_customer_of(row.key),
        response_id=row.response_id,
        kind=row.kind,
        what=row.what,
        said_at=row.said_at,
        case_id=row.case_id,
        invoice_id=row.invoice_id,
        item_id=row.item_id,
        currency=row.currency,
        amount_minor=row.amount_minor,
        named_on=row.named_on,
        ended=row.ended,
        answered_at=row.answered_at,
        outcome=row.outcome,
        accepted_minor=row.accepted_minor,
        decided_at=row.decided_at,
    )


def _task(row: Any) -> TaskView:
    return TaskView(
        task_id=row.task_id,
        customer_id=row.customer_id,
        code=row.code,
        about=row.about,
        case_id=row.case_id,
        invoice_id=row.invoice_id,
        item_id=row.item_id,
        since_at=row.since_at,
        finished_at=row.finished_at,
    )
