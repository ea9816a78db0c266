"""Payments in the database, many at a time, found by the invoices that they speak of."""

import json
from collections.abc import Iterable, Sequence

from sqlalchemy import text
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from invoice_service.domain.money import Money
from invoice_service.domain.payment import Allocation, Payment
from invoice_service.usecases.ports import PaymentKey, Wanted

# Whoever paid: an allocation counts by its invoice, and the highest version of a payment may name another payer.
_LOAD = text(
    "SELECT payment.* FROM payment JOIN ("
    " SELECT tenant, payment_id FROM payment_invoice JOIN unnest(CAST(:tenants AS text[]),"
    " CAST(:invoice_ids AS text[])) AS i(tenant, invoice_id) USING (tenant, invoice_id)"
    " UNION SELECT * FROM unnest(CAST(:payment_tenants AS text[]), CAST(:payment_ids AS text[]))"
    ") AS asked USING (tenant, payment_id)"
)
_NAMED = text(
    "SELECT told.tenant, told.payment_id, told.invoice_id, invoice.customer_id FROM unnest(CAST(:tenants AS text[]),"
    " CAST(:payment_ids AS text[]), CAST(:invoice_ids AS text[])) AS told(tenant, payment_id, invoice_id)"
    " LEFT JOIN invoice ON invoice.tenant = told.tenant AND invoice.invoice_id = told.invoice_id"
    " UNION SELECT payment.tenant, payment.payment_id, payment_invoice.invoice_id, invoice.customer_id"
    " FROM unnest(CAST(:paid_tenants AS text[]), CAST(:paid_ids AS text[])) AS told(tenant, payment_id)"
    " JOIN payment ON payment.tenant = told.tenant AND payment.payment_id = told.payment_id"
    " JOIN payment_invoice ON payment_invoice.tenant = payment.tenant"
    " AND payment_invoice.customer_id = payment.customer_id AND payment_invoice.payment_id = payment.payment_id"
    " LEFT JOIN invoice ON invoice.tenant = payment.tenant AND invoice.invoice_id = payment_invoice.invoice_id"
)
_SAVE = text(
    "INSERT INTO payment (tenant, customer_id, payment_id, version, received_on, currency, amount_minor, allocations)"
    " SELECT tenant, customer_id, payment_id, version, received_on, currency, amount_minor, CAST(allocations AS jsonb)"
    " FROM unnest(CAST(:tenants AS text[]), CAST(:customers AS text[]), CAST(:payment_ids AS text[]),"
    " CAST(:versions AS bigint[]), CAST(:received_on AS date[]), CAST(:currencies AS text[]),"
    " CAST(:amounts AS bigint[]), CAST(:allocations AS text[]))"
    " AS saved(tenant, customer_id, payment_id, version, received_on, currency, amount_minor, allocations)"
    " ON CONFLICT (tenant, customer_id, payment_id) DO UPDATE SET version = excluded.version,"
    " received_on = excluded.received_on, currency = excluded.currency, amount_minor = excluded.amount_minor,"
    " allocations = excluded.allocations"
)
_FORGET_LINKS = text(
    "DELETE FROM payment_invoice USING unnest(CAST(:tenants AS text[]), CAST(:customers AS text[]),"
    " CAST(:payment_ids AS text[])) AS p(tenant, customer_id, payment_id)"
    " WHERE payment_invoice.tenant = p.tenant AND payment_invoice.customer_id = p.customer_id"
    " AND payment_invoice.payment_id = p.payment_id"
)
_SAVE_LINKS = text(
    "INSERT INTO payment_invoice (tenant, customer_id, payment_id, invoice_id) SELECT DISTINCT * FROM"
    " unnest(CAST(:tenants AS text[]), CAST(:customers AS text[]), CAST(:payment_ids AS text[]),"
    " CAST(:invoice_ids AS text[])) ON CONFLICT DO NOTHING"
)


async def load_payments(
    connection: AsyncConnection, invoices: Iterable[tuple[str, str]], wanted: Sequence[Wanted]
) -> list[Payment]:
    """Payments that speak of these invoices (by tenant and id) and those asked for, under every payer they ever had."""
    spoken_of = list(invoices)
    paid = [(one.key[0], payment_id) for one in wanted for payment_id in one.payment_ids]
    if not spoken_of and not paid:
        return []
    parameters = {
        "tenants": [tenant for tenant, _ in spoken_of],
        "invoice_ids": [invoice_id for _, invoice_id in spoken_of],
        "payment_tenants": [tenant for tenant, _ in paid],
        "payment_ids": [payment_id for _, payment_id in paid],
    }
    return [to_payment(row) for row in (await connection.execute(_LOAD, parameters)).mappings()]


async def load_named(
    connection: AsyncConnection, payments: Sequence[Payment]
) -> dict[PaymentKey, dict[str, str | None]]:
    """The invoices that each payment names now, or named in a version that is stored, with their customers."""
    named = [(payment, allocation.invoice_id) for payment in payments for allocation in payment.allocations]
    parameters = {
        "tenants": [payment.tenant for payment, _ in named],
        "payment_ids": [payment.payment_id for payment, _ in named],
        "invoice_ids": [invoice_id for _, invoice_id in named],
        "paid_tenants": [payment.tenant for payment in payments],
        "paid_ids": [payment.payment_id for payment in payments],
    }
    found: dict[PaymentKey, dict[str, str | None]] = {}
    for tenant, payment_id, invoice_id, customer_id in await connection.execute(_NAMED, parameters):
        found.setdefault((tenant, payment_id), {})[invoice_id] = customer_id
    return found


async def save_payments(connection: AsyncConnection, payments: Sequence[Payment]) -> None:
    """Writes them, and which invoices each speaks of now."""
    keys = {
        "tenants": [payment.tenant for payment in payments],
        "customers": [payment.customer_id for payment in payments],
        "payment_ids": [payment.payment_id for payment in payments],
    }
    parameters = {
        **keys,
        "versions": [payment.version for payment in payments],
        "received_on": [payment.received_on for payment in payments],
        "currencies": [payment.money.currency for payment in payments],
        "amounts": [payment.money.amount_minor for payment in payments],
        "allocations": [_allocations_json(payment.allocations) for payment in payments],
    }
    await connection.execute(_SAVE, parameters)
    await connection.execute(_FORGET_LINKS, keys)
    links = [(payment, allocation.invoice_id) for payment in payments for allocation in payment.allocations]
    if links:
        await connection.execute(
            _SAVE_LINKS,
            {
                "tenants": [payment.tenant for payment, _ in links],
                "customers": [payment.customer_id for payment, _ in links],
                "payment_ids": [payment.payment_id for payment, _ in links],
                "invoice_ids": [invoice_id for _, invoice_id in links],
            },
        )


def to_payment(row: RowMapping) -> Payment:
    """A payment's row as the domain knows it."""
    allocations = tuple(
        Allocation(invoice_id, item_id, Money(paid_minor, currency), deducted_minor, is_for_cost)
        for invoice_id, item_id, paid_minor, currency, deducted_minor, is_for_cost in row["allocations"]
    )
    return Payment(
        row["tenant"],
        row["customer_id"],
        row["payment_id"],
        row["version"],
        row["received_on"],
        Money(row["amount_minor"], row["currency"]),
        allocations,
    )


def _allocations_json(allocations: Iterable[Allocation]) -> str:
    return json.dumps(
        [
            [one.invoice_id, one.item_id, one.paid.amount_minor, one.paid.currency, one.deducted_minor, one.is_for_cost]
            for one in allocations
        ]
    )
