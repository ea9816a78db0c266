"""Look-ups for people and programs that ask over HTTP."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import cast

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from invoice_service.domain.account import Account, KnownInvoice
from invoice_service.domain.invoice import Invoice, ItemStanding
from invoice_service.store.accounts import AccountStore
from invoice_service.store.aging import aging_of_customers, aging_totals
from invoice_service.store.invoices import load_invoices
from invoice_service.store.item_pages import items_query
from invoice_service.usecases.ports import Wanted
from invoice_service.usecases.views import AgingRow, ItemFilter, Place

_ZONE = text("SELECT time_zone FROM tenant WHERE tenant = :tenant")
_TEST_CLOCK = text("SELECT test_now_at FROM tenant_clock WHERE tenant = :tenant AND mode = 'test'")


class ViewStore:
    """Reads on a connection that sees one consistent moment."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def items(
        self, tenant: str, which: ItemFilter, *, after: Place | None, limit: int
    ) -> Sequence[tuple[Invoice, ItemStanding]]:
        """At most `limit` items behind `after`."""
        query, parameters = items_query(tenant, which, after, limit)
        keys = [(row.invoice_id, row.item_id) for row in await self._connection.execute(query, parameters)]
        invoices = await self._invoices(tenant, {invoice_id for invoice_id, _ in keys})
        return [(invoices[invoice_id].invoice, invoices[invoice_id].standings[item_id]) for invoice_id, item_id in keys]

    async def aging(self, tenant: str, as_of: date, *, after: str, limit: int) -> tuple[Sequence[AgingRow], str | None]:
        """What is open of the next `limit` customers, and behind whom to go on; None where these were the last."""
        return await aging_of_customers(self._connection, tenant, as_of, after=after, limit=limit)

    async def aging_totals(self, tenant: str, as_of: date) -> Sequence[AgingRow]:
        """What is open of all customers together."""
        return await aging_totals(self._connection, tenant, as_of)

    async def zone(self, tenant: str) -> str | None:
        """The tenant's time zone; None while it is not known."""
        found = await self._connection.execute(_ZONE, {"tenant": tenant})
        return cast(str | None, found.scalar_one_or_none())

    async def invoice(self, tenant: str, invoice_id: str) -> KnownInvoice | None:
        """One invoice with all its items."""
        return (await self._invoices(tenant, {invoice_id})).get(invoice_id)

    async def test_now_at(self, tenant: str) -> datetime | None:
        """Where the tenant's test clock stands; None for a live or unknown tenant."""
        found = await self._connection.execute(_TEST_CLOCK, {"tenant": tenant})
        return cast(datetime | None, found.scalar_one_or_none())

    async def account(self, tenant: str, customer_id: str) -> Account | None:
        """A customer with all its invoices and payments; None where nothing at all is known."""
        (account,) = await AccountStore(self._connection).load_whole([(tenant, customer_id)])
        return account if account.invoices or account.payments or account.customer or account.holds else None

    async def _invoices(self, tenant: str, invoice_ids: set[str]) -> Mapping[str, KnownInvoice]:
        wanted = Wanted((tenant, ""), invoice_ids)
        found = await load_invoices(self._connection, [wanted])
        return {invoice_id: known for (_, invoice_id), known in found.items()}
