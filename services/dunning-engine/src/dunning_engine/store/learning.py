"""Takes facts in: the highest version of an entity stays, whatever order they come in."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Table, TextClause

from dunning_engine.domain.answers import PaymentClaim, Promise
from dunning_engine.domain.facts import Item
from dunning_engine.domain.learned import (
    AnswerLearned,
    CreditorLearned,
    CustomerLearned,
    DeliveryLearned,
    HoldLearned,
    ItemLearned,
    Learned,
    TenantLearned,
)
from dunning_engine.store import tables
from dunning_engine.store.bulk import Row, arrays_of, first_stays, newest_wins
from dunning_engine.usecases.ports import News
from kulant_chassis.transaction import Transaction

_TENANTS = newest_wins(tables.tenant, "settings_version")
_CREDITORS = newest_wins(tables.creditor)
_CUSTOMERS = newest_wins(tables.customer)
_ITEMS = newest_wins(tables.item)
_HOLDS = newest_wins(tables.hold)
_ANSWERS = first_stays(tables.answer)
_DELIVERIES = first_stays(tables.delivery)


async def take(transaction: Transaction, learned: Sequence[Learned]) -> News:
    """Write all facts that are news; what is older than what is known changes nothing."""
    rows = _rows(learned)
    tenants = await _write(transaction, _TENANTS, tables.tenant, rows, "settings_version")
    creditors = await _write(transaction, _CREDITORS, tables.creditor, rows)
    await _write(transaction, _CUSTOMERS, tables.customer, rows)
    await _write(transaction, _HOLDS, tables.hold, rows)
    items = await _write(transaction, _ITEMS, tables.item, rows)
    for statement, table in ((_ANSWERS, tables.answer), (_DELIVERIES, tables.delivery)):
        if rows[table.name]:
            await transaction.connection.execute(statement, arrays_of(table, rows[table.name]))
    return News(
        tenants=frozenset(slug for (slug,) in tenants),
        creditors_of=frozenset(slug for slug, _ in creditors),
        items=_items(learned, items),
    )


async def _write(
    transaction: Transaction,
    statement: TextClause,
    table: Table,
    rows: Mapping[str, Sequence[Row]],
    version: str = "version",
) -> set[tuple[Any, ...]]:
    """Write one row per entity, the newest of the batch; returns the keys of those that were news."""
    newest: dict[tuple[Any, ...], Row] = {}
    for row in rows[table.name]:
        known = newest.get(key := tuple(row[column.name] for column in table.primary_key))
        if known is None or row[version] > known[version]:
            newest[key] = row
    if not newest:
        return set()
    written = await transaction.connection.execute(statement, arrays_of(table, list(newest.values())))
    return {tuple(row) for row in written}


def _items(learned: Iterable[Learned], written: set[tuple[Any, ...]]) -> dict[str, tuple[Item, ...]]:
    newest: dict[tuple[str, str, str], Item] = {}
    for one in learned:
        if isinstance(one, ItemLearned) and (key := (one.key, *one.item.key)) in written:
            newest[key] = max(newest.get(key, one.item), one.item, key=lambda item: item.version)
    by_customer: dict[str, tuple[Item, ...]] = {}
    for (customer, _, _), item in newest.items():
        by_customer[customer] = (*by_customer.get(customer, ()), item)
    return by_customer


def _rows(learned: Iterable[Learned]) -> dict[str, list[Row]]:
    rows: dict[str, list[Row]] = {name: [] for name in tables.METADATA.tables}
    for one in learned:
        table, row = _row(one)
        rows[table.name].append(row)
    return rows


def _row(learned: Learned) -> tuple[Table, Row]:
    match learned:
        case TenantLearned(slug=slug, tenant=tenant):
            return tables.tenant, {**asdict(tenant), "tenant": slug, "settings_version": learned.settings_version}
        case CreditorLearned(slug=slug, creditor=creditor):
            return tables.creditor, {**asdict(creditor), "tenant": slug, "version": learned.version}
        case CustomerLearned(key=key, customer=customer):
            return tables.customer, {**asdict(customer), "key": key}
        case ItemLearned(key=key, item=item):
            return tables.item, {**asdict(item), "key": key, **_origin(learned)}
        case HoldLearned(key=key, hold=hold):
            return tables.hold, {**asdict(hold), "key": key, "is_set": learned.is_set, "version": learned.version}
        case AnswerLearned(key=key, answer=Promise() | PaymentClaim() as answer):
            return tables.answer, _answer_row(key, answer)
        case DeliveryLearned(key=key, delivery=delivery):
            row = {**asdict(delivery), "key": key, "delivery_id": learned.delivery_id}
            return tables.delivery, {**row, "seen": json.dumps(dict(delivery.seen))}
        case _:
            raise TypeError(f"{type(learned).__name__} has no table yet")


def _origin(learned: ItemLearned) -> Row:
    return {
        "traceparent": learned.traceparent,
        "correlation_id": learned.correlation_id,
        "event_id": learned.event_id,
    }


def _answer_row(key: str, answer: Promise | PaymentClaim) -> Row:
    is_promise = isinstance(answer, Promise)
    return {
        "key": key,
        "response_id": answer.response_id,
        "kind": "promise" if is_promise else "claim",
        "said_at": answer.said_at,
        **asdict(answer.about),
        "promised_on": answer.on if isinstance(answer, Promise) else None,
        "amount_minor": answer.amount_minor if isinstance(answer, Promise) else None,
        "is_noted": False,
    }
