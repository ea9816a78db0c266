"""Credits as last published, in the database, many at a time."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from invoice_service.domain.credit import CreditKey, KnownCredit
from invoice_service.usecases.ports import AccountKey

_LOAD = text(
    "SELECT credit.* FROM credit JOIN unnest(CAST(:tenants AS text[]), CAST(:customers AS text[]))"
    " AS wanted(tenant, customer_id) USING (tenant, customer_id)"
)
_SAVE = text(
    "INSERT INTO credit (tenant, customer_id, creditor_id, currency, amount_minor, version, sequence)"
    " SELECT * FROM unnest(CAST(:tenants AS text[]), CAST(:customers AS text[]), CAST(:creditors AS text[]),"
    " CAST(:currencies AS text[]), CAST(:amounts AS bigint[]), CAST(:versions AS bigint[]),"
    " CAST(:sequences AS bigint[]))"
    " ON CONFLICT (tenant, customer_id, creditor_id, currency) DO UPDATE SET amount_minor = excluded.amount_minor,"
    " version = excluded.version, sequence = excluded.sequence"
)


async def load_credits(
    connection: AsyncConnection, keys: Sequence[AccountKey]
) -> dict[AccountKey, dict[CreditKey, KnownCredit]]:
    """All credits of these customers, those of nothing too."""
    parameters = {"tenants": [tenant for tenant, _ in keys], "customers": [customer_id for _, customer_id in keys]}
    found: dict[AccountKey, dict[CreditKey, KnownCredit]] = {}
    for row in (await connection.execute(_LOAD, parameters)).mappings():
        known = KnownCredit(row["amount_minor"], row["version"], row["sequence"])
        found.setdefault((row["tenant"], row["customer_id"]), {})[row["creditor_id"], row["currency"]] = known
    return found


async def save_credits(
    connection: AsyncConnection, changed: Sequence[tuple[AccountKey, CreditKey, KnownCredit]]
) -> None:
    """Writes them in one statement."""
    parameters = {
        "tenants": [tenant for (tenant, _), _, _ in changed],
        "customers": [customer_id for (_, customer_id), _, _ in changed],
        "creditors": [creditor_id for _, (creditor_id, _), _ in changed],
        "currencies": [currency for _, (_, currency), _ in changed],
        "amounts": [known.amount_minor for _, _, known in changed],
        "versions": [known.version for _, _, known in changed],
        "sequences": [known.sequence for _, _, known in changed],
    }
    await connection.execute(_SAVE, parameters)
