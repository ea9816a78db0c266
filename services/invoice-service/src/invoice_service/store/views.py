"""Look-ups for people and programs that ask over HTTP."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import cast

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from invoice_service.domain.account import Account, KnownInvoice
from invoice_service.domain.invoice import Invoice, ItemStanding, ItemState
from invoice_service.store.accounts import AccountStore
from invoice_service.store.invoices import load_invoices
from invoice_service.usecases.ports import Wanted

_ITEMS = text(
    "SELECT invoice_id, item_id FROM item WHERE tenant = :tenant"
    " AND (CAST(:state AS text) IS NULL OR state = CAST(:state AS text))"
    " AND (invoice_id, item_id) > (CAST(:invoice_id AS text), CAST(:item_id AS text))"
    " ORDER BY invoice_id, item_id LIMIT :limit"
)
_ALL_OF_CUSTOMER = text(
    "SELECT 'invoice' AS kind, invoice_id AS id FROM invoice WHERE tenant = :tenant AND customer_id = :customer_id"
    " UNION ALL SELECT 'payment', payment_id FROM payment WHERE tenant = :tenant AND customer_id = :customer_id"
)

_TEST_CLOCK = text("SELECT test_now_at FROM tenant_clock WHERE tenant = :tenant AND mode = 'test'")


class ViewStore:
    """Reads on a connection that sees one consistent moment."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def items(
        self, tenant: str, *, state: ItemState | None, after: tuple[str, str] | None, limit: int
    ) -> Sequence[tuple[Invoice, ItemStanding]]:
        """At most `limit` items behind `after` (invoice and item id), in that order."""
        invoice_id, item_id = after or ("", "")
        parameters = {
            "tenant": tenant,
            "state": state.value if state else None,
            "invoice_id": invoice_id,
            "item_id": item_id,
            "limit": limit,
        }
        keys = [(row.invoice_id, row.item_id) for row in await self._connection.execute(_ITEMS, parameters)]
        invoices = await self._invoices(tenant, {invoice_id for invoice_id, _ in keys})
        return [(invoices[invoice_id].invoice, invoices[invoice_id].standings[item_id]) for invoice_id, item_id in keys]

    async def invoice(self, tenant: str, invoice_id: str) -> KnownInvoice | None:
        """One invoice with all its items."""
        return (await self._invoices(tenant, {invoice_id})).get(invoice_id)

    async def test_now_at(self, tenant: str) -> datetime | None:
        """Where the tenant's test clock stands; None for a live or unknown tenant."""
        found = await self._connection.execute(_TEST_CLOCK, {"tenant": tenant})
        return cast(datetime | None, found.scalar_one_or_none())

    async def account(self, tenant: str, customer_id: str) -> Account | None:
        """A customer with all its invoices and payments; None where nothing at all is known."""
        parameters = {"tenant": tenant, "customer_id": customer_id}
        rows = (await self._connection.execute(_ALL_OF_CUSTOMER, parameters)).all()
        ids: dict[str, list[str]] = {"invoice": [], "payment": []}
        for row in rows:
            ids[row.kind].append(row.id)
        wanted = Wanted((tenant, customer_id), ids["invoice"], ids["payment"])
        account = (await AccountStore(self._connection).load([wanted])).accounts[tenant, customer_id]
        return account if rows or account.customer else None

    async def _invoices(self, tenant: str, invoice_ids: set[str]) -> Mapping[str, KnownInvoice]:
        wanted = Wanted((tenant, ""), invoice_ids)
        found = await load_invoices(self._connection, [wanted])
        return {invoice_id: known for (_, invoice_id), known in found.items()}
