"""How items stand, in the database, many at a time."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from invoice_service.domain.invoice import Closings, Invoice, Item, ItemStanding, ItemState, PaymentReturned

_SAVE = text(
    "INSERT INTO item (tenant, invoice_id, item_id, customer_id, creditor_id, issued_on, due_on, currency,"
    " amount_minor, open_minor, state, settled_on, version, sequence, corrected_minor, closings, returned, soon_for)"
    " SELECT tenant, invoice_id, item_id, customer_id, creditor_id, issued_on, due_on, currency, amount_minor,"
    " open_minor, state, settled_on, version, sequence, corrected_minor, CAST(closings AS jsonb),"
    " CAST(returned AS jsonb), soon_for FROM unnest(CAST(:tenants AS text[]), CAST(:invoice_ids AS text[]),"
    " CAST(:item_ids AS text[]), CAST(:customers AS text[]), CAST(:creditors AS text[]),"
    " CAST(:issued_on AS date[]), CAST(:due_on AS date[]), CAST(:currencies AS text[]), CAST(:amounts AS bigint[]),"
    " CAST(:opens AS bigint[]), CAST(:states AS text[]), CAST(:settled_on AS date[]), CAST(:versions AS bigint[]),"
    " CAST(:sequences AS bigint[]), CAST(:corrected AS bigint[]), CAST(:closings AS text[]),"
    " CAST(:returned AS text[]), CAST(:soon_for AS date[]))"
    " AS saved(tenant, invoice_id, item_id, customer_id, creditor_id, issued_on, due_on, currency, amount_minor,"
    " open_minor, state, settled_on, version, sequence, corrected_minor, closings, returned, soon_for)"
    " ON CONFLICT (tenant, invoice_id, item_id) DO UPDATE SET due_on = excluded.due_on, currency = excluded.currency,"
    " creditor_id = excluded.creditor_id, issued_on = excluded.issued_on, amount_minor = excluded.amount_minor,"
    " open_minor = excluded.open_minor, state = excluded.state, settled_on = excluded.settled_on,"
    " version = excluded.version, sequence = excluded.sequence, corrected_minor = excluded.corrected_minor,"
    " closings = excluded.closings, returned = excluded.returned, soon_for = excluded.soon_for"
)


async def save_standings(connection: AsyncConnection, changed: Sequence[tuple[Invoice, ItemStanding]]) -> None:
    """Writes how items stand, in one statement."""
    standings = [standing for _, standing in changed]
    parameters = {
        "tenants": [invoice.tenant for invoice, _ in changed],
        "invoice_ids": [invoice.invoice_id for invoice, _ in changed],
        "item_ids": [standing.item.item_id for standing in standings],
        "customers": [invoice.customer_id for invoice, _ in changed],
        "creditors": [invoice.creditor_id for invoice, _ in changed],
        "issued_on": [invoice.issued_on for invoice, _ in changed],
        "due_on": [standing.item.due_on for standing in standings],
        "currencies": [invoice.currency for invoice, _ in changed],
        "amounts": [standing.item.amount_minor for standing in standings],
        "opens": [standing.open_minor for standing in standings],
        "states": [standing.state.value for standing in standings],
        "settled_on": [standing.settled_on for standing in standings],
        "versions": [standing.version for standing in standings],
        "sequences": [standing.sequence for standing in standings],
        "corrected": [standing.corrected_minor for standing in standings],
        "closings": [_closings_json(standing.closings) for standing in standings],
        "returned": [_returned_json(standing.returned) for standing in standings],
        "soon_for": [standing.soon_for for standing in standings],
    }
    await connection.execute(_SAVE, parameters)


def to_standing(row: RowMapping) -> ItemStanding:
    """An item's row as the domain knows it."""
    return ItemStanding(
        Item(row["item_id"], row["due_on"], row["amount_minor"]),
        row["open_minor"],
        ItemState(row["state"]),
        row["settled_on"],
        row["version"],
        row["sequence"],
        row["corrected_minor"],
        tuple((date.fromisoformat(day) if day else None, minor) for day, minor in row["closings"]),
        _returned(row["returned"]),
        row["soon_for"],
    )


def _closings_json(closings: Closings) -> str:
    return json.dumps([[day.isoformat() if day else None, minor] for day, minor in closings]) if closings else "[]"


def _returned_json(returned: PaymentReturned | None) -> str | None:
    if returned is None:
        return None
    return json.dumps([returned.payment_id, returned.on.isoformat(), returned.is_direct_debit, returned.details])


def _returned(stored: list[Any] | None) -> PaymentReturned | None:
    if stored is None:
        return None
    payment_id, on, is_direct_debit, details = stored
    return PaymentReturned(payment_id, date.fromisoformat(on), is_direct_debit, details)
