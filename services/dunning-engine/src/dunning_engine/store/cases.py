"""Reads cases for people: as committed, bound to a tenant."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, literal, or_, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from dunning_engine.domain.facts import OPEN_STATES
from dunning_engine.domain.progress import progress_of
from dunning_engine.store.decided_tables import decision, dunning_case, reminder
from dunning_engine.store.tables import delivery, item
from dunning_engine.usecases.case_views import CaseFile, CaseView, DecisionView, ItemView, ReminderView, Wanted
from kulant_chassis.database import Database
from kulant_contracts import topics

MOST_DECISIONS = 50
_NEXT_LOOK = text("SELECT coalesce(next_test_at, next_live_at) FROM key_row WHERE key = :key")
_SORTED_BY = {"opened_at": literal(0), "stage": dunning_case.c.stage, "open": dunning_case.c.open_minor}


class Cases:
    """The cases of all tenants, each question bound to one of them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def cases(self, wanted: Wanted) -> Sequence[CaseView]:
        """At most `limit` cases in the order that is wanted."""
        query = _in_order(_narrowed(select(dunning_case), wanted), wanted)
        async with self._database.read() as connection:
            return [_case(row) for row in await connection.execute(query.limit(wanted.limit))]

    async def case(self, tenant: str, case_id: UUID) -> CaseFile | None:
        """One case with its items, reminders and latest decisions; None where this tenant has none of that id."""
        async with self._database.read() as connection:
            row = await _row(connection, tenant, case_id)
            if row is None:
                return None
            of_case = select(reminder).where(reminder.c.key == row.key, reminder.c.case_id == case_id)
            decisions = _decisions(row.key).where(decision.c.case_ids.contains([case_id]))
            return CaseFile(
                case=_case(row),
                next_look_at=(await connection.execute(_NEXT_LOOK, {"key": row.key})).scalar_one_or_none(),
                items=await _items(connection, row),
                reminders=await _messages(
                    connection, of_case.order_by(reminder.c.requested_at, reminder.c.reminder_id)
                ),
                decisions=[_decision(one) for one in await connection.execute(decisions.limit(MOST_DECISIONS))],
            )

    async def journal(self, tenant: str, case_id: UUID, after: int, limit: int) -> Sequence[DecisionView] | None:
        """All decisions about a case, in order."""
        async with self._database.read() as connection:
            row = await _row(connection, tenant, case_id)
            if row is None:
                return None
            query = (
                select(decision)
                .where(decision.c.key == row.key, decision.c.decision_id > after)
                .where(decision.c.case_ids.contains([case_id]))
                .order_by(decision.c.decision_id)
                .limit(limit)
            )
            return [_decision(one) for one in await connection.execute(query)]

    async def messages(self, tenant: str, customer_id: str, limit: int) -> Sequence[ReminderView]:
        """The latest messages to a customer, the newest first."""
        query = (
            select(reminder)
            .where(reminder.c.key == topics.partition_key(tenant, customer_id))
            .order_by(reminder.c.requested_at.desc(), reminder.c.reminder_id.desc())
            .limit(limit)
        )
        async with self._database.read() as connection:
            return await _messages(connection, query)

    async def decisions(self, tenant: str, customer_id: str, limit: int) -> Sequence[DecisionView]:
        """The latest decisions about a customer, the newest first."""
        query = _decisions(topics.partition_key(tenant, customer_id)).limit(limit)
        async with self._database.read() as connection:
            return [_decision(row) for row in await connection.execute(query)]


def _narrowed(query: Select[Any], wanted: Wanted) -> Select[Any]:
    case = dunning_case.c
    query = query.where(case.tenant == wanted.tenant)
    if wanted.customer_id is not None:
        query = query.where(case.customer_id == wanted.customer_id)
    if wanted.creditor_id is not None:
        query = query.where(case.creditor_id == wanted.creditor_id)
    if wanted.is_open is not None:
        query = query.where(case.closed_at.is_(None) if wanted.is_open else case.closed_at.is_not(None))
    if wanted.stage is not None:
        query = query.where(case.stage == wanted.stage)
    if wanted.waits_for is not None:
        query = query.where(case.rules.has_key(wanted.waits_for))
    return query


def _in_order(query: Select[Any], wanted: Wanted) -> Select[Any]:
    """Sorted by a value and the id; both ways through the index (tenant, value, id)."""
    name = wanted.sort.removeprefix("-")
    is_down, by, case_id = wanted.sort.startswith("-"), _SORTED_BY[name], dunning_case.c.case_id
    if wanted.after is not None:
        value, last = wanted.after
        beyond = case_id < last if is_down else case_id > last
        if name != "opened_at":
            further = by < value if is_down else by > value
            beyond = or_(further, and_(by == value, beyond))
        query = query.where(beyond)
    columns = [case_id] if name == "opened_at" else [by, case_id]
    return query.order_by(*(column.desc() if is_down else column for column in columns))


async def _row(connection: AsyncConnection, tenant: str, case_id: UUID) -> Any:
    query = select(dunning_case).where(dunning_case.c.tenant == tenant, dunning_case.c.case_id == case_id)
    return (await connection.execute(query)).one_or_none()


def _case(row: Any) -> CaseView:
    return CaseView(
        case_id=row.case_id,
        customer_id=row.customer_id,
        creditor_id=row.creditor_id,
        currency=row.currency,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        stage=row.stage,
        open_minor=row.open_minor,
        rules=tuple(row.rules),
    )


async def _items(connection: AsyncConnection, case: Any) -> list[ItemView]:
    query = (
        select(item)
        .where(item.c.key == case.key, item.c.creditor_id == case.creditor_id, item.c.currency == case.currency)
        .where(item.c.open_minor > 0, item.c.state.in_(sorted(OPEN_STATES)))
        .order_by(item.c.due_on, item.c.invoice_id, item.c.item_id)
    )
    return [
        ItemView(row.invoice_id, row.item_id, row.number, row.due_on, row.open_minor, row.state)
        for row in await connection.execute(query)
    ]


async def _messages(connection: AsyncConnection, query: Select[Any]) -> list[ReminderView]:
    rows = (await connection.execute(query)).all()
    told: defaultdict[UUID, list[tuple[str, Any, str | None]]] = defaultdict(list)
    if rows:
        of_these = delivery.c.reminder_id.in_([row.reminder_id for row in rows])
        found = select(delivery).where(delivery.c.key == rows[0].key, of_these).order_by(delivery.c.at)
        for one in await connection.execute(found):
            told[one.reminder_id].append((one.kind, one.at, one.reason))
    return [
        ReminderView(
            reminder_id=row.reminder_id,
            stage=row.stage,
            requested_at=row.requested_at,
            deadline_on=row.deadline_on,
            withdrawn_because=row.withdrawn_because,
            progress=progress_of(kind for kind, _, _ in told[row.reminder_id]).value,
            kind=row.kind,
            code=row.code,
            case_id=row.case_id,
            deliveries=tuple(told[row.reminder_id]),
        )
        for row in rows
    ]


def _decisions(key: str) -> Select[Any]:
    return select(decision).where(decision.c.key == key).order_by(decision.c.decision_id.desc())


def _decision(row: Any) -> DecisionView:
    return DecisionView(
        at=row.at,
        causes=row.causes,
        policy_code=row.policy_code,
        policy_version=row.policy_version,
        outcome=row.outcome,
        effects=row.effects,
        reasons=row.reasons,
        facts=row.facts,
        decision_id=row.decision_id,
    )
