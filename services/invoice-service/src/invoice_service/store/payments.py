"""Payments, credit notes and adjustments in the database, many at a time, found by the invoices they speak of."""

import json
from collections.abc import Iterable, Sequence

from sqlalchemy import text
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from invoice_service.domain.cancellation import Kind
from invoice_service.domain.money import Money
from invoice_service.domain.payment import Allocation, Payment
from invoice_service.usecases.ports import Named, PaymentFact, PaymentKey, Wanted

# Whoever paid: an allocation counts by its invoice, and the highest version of a payment may name another payer.
_LOAD = text(
    "SELECT payment.* FROM payment JOIN ("
    " SELECT tenant, kind, payment_id FROM payment_invoice JOIN unnest(CAST(:tenants AS text[]),"
    " CAST(:invoice_ids AS text[])) AS i(tenant, invoice_id) USING (tenant, invoice_id)"
    " UNION SELECT tenant, kind, payment_id FROM payment JOIN unnest(CAST(:payer_tenants AS text[]),"
    " CAST(:payers AS text[])) AS p(tenant, customer_id) USING (tenant, customer_id) WHERE unallocated_minor <> 0"
    " UNION SELECT * FROM unnest(CAST(:payment_tenants AS text[]), CAST(:kinds AS text[]),"
    " CAST(:payment_ids AS text[]))) AS asked USING (tenant, kind, payment_id)"
)
_NAMED = text(
    "SELECT told.tenant, told.kind, told.payment_id, told.invoice_id, invoice.customer_id, NULL AS payer"
    " FROM unnest(CAST(:tenants AS text[]), CAST(:kinds AS text[]), CAST(:payment_ids AS text[]),"
    " CAST(:invoice_ids AS text[])) AS told(tenant, kind, payment_id, invoice_id)"
    " LEFT JOIN invoice ON invoice.tenant = told.tenant AND invoice.invoice_id = told.invoice_id"
    " UNION SELECT payment.tenant, payment.kind, payment.payment_id, payment_invoice.invoice_id,"
    " invoice.customer_id, payment.customer_id"
    " FROM unnest(CAST(:paid_tenants AS text[]), CAST(:paid_kinds AS text[]), CAST(:paid_ids AS text[]))"
    " AS told(tenant, kind, payment_id)"
    " JOIN payment ON payment.tenant = told.tenant AND payment.kind = told.kind"
    " AND payment.payment_id = told.payment_id"
    " LEFT JOIN payment_invoice ON payment_invoice.tenant = payment.tenant AND payment_invoice.kind = payment.kind"
    " AND payment_invoice.customer_id = payment.customer_id AND payment_invoice.payment_id = payment.payment_id"
    " LEFT JOIN invoice ON invoice.tenant = payment.tenant AND invoice.invoice_id = payment_invoice.invoice_id"
)
_SAVE = text(
    "INSERT INTO payment (tenant, customer_id, kind, payment_id, version, received_on, currency, amount_minor,"
    " allocations, creditor_id, method, is_from_beginning, unallocated_minor)"
    " SELECT tenant, customer_id, kind, payment_id, version, received_on, currency, amount_minor,"
    " CAST(allocations AS jsonb), creditor_id, method, is_from_beginning, unallocated_minor"
    " FROM unnest(CAST(:tenants AS text[]), CAST(:customers AS text[]), CAST(:kinds AS text[]),"
    " CAST(:payment_ids AS text[]), CAST(:versions AS bigint[]), CAST(:received_on AS date[]),"
    " CAST(:currencies AS text[]), CAST(:amounts AS bigint[]), CAST(:allocations AS text[]),"
    " CAST(:creditors AS text[]), CAST(:methods AS text[]), CAST(:from_beginning AS boolean[]),"
    " CAST(:unallocated AS bigint[]))"
    " AS saved(tenant, customer_id, kind, payment_id, version, received_on, currency, amount_minor, allocations,"
    " creditor_id, method, is_from_beginning, unallocated_minor)"
    " ON CONFLICT (tenant, customer_id, kind, payment_id) DO UPDATE SET version = excluded.version,"
    " received_on = excluded.received_on, currency = excluded.currency, amount_minor = excluded.amount_minor,"
    " allocations = excluded.allocations, creditor_id = excluded.creditor_id, method = excluded.method,"
    " is_from_beginning = excluded.is_from_beginning, unallocated_minor = excluded.unallocated_minor"
)
_FORGET_LINKS = text(
    "DELETE FROM payment_invoice USING unnest(CAST(:tenants AS text[]), CAST(:customers AS text[]),"
    " CAST(:kinds AS text[]), CAST(:payment_ids AS text[])) AS p(tenant, customer_id, kind, payment_id)"
    " WHERE payment_invoice.tenant = p.tenant AND payment_invoice.customer_id = p.customer_id"
    " AND payment_invoice.kind = p.kind AND payment_invoice.payment_id = p.payment_id"
)
_SAVE_LINKS = text(
    "INSERT INTO payment_invoice (tenant, customer_id, kind, payment_id, invoice_id) SELECT DISTINCT * FROM"
    " unnest(CAST(:tenants AS text[]), CAST(:customers AS text[]), CAST(:kinds AS text[]),"
    " CAST(:payment_ids AS text[]), CAST(:invoice_ids AS text[])) ON CONFLICT DO NOTHING"
)


