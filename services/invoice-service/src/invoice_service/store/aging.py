"""How old what is open was on any day, out of what closed each item on which day."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from invoice_service.usecases.views import AgingRow

# Void items were never owed. What was settled by then need not be reckoned.
_OPEN = (
    "SELECT customer_id, creditor_id, currency, CAST(:as_of AS date) - due_on AS days,"
    " greatest(amount_minor, 0) - CASE WHEN closings = '[]' THEN 0 ELSE"
    " COALESCE((SELECT sum(CAST(closing ->> 1 AS bigint)) FROM jsonb_array_elements(closings) AS closing"
    " WHERE closing ->> 0 IS NULL OR CAST(closing ->> 0 AS date) <= CAST(:as_of AS date)), 0) END AS open_minor"
    " FROM item WHERE tenant = :tenant AND issued_on <= CAST(:as_of AS date) AND state <> 'cancelled'"
    " AND NOT (state = 'settled' AND settled_on <= CAST(:as_of AS date))"
)
_SUMS = (
    "COALESCE(sum(open_minor) FILTER (WHERE days IS NULL OR days <= 0), 0) AS not_due,"
    " COALESCE(sum(open_minor) FILTER (WHERE days BETWEEN 1 AND 30), 0) AS days_1_30,"
    " COALESCE(sum(open_minor) FILTER (WHERE days BETWEEN 31 AND 60), 0) AS days_31_60,"
    " COALESCE(sum(open_minor) FILTER (WHERE days BETWEEN 61 AND 90), 0) AS days_61_90,"
    " COALESCE(sum(open_minor) FILTER (WHERE days > 90), 0) AS days_over_90"
)
_TOTALS = text(
    f"SELECT NULL AS customer_id, creditor_id, currency, {_SUMS} FROM ({_OPEN}) AS standing"  # noqa: S608 -- constants
    " WHERE open_minor > 0 GROUP BY creditor_id, currency ORDER BY creditor_id, currency"
)
_CUSTOMERS = text(
    "SELECT DISTINCT customer_id FROM item WHERE tenant = :tenant AND customer_id > CAST(:after AS text)"
    " ORDER BY customer_id LIMIT :limit"
)
_OF_CUSTOMERS = text(
    f"SELECT customer_id, creditor_id, currency, {_SUMS} FROM ("  # noqa: S608 -- constants
    f"{_OPEN} AND customer_id = ANY(CAST(:customers AS text[]))) AS standing"
    " WHERE open_minor > 0 GROUP BY customer_id, creditor_id, currency ORDER BY customer_id, creditor_id, currency"
)


async def aging_totals(connection: AsyncConnection, tenant: str, as_of: date) -> Sequence[AgingRow]:
    """What was open of all customers together, by creditor and currency. Reads all items that are not settled."""
    rows = await connection.execute(_TOTALS, {"tenant": tenant, "as_of": as_of})
    return [_row(*row) for row in rows]


async def aging_of_customers(
    connection: AsyncConnection, tenant: str, as_of: date, *, after: str, limit: int
) -> tuple[Sequence[AgingRow], str | None]:
    """What was open of the next `limit` customers, and behind whom to go on; None where these were the last."""
    found = await connection.execute(_CUSTOMERS, {"tenant": tenant, "after": after, "limit": limit + 1})
    customers = [row.customer_id for row in found]
    page = customers[:limit]
    rows = await connection.execute(_OF_CUSTOMERS, {"tenant": tenant, "as_of": as_of, "customers": page})
    return [_row(*row) for row in rows], page[-1] if len(customers) > limit else None


def _row(customer_id: str | None, creditor_id: str, currency: str, *sums: int) -> AgingRow:
    return AgingRow(customer_id, creditor_id, currency, *(int(one) for one in sums))
