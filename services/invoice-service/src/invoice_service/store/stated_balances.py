"""Balances by the ERP's books, in the database, many at a time."""

from collections.abc import Iterable, Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from invoice_service.domain.money import Money
from invoice_service.domain.stated import ItemKey, Stated
from invoice_service.usecases.ports import AccountKey

_LOAD = text(
    "SELECT stated_balance.* FROM stated_balance JOIN unnest(CAST(:tenants AS text[]), CAST(:customers AS text[]),"
    " CAST(:invoice_ids AS text[])) AS asked(tenant, customer_id, invoice_id) USING (tenant, customer_id, invoice_id)"
)
_SAVE = text(
    "INSERT INTO stated_balance (tenant, customer_id, invoice_id, item_id, version, as_of_at, currency, open_minor)"
    " SELECT * FROM unnest(CAST(:tenants AS text[]), CAST(:customers AS text[]), CAST(:invoice_ids AS text[]),"
    " CAST(:item_ids AS text[]), CAST(:versions AS bigint[]), CAST(:moments AS timestamptz[]),"
    " CAST(:currencies AS text[]), CAST(:opens AS bigint[]))"
    " ON CONFLICT (tenant, customer_id, invoice_id, item_id) DO UPDATE SET version = excluded.version,"
    " as_of_at = excluded.as_of_at, currency = excluded.currency, open_minor = excluded.open_minor"
)


async def load_stated(
    connection: AsyncConnection, invoices: Iterable[tuple[AccountKey, str]]
) -> dict[AccountKey, dict[ItemKey, Stated]]:
    """What was last stated about items of these invoices, each asked for by its customer."""
    asked = list(invoices)
    parameters = {
        "tenants": [tenant for (tenant, _), _ in asked],
        "customers": [customer_id for (_, customer_id), _ in asked],
        "invoice_ids": [invoice_id for _, invoice_id in asked],
    }
    found: dict[AccountKey, dict[ItemKey, Stated]] = {}
    for row in (await connection.execute(_LOAD, parameters)).mappings():
        stated = Stated(row["version"], row["as_of_at"], Money(row["open_minor"], row["currency"]))
        found.setdefault((row["tenant"], row["customer_id"]), {})[row["invoice_id"], row["item_id"]] = stated
    return found


async def save_stated(connection: AsyncConnection, changed: Sequence[tuple[AccountKey, ItemKey, Stated]]) -> None:
    """Writes them in one statement."""
    parameters = {
        "tenants": [tenant for (tenant, _), _, _ in changed],
        "customers": [customer_id for (_, customer_id), _, _ in changed],
        "invoice_ids": [invoice_id for _, (invoice_id, _), _ in changed],
        "item_ids": [item_id for _, (_, item_id), _ in changed],
        "versions": [stated.version for _, _, stated in changed],
        "moments": [stated.as_of_at for _, _, stated in changed],
        "currencies": [stated.open.currency for _, _, stated in changed],
        "opens": [stated.open.amount_minor for _, _, stated in changed],
    }
    await connection.execute(_SAVE, parameters)
