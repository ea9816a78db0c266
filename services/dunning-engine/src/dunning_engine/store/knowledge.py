"""Loads all that is known about a list of customers: one statement per table, whatever the length of the list."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, TextClause, any_, bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from dunning_engine.domain.answers import About, Case, Hold, ItemKey, PaymentClaim, Promise
from dunning_engine.domain.facts import (
    OPEN_STATES,
    Creditor,
    Customer,
    Delivery,
    Facts,
    Item,
    Reminder,
    RequestedItem,
    Tenant,
)
from dunning_engine.store import tables
from dunning_engine.usecases.ports import Known
from kulant_chassis.keyrow import KeyRow
from kulant_chassis.transaction import Cause, Transaction

Rows = Mapping[str, Sequence[Any]]

_KEYS = any_(bindparam("keys", type_=ARRAY(Text)))
_TENANTS = any_(bindparam("tenants", type_=ARRAY(Text)))
_BY_KEY: Mapping[str, Select[Any]] = {
    "customer": select(tables.customer).where(tables.customer.c.key == _KEYS),
    "item": select(tables.item).where(
        tables.item.c.key == _KEYS, tables.item.c.open_minor > 0, tables.item.c.state.in_(sorted(OPEN_STATES))
    ),
    "hold": select(tables.hold).where(tables.hold.c.key == _KEYS, tables.hold.c.is_set),
    "answer": select(tables.answer).where(tables.answer.c.key == _KEYS),
    "reminder": select(tables.reminder).where(tables.reminder.c.key == _KEYS),
    "delivery": select(tables.delivery).where(tables.delivery.c.key == _KEYS),
    "case": select(tables.dunning_case).where(
        tables.dunning_case.c.key == _KEYS, tables.dunning_case.c.closed_at.is_(None)
    ),
}
_BY_TENANT: Mapping[str, Select[Any] | TextClause] = {
    "tenant": select(tables.tenant).where(tables.tenant.c.tenant == _TENANTS),
    "creditor": select(tables.creditor).where(tables.creditor.c.tenant == _TENANTS),
    "row": text(
        "SELECT tenant, had::text AS had, parked::text AS parked FROM key_row WHERE key = ANY(CAST(:tenants AS text[]))"
    ),
}


async def load(transaction: Transaction, keys: Sequence[str]) -> Mapping[str, Known]:
    """Customers, what they owe, and what became of it; the rows of the keys are locked by the caller."""
    tenants = sorted({transaction.key(key).tenant for key in keys})
    by_key = {name: await _grouped(transaction, query, {"keys": list(keys)}, "key") for name, query in _BY_KEY.items()}
    by_tenant = {
        name: await _grouped(transaction, query, {"tenants": tenants}, "tenant") for name, query in _BY_TENANT.items()
    }
    complete = _complete(transaction, tenants, by_tenant["row"])
    shared = {
        tenant: _tenant_wide({n: rows[tenant] for n, rows in by_tenant.items()}, is_complete=tenant in complete)
        for tenant in tenants
    }
    return {
        key: _known({name: rows[key] for name, rows in by_key.items()}, shared[transaction.key(key).tenant])
        for key in keys
    }


async def incomplete(transaction: Transaction, tenants: Iterable[str]) -> frozenset[str]:
    """Those of the tenants of which a tenant-wide fact was missing when this transaction began."""
    rows = await _grouped(transaction, _BY_TENANT["row"], {"tenants": sorted(tenants)}, "tenant")
    return frozenset(tenant for tenant, found in rows.items() if not all(_is_complete(tenant, row) for row in found))


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
        row.creditor_id: Creditor(row.creditor_id, row.country, row.region, row.language) for row in rows["creditor"]
    }
    return Facts(tenant=tenant, creditors=creditors, is_complete=is_complete)


def _is_complete(slug: str, row: Any) -> bool:
    streams = KeyRow.streams_from_json(json.loads(row.had))
    return KeyRow(slug, slug, streams=streams, parked=json.loads(row.parked)).is_complete


def _known(rows: Rows, shared: Facts) -> Known:
    facts = Facts(
        tenant=shared.tenant,
        creditors=shared.creditors,
        items=tuple(_item(row) for row in rows["item"]),
        promises=tuple(_promise(row) for row in rows["answer"] if row.kind == "promise"),
        claims=tuple(
            PaymentClaim(row.response_id, row.said_at, _about(row)) for row in rows["answer"] if row.kind == "claim"
        ),
        holds=tuple(Hold(row.hold_id, row.scope, row.scope_id, row.reason, row.until_on) for row in rows["hold"]),
        reminders=tuple(_reminder(row) for row in rows["reminder"]),
        deliveries=tuple(_delivery(row) for row in rows["delivery"]),
        cases=tuple(Case(row.case_id, row.creditor_id, row.currency) for row in rows["case"]),
        is_complete=shared.is_complete,
    )
    return Known(next((_customer(row) for row in rows["customer"]), None), facts, _origins(rows["item"]))


def _customer(row: Any) -> Customer:
    return Customer(row.customer_id, row.version, row.time_zone, row.country, row.region, row.language, row.policy_code)


def _item(row: Any) -> Item:
    return Item(
        item_id=row.item_id,
        invoice_id=row.invoice_id,
        creditor_id=row.creditor_id,
        number=row.number,
        issued_on=row.issued_on,
        due_on=row.due_on,
        currency=row.currency,
        amount_minor=row.amount_minor,
        open_minor=row.open_minor,
        state=row.state,
        version=row.version,
    )


def _about(row: Any) -> About:
    return About(row.item_id, row.currency, row.reminder_id)


def _promise(row: Any) -> Promise:
    return Promise(row.response_id, row.said_at, row.promised_on, _about(row), row.amount_minor, row.is_noted)


def _reminder(row: Any) -> Reminder:
    return Reminder(
        reminder_id=row.reminder_id,
        case_id=row.case_id,
        creditor_id=row.creditor_id,
        currency=row.currency,
        stage=row.stage,
        items=tuple(RequestedItem(**{**item, "due_on": date.fromisoformat(item["due_on"])}) for item in row.items),
        requested_at=row.requested_at,
        not_after_at=row.not_after_at,
        deadline_on=row.deadline_on,
        customer_version=row.customer_version,
        seen=row.seen,
        withdrawn_because=row.withdrawn_because,
        is_noted=row.is_noted,
    )


def _delivery(row: Any) -> Delivery:
    return Delivery(row.reminder_id, row.kind, row.at, row.channel, row.reason, row.deadline_on, row.seen)


def _origins(rows: Iterable[Any]) -> dict[ItemKey, Cause]:
    return {
        (row.invoice_id, row.item_id): Cause(
            traceparent=row.traceparent, correlationid=row.correlation_id, causationid=row.event_id
        )
        for row in rows
    }
