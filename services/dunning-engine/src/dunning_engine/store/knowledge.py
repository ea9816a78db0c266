"""Loads what decisions about a list of customers can still rest on: one statement per table, however long the list.

Open items, what was said about them, what is under way, and the messages of the last days; the history of what is
settled is left where it is. Rows touched per event decide how many events a second can be decided.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Select, TextClause, any_, bindparam, or_, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text, Uuid

from dunning_engine.domain.answers import Case, ItemKey
from dunning_engine.domain.facts import OPEN_STATES, Credit, Creditor, Facts, Tenant
from dunning_engine.store import decided_tables, tables
from dunning_engine.store.answer_rows import answers_of
from dunning_engine.store.rows import customer_of, delivery_of, hold_of, item_of, reminder_of
from dunning_engine.usecases.ports import CaseMark, DisputeClosed, Known, KnownTask
from kulant_chassis.keyrow import KeyRow
from kulant_chassis.transaction import Cause, Transaction

Rows = Mapping[str, Sequence[Any]]

RECENT = timedelta(days=15)
"""Messages requested since then are loaded whatever they were about: budgets and receipts look back so far."""
KEPT_ANSWERS = timedelta(days=60)
"""Answers with nothing left to happen are loaded for so long: their confirmations may still be due."""

_KEYS = any_(bindparam("keys", type_=ARRAY(Text)))
_TENANTS = any_(bindparam("tenants", type_=ARRAY(Text)))
_STATES = ", ".join(f"'{state}'" for state in sorted(OPEN_STATES))
_PRESENT_ANSWER = (
    "(greatest(answer.said_at, answer.named_on) >= :kept_since OR NOT (answer.ended IS NOT NULL"
    " OR (answer.kind = 'question' AND answer.answered_at IS NOT NULL)"
    " OR (answer.kind = 'claim' AND answer.stood IS NOT NULL)))"
)
_OF_KEYS = "key = ANY(CAST(:keys AS text[]))"
# Their ids first, then the rows by these alone: as one statement, a plan made while the tables were small reads all
# that customers ever got, again and again for each row that it finds.
_REMINDER_IDS = text(
    "SELECT spoken.reminder_id FROM item JOIN reminder_item AS spoken USING (key, invoice_id, item_id)"  # noqa: S608 -- constants
    f" WHERE item.{_OF_KEYS} AND item.open_minor > 0 AND item.state IN ({_STATES})"
    f" UNION ALL SELECT reminder_id FROM reminder WHERE {_OF_KEYS} AND is_live"
    f" UNION ALL SELECT reminder_id FROM reminder WHERE {_OF_KEYS} AND requested_at >= :recent_since"
    " UNION ALL SELECT reminder.reminder_id FROM answer JOIN reminder USING (key, reminder_id)"
    f" WHERE answer.{_OF_KEYS} AND {_PRESENT_ANSWER}"
    " UNION ALL SELECT reminder.reminder_id FROM answer JOIN reminder ON reminder.key = answer.key"
    " AND reminder.about_response_id = answer.response_id"
    f" WHERE answer.{_OF_KEYS} AND {_PRESENT_ANSWER}"
)
_hold, _item, _task, _case = tables.hold.c, tables.item.c, decided_tables.task.c, decided_tables.dunning_case.c
_BY_KEY: Mapping[str, Select[Any]] = {
    "customer": select(tables.customer).where(tables.customer.c.key == _KEYS),
    "erasure": select(tables.erasure).where(tables.erasure.c.key == _KEYS),
    "item": select(tables.item).where(_item.key == _KEYS, _item.open_minor > 0, _item.state.in_(sorted(OPEN_STATES))),
    "credit": select(tables.credit).where(tables.credit.c.key == _KEYS, tables.credit.c.amount_minor != 0),
    "hold": select(tables.hold).where(_hold.key == _KEYS, ~_hold.is_resumed, or_(_hold.is_set, _hold.is_noted)),
    "answer": select(tables.answer).where(tables.answer.c.key == _KEYS, text(_PRESENT_ANSWER)),
    "case": select(decided_tables.dunning_case).where(_case.key == _KEYS, _case.closed_at.is_(None)),
    "task": select(decided_tables.task).where(_task.key == _KEYS, _task.gone_at.is_(None)),
    "awaited": select(decided_tables.payments_awaited).where(decided_tables.payments_awaited.c.key == _KEYS),
}
# Closed ones by their ids: the index by key holds open ones alone, so each decision would read all cases there are.
_CLOSED_CASES = select(decided_tables.dunning_case).where(
    _case.case_id == any_(bindparam("case_ids", type_=ARRAY(Uuid))), _case.key == _KEYS, _case.closed_at.is_not(None)
)
_IDS = any_(bindparam("reminder_ids", type_=ARRAY(Uuid)))
_REMINDERS = select(decided_tables.reminder).where(decided_tables.reminder.c.reminder_id == _IDS)
_DELIVERIES = select(tables.delivery).where(tables.delivery.c.key == _KEYS, tables.delivery.c.reminder_id == _IDS)
_CREDITORS = text(
    "SELECT creditor.tenant, creditor.creditor_id, country, region, language, seen_until_at FROM creditor"
    " LEFT JOIN payments_checked USING (tenant, creditor_id) WHERE creditor.tenant = ANY(CAST(:tenants AS text[]))"
)
_BY_TENANT: Mapping[str, Select[Any] | TextClause] = {
    "tenant": select(tables.tenant).where(tables.tenant.c.tenant == _TENANTS),
    "creditor": _CREDITORS,
    "row": text(
        "SELECT tenant, had::text AS had, parked::text AS parked FROM key_row WHERE key = ANY(CAST(:tenants AS text[]))"
    ),
}


async def load(transaction: Transaction, keys: Sequence[str], now: datetime) -> Mapping[str, Known]:
    """Customers, what they owe, and what became of it; the rows of the keys are locked by the caller."""
    tenants = sorted({transaction.key(key).tenant for key in keys})
    asked = {"keys": list(keys), "kept_since": now - KEPT_ANSWERS, "recent_since": now - RECENT}
    by_key = {name: await _grouped(transaction, query, asked, "key") for name, query in _BY_KEY.items()}
    answered = {row.case_id for rows in by_key["answer"].values() for row in rows if row.case_id is not None}
    if answered:
        parameters = {"keys": list(keys), "case_ids": list(answered)}
        for key, closed in (await _grouped(transaction, _CLOSED_CASES, parameters, "key")).items():
            by_key["case"][key] += closed
    reminder_ids = set((await transaction.connection.execute(_REMINDER_IDS, asked)).scalars())
    by_key |= {"reminder": defaultdict(list), "delivery": defaultdict(list)}
    if reminder_ids:
        spoken = {"keys": list(keys), "reminder_ids": list(reminder_ids)}
        by_key["reminder"] = await _grouped(transaction, _REMINDERS, spoken, "key")
        by_key["delivery"] = await _grouped(transaction, _DELIVERIES, spoken, "key")
    shared = await _shared(transaction, tenants)
    return {
        key: _known({name: rows.get(key, ()) for name, rows in by_key.items()}, shared[transaction.key(key).tenant])
        for key in keys
    }


async def incomplete(transaction: Transaction, tenants: Iterable[str]) -> frozenset[str]:
    """Those of the tenants of which a tenant-wide fact was missing when this transaction began."""
    rows = await _grouped(transaction, _BY_TENANT["row"], {"tenants": sorted(tenants)}, "tenant")
    return frozenset(tenant for tenant, found in rows.items() if not all(_is_complete(tenant, row) for row in found))


async def dispute_closed(transaction: Transaction, key: str, dispute_id: str) -> DisputeClosed | None:
    """A decided dispute as its case knows it; None where no case does."""
    answer, case = tables.answer, decided_tables.dunning_case
    query = (
        select(answer, case.c.creditor_id, case.c.currency.label("case_currency"))
        .join(case, case.c.case_id == answer.c.case_id)
        .where(answer.c.key == key, answer.c.response_id == dispute_id, answer.c.is_noted)
    )
    row = (await transaction.connection.execute(query)).one_or_none()
    if row is None or row.contested is None:
        return None
    (dispute,) = answers_of([row], {})["disputes"]
    items = tuple(((invoice_id, item_id), minor) for invoice_id, item_id, minor in row.contested)
    return DisputeClosed(dispute, Case(row.case_id, row.creditor_id, row.case_currency), items)


async def _shared(transaction: Transaction, tenants: Sequence[str]) -> dict[str, Facts]:
    by_tenant = {
        name: await _grouped(transaction, query, {"tenants": list(tenants)}, "tenant")
        for name, query in _BY_TENANT.items()
    }
    complete = _complete(transaction, tenants, by_tenant["row"])
    return {
        tenant: _tenant_wide({n: rows[tenant] for n, rows in by_tenant.items()}, is_complete=tenant in complete)
        for tenant in tenants
    }


def _complete(transaction: Transaction, tenants: Iterable[str], rows: Mapping[str, Sequence[Any]]) -> frozenset[str]:
    """Tenants of which nothing is missing; what this very transaction has had counts."""
    found = set()
    for tenant in tenants:
        try:
            is_complete = transaction.key(tenant).is_complete
        except KeyError:
            is_complete = all(_is_complete(tenant, row) for row in rows[tenant])
        if is_complete:
            found.add(tenant)
    return frozenset(found)


async def _grouped(
    transaction: Transaction, query: Select[Any] | TextClause, parameters: Mapping[str, Any], by: str
) -> defaultdict[str, list[Any]]:
    grouped: defaultdict[str, list[Any]] = defaultdict(list)
    for row in await transaction.connection.execute(query, parameters):
        grouped[getattr(row, by)].append(row)
    return grouped


def _tenant_wide(rows: Rows, *, is_complete: bool) -> Facts:
    """What all customers of a tenant share; a tenant-wide fact that is missing holds them all."""
    tenant = next((Tenant(row.country, row.region) for row in rows["tenant"]), None)
    creditors = {
        row.creditor_id: Creditor(row.creditor_id, row.country, row.region, row.language, row.seen_until_at)
        for row in rows["creditor"]
    }
    return Facts(tenant=tenant, creditors=creditors, is_complete=is_complete)


def _is_complete(slug: str, row: Any) -> bool:
    streams = KeyRow.streams_from_json(json.loads(row.had))
    return KeyRow(slug, slug, streams=streams, parked=json.loads(row.parked)).is_complete


def _known(rows: Rows, shared: Facts) -> Known:
    cases = {row.case_id: Case(row.case_id, row.creditor_id, row.currency) for row in rows["case"]}
    is_open = {row.case_id for row in rows["case"] if row.closed_at is None}
    facts = Facts(
        tenant=shared.tenant,
        creditors=shared.creditors,
        items=tuple(item_of(row) for row in rows["item"]),
        holds=tuple(hold_of(row) for row in rows["hold"]),
        credits=tuple(Credit(row.creditor_id, row.currency, row.amount_minor) for row in rows["credit"]),
        reminders=tuple(reminder_of(row) for row in rows["reminder"]),
        deliveries=tuple(delivery_of(row) for row in rows["delivery"]),
        cases=tuple(case for case_id, case in cases.items() if case_id in is_open),
        is_complete=shared.is_complete,
        is_erased=bool(rows["erasure"]),
        **answers_of(rows["answer"], cases),
    )
    return Known(
        customer=next((customer_of(row) for row in rows["customer"]), None),
        facts=facts,
        origins=_origins(rows["item"]),
        marks={row.case_id: CaseMark(row.stage, row.open_minor, tuple(row.rules)) for row in rows["case"]},
        tasks=tuple(KnownTask(row.task_id, row.code, row.about, row.finished_at is not None) for row in rows["task"]),
        awaits={row.creditor_id: row.knew_until_at.astimezone(UTC) for row in rows["awaited"]},
    )


def _origins(rows: Iterable[Any]) -> dict[ItemKey, Cause]:
    return {
        (row.invoice_id, row.item_id): Cause(
            traceparent=row.traceparent, correlationid=row.correlation_id, causationid=row.event_id
        )
        for row in rows
    }