async def load_payments(
    connection: AsyncConnection, invoices: Iterable[tuple[str, str]], wanted: Sequence[Wanted]
) -> list[Payment]:
    """Payments that speak of these invoices (by tenant and id), those asked for, and those that are partly credit.

    Under every payer that each of them ever had.
    """
    spoken_of = list(invoices)
    paid = [(one.key[0], *name) for one in wanted for name in one.payments]
    parameters = {
        "tenants": [tenant for tenant, _ in spoken_of],
        "invoice_ids": [invoice_id for _, invoice_id in spoken_of],
        "payer_tenants": [one.key[0] for one in wanted],
        "payers": [one.key[1] for one in wanted],
        "payment_tenants": [tenant for tenant, _, _ in paid],
        "kinds": [kind.value for _, kind, _ in paid],
        "payment_ids": [payment_id for _, _, payment_id in paid],
    }
    return [to_payment(row) for row in (await connection.execute(_LOAD, parameters)).mappings()]


async def load_named(connection: AsyncConnection, facts: Sequence[PaymentFact]) -> dict[PaymentKey, Named]:
    """The invoices that each payment names now, or named in a version that is stored, with their customers."""
    told = [fact for fact in facts if isinstance(fact, Payment)]
    named = [(payment, allocation.invoice_id) for payment in told for allocation in payment.allocations]
    parameters = {
        "tenants": [payment.tenant for payment, _ in named],
        "kinds": [payment.kind.value for payment, _ in named],
        "payment_ids": [payment.payment_id for payment, _ in named],
        "invoice_ids": [invoice_id for _, invoice_id in named],
        "paid_tenants": [fact.tenant for fact in facts],
        "paid_kinds": [fact.name[0].value for fact in facts],
        "paid_ids": [fact.name[1] for fact in facts],
    }
    invoices: dict[PaymentKey, dict[str, str | None]] = {}
    payers: dict[PaymentKey, set[str]] = {}
    for tenant, kind, payment_id, invoice_id, owner, payer in await connection.execute(_NAMED, parameters):
        key = (tenant, (Kind(kind), payment_id))
        of_key = invoices.setdefault(key, {})
        if invoice_id is not None:
            of_key[invoice_id] = owner
        payers.setdefault(key, set()).update([payer] if payer is not None else [])
    return {key: Named(of_key, payers[key]) for key, of_key in invoices.items()}


async def save_payments(connection: AsyncConnection, payments: Sequence[Payment]) -> None:
    """Writes them, and which invoices each speaks of now."""
    keys = {
        "tenants": [payment.tenant for payment in payments],
        "customers": [payment.customer_id for payment in payments],
        "kinds": [payment.kind.value for payment in payments],
        "payment_ids": [payment.payment_id for payment in payments],
    }
    parameters = {
        **keys,
        "versions": [payment.version for payment in payments],
        "received_on": [payment.received_on for payment in payments],
        "currencies": [payment.money.currency for payment in payments],
        "amounts": [payment.money.amount_minor for payment in payments],
        "allocations": [_allocations_json(payment.allocations) for payment in payments],
        "creditors": [payment.creditor_id for payment in payments],
        "methods": [payment.method for payment in payments],
        "from_beginning": [payment.is_from_beginning for payment in payments],
        "unallocated": [payment.unallocated_minor for payment in payments],
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
                "kinds": [payment.kind.value for payment, _ in links],
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
        Kind(row["kind"]),
        row["creditor_id"],
        row["method"],
        row["is_from_beginning"],
    )


def _allocations_json(allocations: Iterable[Allocation]) -> str:
    return json.dumps(
        [
            [one.invoice_id, one.item_id, one.paid.amount_minor, one.paid.currency, one.deducted_minor, one.is_for_cost]
            for one in allocations
        ]
    )
