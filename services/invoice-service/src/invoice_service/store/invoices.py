"""Invoices and how their items stand, in the database, many at a time."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import TextClause, text
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from invoice_service.domain.account import KnownInvoice
from invoice_service.domain.invoice import Invoice, Item, ItemStanding
from invoice_service.domain.trail import Trail
from invoice_service.store.standings import to_standing
from invoice_service.usecases.ports import Wanted

# What may still change of the customers wanted, what is asked for by name, and what payments asked for spoke of.
_LOAD = text(
    "WITH asked AS ("
    " SELECT * FROM unnest(CAST(:invoice_tenants AS text[]), CAST(:invoice_ids AS text[])) AS a(tenant, invoice_id)"
    " UNION SELECT payment_invoice.tenant, invoice_id FROM payment_invoice JOIN payment"
    " USING (tenant, customer_id, kind, payment_id) JOIN unnest(CAST(:payment_tenants AS text[]),"
    " CAST(:kinds AS text[]), CAST(:payment_ids AS text[])) AS p(tenant, kind, payment_id)"
    " ON p.tenant = payment.tenant AND p.kind = payment.kind AND p.payment_id = payment.payment_id)"
    " SELECT invoice.* FROM invoice JOIN unnest(CAST(:tenants AS text[]), CAST(:customers AS text[]))"
    " AS w(tenant, customer_id) USING (tenant, customer_id) WHERE NOT is_closed"
    " UNION ALL SELECT invoice.* FROM invoice JOIN asked USING (tenant, invoice_id)"
)
_LOAD_STANDINGS = text(
    "SELECT item.* FROM item JOIN unnest(CAST(:tenants AS text[]), CAST(:invoice_ids AS text[]))"
    " AS w(tenant, invoice_id) USING (tenant, invoice_id)"
)
_SAVE = text(
    "INSERT INTO invoice (tenant, invoice_id, customer_id, version, creditor_id, number, issued_on, currency, items,"
    " details, is_announced, is_closed, excess_minor, traceparent, tracestate, correlation_id, event_id)"
    " SELECT tenant, invoice_id, customer_id, version, creditor_id, number, issued_on, currency,"
    " CAST(items AS jsonb), CAST(details AS jsonb), is_announced, is_closed, excess_minor, traceparent, tracestate,"
    " correlation_id, event_id"
    " FROM unnest(CAST(:tenants AS text[]), CAST(:invoice_ids AS text[]), CAST(:customers AS text[]),"
    " CAST(:versions AS bigint[]), CAST(:creditors AS text[]), CAST(:numbers AS text[]), CAST(:issued_on AS date[]),"
    " CAST(:currencies AS text[]), CAST(:items AS text[]), CAST(:details AS text[]), CAST(:announced AS boolean[]),"
    " CAST(:closed AS boolean[]), CAST(:excess AS bigint[]),"
    " CAST(:traceparents AS text[]), CAST(:tracestates AS text[]),"
    " CAST(:correlation_ids AS text[]), CAST(:event_ids AS text[]))"
    " AS saved(tenant, invoice_id, customer_id, version, creditor_id, number, issued_on, currency, items, details,"
    " is_announced, is_closed, excess_minor, traceparent, tracestate, correlation_id, event_id)"
    " ON CONFLICT (tenant, invoice_id) DO UPDATE SET version = excluded.version, creditor_id = excluded.creditor_id,"
    " number = excluded.number, issued_on = excluded.issued_on, currency = excluded.currency, items = excluded.items,"
    " details = excluded.details, is_announced = excluded.is_announced, is_closed = excluded.is_closed,"
    " excess_minor = excluded.excess_minor, traceparent = excluded.traceparent, tracestate = excluded.tracestate,"
    " correlation_id = excluded.correlation_id, event_id = excluded.event_id"
    " WHERE invoice.customer_id = excluded.customer_id RETURNING invoice_id"
)
InvoiceKey = tuple[str, str]
"""Tenant and invoice."""


class InvoiceTakenMeanwhile(Exception):
    """Another transaction gave the same new invoice to another customer; once repeated, this one sees it."""


def invoices_query(wanted: Sequence[Wanted]) -> tuple[TextClause, Mapping[str, Any]]:
    """The statement that finds them, and its parameters."""
    asked = [(one.key[0], invoice_id) for one in wanted for invoice_id in one.invoice_ids]
    paid = [(one.key[0], *name) for one in wanted for name in one.payments]
    return _LOAD, {
        "tenants": [one.key[0] for one in wanted],
        "customers": [one.key[1] for one in wanted],
        "invoice_tenants": [tenant for tenant, _ in asked],
        "invoice_ids": [invoice_id for _, invoice_id in asked],
        "payment_tenants": [tenant for tenant, _, _ in paid],
        "kinds": [kind.value for _, kind, _ in paid],
        "payment_ids": [payment_id for _, _, payment_id in paid],
    }


async def load_invoices(connection: AsyncConnection, wanted: Sequence[Wanted]) -> dict[InvoiceKey, KnownInvoice]:
    """Invoices that may still change and those asked for, whoever their customer is."""
    query, parameters = invoices_query(wanted)
    rows = {(row["tenant"], row["invoice_id"]): row for row in (await connection.execute(query, parameters)).mappings()}
    standings: dict[InvoiceKey, dict[str, ItemStanding]] = {key: {} for key in rows}
    if rows:
        keys = {"tenants": [tenant for tenant, _ in rows], "invoice_ids": [invoice_id for _, invoice_id in rows]}
        for item in (await connection.execute(_LOAD_STANDINGS, keys)).mappings():
            standings[item["tenant"], item["invoice_id"]][item["item_id"]] = to_standing(item)
    return {key: _known(row, standings[key]) for key, row in rows.items()}


async def save_invoices(connection: AsyncConnection, invoices: Sequence[KnownInvoice]) -> None:
    """Writes them in one statement. Raises InvoiceTakenMeanwhile."""
    told = [known.invoice for known in invoices]
    trails = [known.trail for known in invoices]
    parameters = {
        "tenants": [invoice.tenant for invoice in told],
        "invoice_ids": [invoice.invoice_id for invoice in told],
        "customers": [invoice.customer_id for invoice in told],
        "versions": [invoice.version for invoice in told],
        "creditors": [invoice.creditor_id for invoice in told],
        "numbers": [invoice.number for invoice in told],
        "issued_on": [invoice.issued_on for invoice in told],
        "currencies": [invoice.currency for invoice in told],
        "items": [_items_json(invoice.items) for invoice in told],
        "details": [json.dumps(invoice.details) for invoice in told],
        "announced": [known.is_announced for known in invoices],
        "closed": [known.is_closed for known in invoices],
        "excess": [known.excess_minor for known in invoices],
        "traceparents": [trail.traceparent for trail in trails],
        "tracestates": [trail.tracestate for trail in trails],
        "correlation_ids": [trail.correlation_id for trail in trails],
        "event_ids": [trail.event_id for trail in trails],
    }
    saved = (await connection.execute(_SAVE, parameters)).all()
    if len(saved) < len(invoices):
        raise InvoiceTakenMeanwhile


def _known(row: RowMapping, standings: dict[str, ItemStanding]) -> KnownInvoice:
    items = tuple(
        Item(item_id, date.fromisoformat(due_on) if due_on else None, amount_minor)
        for item_id, due_on, amount_minor in row["items"]
    )
    invoice = Invoice(
        row["tenant"],
        row["customer_id"],
        row["invoice_id"],
        row["version"],
        row["creditor_id"],
        row["number"],
        row["issued_on"],
        row["currency"],
        items,
        row["details"],
    )
    trail = Trail(row["traceparent"], row["tracestate"], row["correlation_id"], row["event_id"])
    return KnownInvoice(invoice, row["is_announced"], standings, trail, row["excess_minor"])


def _items_json(items: Iterable[Item]) -> str:
    return json.dumps(
        [[item.item_id, item.due_on.isoformat() if item.due_on else None, item.amount_minor] for item in items]
    )
