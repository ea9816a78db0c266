"""Whole accounts out of and into the database: a few statements for a batch, however many customers are in it."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from invoice_service.domain.account import Account, KnownInvoice
from invoice_service.domain.payment import Payment
from invoice_service.store.customers import load_customers, save_customers
from invoice_service.store.invoices import load_invoices, save_invoices, save_standings
from invoice_service.store.payments import load_payments, save_payments
from invoice_service.usecases.ports import AccountKey, Loaded, Saved, Wanted


class AccountStore:
    """Reads and writes accounts inside the caller's transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def load(self, wanted: Sequence[Wanted]) -> Loaded:
        """Accounts with all invoices that may still change, and those asked for."""
        keys = [one.key for one in wanted]
        customers = await load_customers(self._connection, keys)
        found = await load_invoices(self._connection, wanted)
        invoices: dict[AccountKey, dict[str, KnownInvoice]] = {key: {} for key in keys}
        for (tenant, invoice_id), known in found.items():
            key = (tenant, known.invoice.customer_id)
            if key in invoices:
                invoices[key][invoice_id] = known
        payments: dict[AccountKey, dict[str, Payment]] = {key: {} for key in keys}
        spoken_of = [(key, invoice_id) for key in keys for invoice_id in invoices[key]]
        asked = [(one.key, invoice_id) for one in wanted for invoice_id in one.invoice_ids]
        for payment in await load_payments(self._connection, {*spoken_of, *asked}, wanted):
            payments[payment.tenant, payment.customer_id][payment.payment_id] = payment
        accounts = {key: Account(*key, customers.get(key), invoices[key], payments[key]) for key in keys}
        return Loaded(accounts, {key: known.invoice.customer_id for key, known in found.items()})

    async def save(self, changes: Sequence[Saved]) -> None:
        """Writes what differs."""
        customers = [
            one.after.customer
            for one in changes
            if one.after.customer and one.after.customer is not one.before.customer
        ]
        if customers:
            await save_customers(self._connection, customers)
        invoices = [
            (one.before.invoices.get(invoice_id), known)
            for one in changes
            for invoice_id, known in one.after.invoices.items()
            if known is not one.before.invoices.get(invoice_id)
        ]
        if invoices:
            await self._save_invoices(invoices)
        payments = [
            payment
            for one in changes
            for payment_id, payment in one.after.payments.items()
            if payment is not one.before.payments.get(payment_id)
        ]
        if payments:
            await save_payments(self._connection, payments)

    async def _save_invoices(self, invoices: Sequence[tuple[KnownInvoice | None, KnownInvoice]]) -> None:
        rows = [after for before, after in invoices if before is None or _row(before) != _row(after)]
        if rows:
            await save_invoices(self._connection, rows)
        standings = [
            (after.invoice, standing)
            for before, after in invoices
            for item_id, standing in after.standings.items()
            if before is None or standing is not before.standings.get(item_id)
        ]
        if standings:
            await save_standings(self._connection, standings)


def _row(known: KnownInvoice) -> tuple[object, ...]:
    """What the invoice's own row holds; its items have rows of their own."""
    return known.invoice, known.is_announced, known.is_closed, known.trail
