"""Reads cases for people: as committed, bound to a tenant."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from dunning_engine.domain.facts import OPEN_STATES
from dunning_engine.domain.progress import progress_of
from dunning_engine.store.decided_tables import decision, dunning_case, reminder
from dunning_engine.store.tables import delivery, item
from dunning_engine.usecases.case_views import CaseFile, CaseView, DecisionView, ItemView, ReminderView, Wanted
from kulant_chassis.database import Database

MOST_DECISIONS = 200
_NEXT_LOOK = text("SELECT coalesce(next_test_at, next_live_at) FROM key_row WHERE key = :key")


class Cases:
    """The cases of all tenants, each question bound to one of them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def cases(self, wanted: Wanted) -> Sequence[CaseView]:
        """At most `limit` cases, the oldest first; the order is that of their ids, which grow with time."""
        query = select(dunning_case).where(dunning_case.c.tenant == wanted.tenant)
        if wanted.after is not None:
            query = query.where(dunning_case.c.case_id > wanted.after)
        if wanted.customer_id is not None:
            query = query.where(dunning_case.c.customer_id == wanted.customer_id)
        if wanted.is_open is not None:
            is_open = dunning_case.c.closed_at.is_(None)
            query = query.where(is_open if wanted.is_open else ~is_open)
        async with self._database.read() as connection:
            rows = await connection.execute(query.order_by(dunning_case.c.case_id).limit(wanted.limit))
            return [_case(row) for row in rows]

    async def case(self, tenant: str, case_id: UUID) -> CaseFile | None:
        """One case with its items, reminders and latest decisions; None where this tenant has none of that id."""
        async with self._database.read() as connection:
            query = select(dunning_case).where(dunning_case.c.tenant == tenant, dunning_case.c.case_id == case_id)
            row = (await connection.execute(query)).one_or_none()
            if row is None:
                return None
            return CaseFile(
                case=_case(row),
                next_look_at=(await connection.execute(_NEXT_LOOK, {"key": row.key})).scalar_one_or_none(),
                items=await _items(connection, row),
                reminders=await _reminders(connection, row),
                decisions=await _decisions(connection, row),
            )


def _case(row: Any) -> CaseView:
    return CaseView(row.case_id, row.customer_id, row.creditor_id, row.currency, row.opened_at, row.closed_at)


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


async def _reminders(connection: AsyncConnection, case: Any) -> list[ReminderView]:
    ends: defaultdict[UUID, list[str]] = defaultdict(list)
    for row in await connection.execute(select(delivery).where(delivery.c.key == case.key)):
        ends[row.reminder_id].append(row.kind)
    query = (
        select(reminder)
        .where(reminder.c.key == case.key, reminder.c.case_id == case.case_id)
        .order_by(reminder.c.requested_at, reminder.c.reminder_id)
    )
    return [
        ReminderView(
            reminder_id=row.reminder_id,
            stage=row.stage,
            requested_at=row.requested_at,
            deadline_on=row.deadline_on,
            withdrawn_because=row.withdrawn_because,
            progress=progress_of(ends[row.reminder_id]).value,
        )
        for row in await connection.execute(query)
    ]


async def _decisions(connection: AsyncConnection, case: Any) -> list[DecisionView]:
    query = (
        select(decision)
        .where(decision.c.key == case.key, decision.c.case_ids.contains([case.case_id]))
        .order_by(decision.c.decision_id.desc())
        .limit(MOST_DECISIONS)
    )
    return [
        DecisionView(
            at=row.at,
            causes=row.causes,
            policy_code=row.policy_code,
            policy_version=row.policy_version,
            outcome=row.outcome,
            effects=row.effects,
            reasons=row.reasons,
            facts=row.facts,
        )
        for row in await connection.execute(query)
    ]
