"""Whole accounts out of and into the database: a few statements for a batch, however many customers are in it."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from invoice_service.domain.account import Account, KnownInvoice, PayerAndName
from invoice_service.domain.cancellation import Cancellation, Kind
from invoice_service.domain.payment import Payment, PaymentName
from invoice_service.store.cancellations import load_cancellations, save_cancellations
from invoice_service.store.credits import load_credits, save_credits
from invoice_service.store.customers import load_customers, save_customers
from invoice_service.store.holds import load_holds, save_holds
from invoice_service.store.invoices import load_invoices, save_invoices
from invoice_service.store.payments import load_named, load_payments, save_payments
from invoice_service.store.standings import save_standings
from invoice_service.store.stated_balances import load_stated, save_stated
from invoice_service.usecases.ports import AccountKey, Loaded, Named, PaymentFact, PaymentKey, Saved, Wanted

_NAMES = text(
    "SELECT tenant, customer_id, 'invoice' AS kind, invoice_id AS id FROM invoice JOIN"
    " unnest(CAST(:tenants AS text[]), CAST(:customers AS text[])) AS w(tenant, customer_id)"
    " USING (tenant, customer_id)"
    " UNION ALL SELECT tenant, customer_id, kind, payment_id FROM payment JOIN"
    " unnest(CAST(:tenants AS text[]), CAST(:customers AS text[])) AS w(tenant, customer_id)"
    " USING (tenant, customer_id)"
)


class AccountStore:
    """Reads and writes accounts inside the caller's transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def load(self, wanted: Sequence[Wanted]) -> Loaded:
        """Accounts with all invoices that may still change, and those asked for."""
        connection = self._connection
        keys = [one.key for one in wanted]
        customers = await load_customers(connection, keys)
        found = await load_invoices(connection, wanted)
        invoices: dict[AccountKey, dict[str, KnownInvoice]] = {key: {} for key in keys}
        for (tenant, invoice_id), known in found.items():
            key = (tenant, known.invoice.customer_id)
            if key in invoices:
                invoices[key][invoice_id] = known
        names = {one.key: {*invoices[one.key], *one.invoice_ids} for one in wanted}
        spoken_of = {(tenant, invoice_id) for (tenant, _), ids in names.items() for invoice_id in ids}
        payments = await load_payments(connection, spoken_of, wanted)
        taken_back = await load_cancellations(connection, _names(spoken_of, payments, wanted))
        holds = await load_holds(connection, keys)
        credits_by_key = await load_credits(connection, keys)
        stated = await load_stated(connection, ((key, invoice_id) for key, ids in names.items() for invoice_id in ids))
        shared = _Shared(payments, taken_back)
        accounts = {
            one.key: Account(
                *one.key,
                customers.get(one.key),
                invoices[one.key],
                *shared.of(one.key, names[one.key], one.payments),
                holds.get(one.key, {}),
                stated.get(one.key, {}),
                credits_by_key.get(one.key, {}),
            )
            for one in wanted
        }
        return Loaded(accounts, {key: known.invoice.customer_id for key, known in found.items()})

    async def load_whole(self, keys: Sequence[AccountKey]) -> Sequence[Account]:
        """Accounts with all that was ever told about them."""
        parameters = {"tenants": [tenant for tenant, _ in keys], "customers": [customer_id for _, customer_id in keys]}
        names: dict[AccountKey, list[tuple[Kind, str]]] = {key: [] for key in keys}
        for row in await self._connection.execute(_NAMES, parameters):
            names[row.tenant, row.customer_id].append((Kind(row.kind), row.id))
        wanted = [
            Wanted(
                key,
                [entity_id for kind, entity_id in of_key if kind is Kind.INVOICE],
                [name for name in of_key if name[0] is not Kind.INVOICE],
            )
            for key, of_key in names.items()
        ]
        loaded = await self.load(wanted)
        return [loaded.accounts[key] for key in keys]

    async def named(self, facts: Sequence[PaymentFact]) -> Mapping[PaymentKey, Named]:
        """Whom each payment concerns, as these facts tell it and as it is stored."""
        return await load_named(self._connection, facts) if facts else {}

    async def save(self, changes: Sequence[Saved]) -> None:
        """Writes what differs; what is another customer's is written by its own account."""
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
            for name, payment in one.after.payments.items()
            if payment.customer_id == one.after.customer_id and payment is not one.before.payments.get(name)
        ]
        if payments:
            await save_payments(self._connection, payments)
        await self._save_the_rest(changes)

    async def _save_the_rest(self, changes: Sequence[Saved]) -> None:
        taken_back = [
            cancellation
            for one in changes
            for name, cancellation in one.after.cancellations.items()
            if cancellation.customer_id == one.after.customer_id
            and cancellation is not one.before.cancellations.get(name)
        ]
        if taken_back:
            await save_cancellations(self._connection, taken_back)
        holds = [
            known
            for one in changes
            for hold_id, known in one.after.holds.items()
            if known is not one.before.holds.get(hold_id)
        ]
        if holds:
            await save_holds(self._connection, holds)
        credits_of_keys = [
            ((one.after.tenant, one.after.customer_id), key, credit)
            for one in changes
            for key, credit in one.after.credits.items()
            if credit is not one.before.credits.get(key)
        ]
        if credits_of_keys:
            await save_credits(self._connection, credits_of_keys)
        stated = [
            ((one.after.tenant, one.after.customer_id), item, said)
            for one in changes
            for item, said in one.after.stated.items()
            if said is not one.before.stated.get(item)
        ]
        if stated:
            await save_stated(self._connection, stated)

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


