"""Takes facts in: the highest version of an entity stays, whatever order they come in."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Table, TextClause, text

from dunning_engine.domain.facts import Item
from dunning_engine.domain.learned import (
    AnswerLearned,
    CreditLearned,
    CreditorLearned,
    CustomerErasedLearned,
    CustomerLearned,
    DeliveryLearned,
    HoldLearned,
    ItemLearned,
    Learned,
    PaymentsCheckedLearned,
    TenantLearned,
)
from dunning_engine.store import tables
from dunning_engine.store.answer_rows import row_of
from dunning_engine.store.bulk import Row, arrays_of, first_stays, newest_wins
from dunning_engine.store.rows import columns, customer_row, delivery_row, hold_row, item_row
from dunning_engine.usecases.ports import News
from kulant_chassis.transaction import Transaction

# A hold that was lifted and is set again, or one that was over and lasts longer now, is news to its cases.
_ANEW = (
    "excluded.is_set AND (NOT hold.is_set OR (hold.is_resumed AND excluded.until_on IS DISTINCT FROM hold.until_on))"
)
_HOLD_OWN = {
    "note": "hold.note",
    "is_noted": f"hold.is_noted AND NOT ({_ANEW})",
    "is_resumed": f"hold.is_resumed AND NOT ({_ANEW})",
    "set_at": f"CASE WHEN {_ANEW} THEN excluded.set_at ELSE coalesce(hold.set_at, excluded.set_at) END",
}
_NEWEST: Mapping[str, tuple[Table, TextClause, str]] = {
    table.name: (table, newest_wins(table, version, own), version)
    for table, version, own in (
        (tables.tenant, "settings_version", None),
        (tables.creditor, "version", None),
        (tables.payments_checked, "version", None),
        (tables.customer, "version", None),
        (tables.erasure, "version", None),
        (tables.hold, "version", _HOLD_OWN),
        (tables.credit, "version", None),
        (tables.item, "version", None),
    )
}
_FIRST = ((tables.answer, first_stays(tables.answer)), (tables.delivery, first_stays(tables.delivery)))
# How a message ended is read: only one that was handed over still waits, for its stage to go on record.
_ENDED = text(
    "UPDATE reminder SET is_live = reminder.kind = 'reminder' AND NOT reminder.is_noted AND given.is_handed_over"
    " AND NOT EXISTS (SELECT FROM delivery WHERE delivery.key = reminder.key AND delivery.kind = 'bounced'"
    " AND delivery.reminder_id = reminder.reminder_id)"
    " FROM (SELECT reminder_id, bool_or(is_handed_over) AS is_handed_over"
    " FROM unnest(CAST(:keys AS text[]), CAST(:reminder_ids AS uuid[]), CAST(:handed_over AS boolean[]))"
    " AS one(key, reminder_id, is_handed_over) GROUP BY reminder_id) AS given"
    " WHERE reminder.reminder_id = given.reminder_id AND reminder.key = ANY(CAST(:keys AS text[]))"
)
_HANDED_OVER = frozenset({"sent", "delivered", "read"})
_FORGET = (
    text("UPDATE customer SET profile = '{}', consented_at = '{}' WHERE key = ANY(CAST(:keys AS text[]))"),
    text("UPDATE hold SET note = NULL WHERE key = ANY(CAST(:keys AS text[])) AND note IS NOT NULL"),
)


async def take(transaction: Transaction, learned: Sequence[Learned]) -> News:
    """Write all facts that are news; what is older than what is known changes nothing."""
    rows = _rows(learned)
    written = {
        name: await _write(transaction, statement, table, rows[name], version)
        for name, (table, statement, version) in _NEWEST.items()
    }
    for table, statement in _FIRST:
        if rows[table.name]:
            await transaction.connection.execute(statement, arrays_of(table, rows[table.name]))
    await _end(transaction, [one for one in learned if isinstance(one, DeliveryLearned)])
    await _forget(transaction, [one.key for one in learned if isinstance(one, CustomerErasedLearned)])
    return News(
        tenants=frozenset(slug for (slug,) in written["tenant"]),
        creditors_of=frozenset(slug for slug, _ in written["creditor"]),
        items=_items(learned, written["item"]),
    )


async def _end(transaction: Transaction, told: Sequence[DeliveryLearned]) -> None:
    if told:
        parameters = {
            "keys": [one.key for one in told],
            "reminder_ids": [one.delivery.reminder_id for one in told],
            "handed_over": [one.delivery.kind in _HANDED_OVER for one in told],
        }
        await transaction.connection.execute(_ENDED, parameters)


async def _forget(transaction: Transaction, keys: Sequence[str]) -> None:
    if keys:
        for statement in _FORGET:
            await transaction.connection.execute(statement, {"keys": list(keys)})


async def _write(
    transaction: Transaction, statement: TextClause, table: Table, rows: Sequence[Row], version: str
) -> set[tuple[Any, ...]]:
    """Write one row per entity, the newest of the batch; returns the keys of those that were news."""
    newest: dict[tuple[Any, ...], Row] = {}
    for row in rows:
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
            return tables.tenant, {**columns(tenant), "tenant": slug, "settings_version": learned.settings_version}
        case CreditorLearned(slug=slug, creditor=creditor):
            return tables.creditor, {**columns(creditor), "tenant": slug, "version": learned.version}
        case PaymentsCheckedLearned(slug=slug):
            return tables.payments_checked, {**columns(learned), "tenant": slug}
        case _:
            return _row_of_customer(learned)


def _row_of_customer(learned: Learned) -> tuple[Table, Row]:
    match learned:
        case CustomerLearned(key=key, customer=customer):
            return tables.customer, customer_row(key, customer)
        case CustomerErasedLearned():
            return tables.erasure, columns(learned)
        case CreditLearned(key=key, credit=credit):
            return tables.credit, {**columns(credit), "key": key, "version": learned.version}
        case ItemLearned(key=key, item=item):
            return tables.item, {**item_row(key, item), **_origin(learned)}
        case HoldLearned(key=key, hold=hold):
            return tables.hold, hold_row(key, hold, is_set=learned.is_set, version=learned.version)
        case AnswerLearned(key=key, answer=answer):
            return tables.answer, row_of(key, answer)
        case DeliveryLearned(key=key, delivery=delivery):
            return tables.delivery, delivery_row(key, learned.delivery_id, delivery)
        case _:
            raise AssertionError(f"{type(learned).__name__} is about no customer")


def _origin(learned: ItemLearned) -> Row:
    return {
        "traceparent": learned.traceparent,
        "correlation_id": learned.correlation_id,
        "event_id": learned.event_id,
    }
