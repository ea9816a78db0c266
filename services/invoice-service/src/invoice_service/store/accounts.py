"""Whole accounts out of and into the database: a few statements for a batch, however many customers are in it."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from invoice_service.domain.account import Account, KnownInvoice
from invoice_service.domain.payment import Payment
from invoice_service.store.customers import load_customers, save_customers
from invoice_service.store.invoices import load_invoices, save_invoices, save_standings
from invoice_service.store.payments import load_named, load_payments, save_payments
from invoice_service.usecases.ports import AccountKey, Loaded, PaymentKey, Saved, Wanted


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
        names = {one.key: {*invoices[one.key], *one.invoice_ids} for one in wanted}
        spoken_of = {(tenant, invoice_id) for (tenant, _), ids in names.items() for invoice_id in ids}
        paid = _Paid(await load_payments(self._connection, spoken_of, wanted))
        accounts = {}
        for one in wanted:
            key = one.key
            own, others = paid.of(key, names[key], one.payment_ids)
            named = {allocation.invoice_id for payment in own.values() for allocation in payment.allocations}
            elsewhere = {
                invoice_id: theirs.invoice.currency
                for invoice_id in named
                if (theirs := found.get((key[0], invoice_id))) and theirs.invoice.customer_id != key[1]
            }
            accounts[key] = Account(*key, customers.get(key), invoices[key], own, others, elsewhere)
        return Loaded(accounts, {key: known.invoice.customer_id for key, known in found.items()})

    async def named(self, payments: Sequence[Payment]) -> Mapping[PaymentKey, Mapping[str, str | None]]:
        """The invoices that each payment names now, or named in a version that is stored, with their customers."""
        return await load_named(self._connection, payments) if payments else {}

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


class _Paid:
    """Payments, to be shared out among accounts."""

    def __init__(self, payments: Sequence[Payment]) -> None:
        self._by_id: dict[PaymentKey, list[Payment]] = {}
        self._ids_of_payer: dict[AccountKey, set[str]] = {}
        self._ids_of_invoice: dict[tuple[str, str], set[str]] = {}
        for payment in payments:
            tenant, payment_id = payment.tenant, payment.payment_id
            self._by_id.setdefault((tenant, payment_id), []).append(payment)
            self._ids_of_payer.setdefault((tenant, payment.customer_id), set()).add(payment_id)
            for allocation in payment.allocations:
                self._ids_of_invoice.setdefault((tenant, allocation.invoice_id), set()).add(payment_id)

    def of(
        self, key: AccountKey, invoice_ids: Iterable[str], payment_ids: Iterable[str]
    ) -> tuple[dict[str, Payment], dict[tuple[str, str], Payment]]:
        """The account's own payments, and those of others that bear on it or are asked for."""
        tenant, customer_id = key
        ids = {payment_id for payment_id in payment_ids if (tenant, payment_id) in self._by_id}
        ids |= self._ids_of_payer.get(key, set())
        for invoice_id in invoice_ids:
            ids |= self._ids_of_invoice.get((tenant, invoice_id), set())
        own: dict[str, Payment] = {}
        others: dict[tuple[str, str], Payment] = {}
        for payment in (payment for payment_id in ids for payment in self._by_id[tenant, payment_id]):
            if payment.customer_id == customer_id:
                own[payment.payment_id] = payment
            else:
                others[payment.customer_id, payment.payment_id] = payment
        return own, others


def _row(known: KnownInvoice) -> tuple[object, ...]:
    """What the invoice's own row holds; its items have rows of their own."""
    return known.invoice, known.is_announced, known.is_closed, known.trail