class _Shared:
    """Payments and what was taken back, to be shared out among accounts."""

    def __init__(self, payments: Sequence[Payment], taken_back: Sequence[Cancellation]) -> None:
        self._taken_back = {(one.tenant, one.name): one for one in taken_back}
        self._by_name: dict[PaymentKey, list[Payment]] = {}
        self._names_of_payer: dict[AccountKey, set[PaymentName]] = {}
        self._names_of_invoice: dict[tuple[str, str], set[PaymentName]] = {}
        for payment in payments:
            tenant, name = payment.tenant, payment.name
            self._by_name.setdefault((tenant, name), []).append(payment)
            self._names_of_payer.setdefault((tenant, payment.customer_id), set()).add(name)
            for allocation in payment.allocations:
                self._names_of_invoice.setdefault((tenant, allocation.invoice_id), set()).add(name)

    def of(
        self, key: AccountKey, invoice_ids: Iterable[str], asked: Iterable[PaymentName]
    ) -> tuple[dict[PayerAndName, Payment], dict[tuple[Kind, str], Cancellation]]:
        """The account's own payments, those of others that bear on it, those asked for; and what was taken back."""
        tenant, _ = key
        names = {*asked, *self._names_of_payer.get(key, set())}
        entities: set[tuple[Kind, str]] = set()
        for invoice_id in invoice_ids:
            names |= self._names_of_invoice.get((tenant, invoice_id), set())
            entities.add((Kind.INVOICE, invoice_id))
        entities |= names
        payments = {
            (payment.customer_id, *name): payment for name in names for payment in self._by_name.get((tenant, name), ())
        }
        taken_back = {name: self._taken_back[tenant, name] for name in entities if (tenant, name) in self._taken_back}
        return payments, taken_back


def _names(
    invoices: Iterable[tuple[str, str]], payments: Iterable[Payment], wanted: Iterable[Wanted]
) -> set[tuple[str, Kind, str]]:
    """All that may have been taken back."""
    names = {(tenant, Kind.INVOICE, invoice_id) for tenant, invoice_id in invoices}
    names |= {(payment.tenant, *payment.name) for payment in payments}
    return names | {(one.key[0], *name) for one in wanted for name in one.payments}


def _row(known: KnownInvoice) -> tuple[object, ...]:
    """What the invoice's own row holds; its items have rows of their own."""
    return known.invoice, known.is_announced, known.is_closed, known.excess_minor, known.trail
