"""One page of items, found by an index however far the page is from the beginning."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import TextClause, text

from invoice_service.domain.invoice import ItemState
from invoice_service.usecases.views import ItemFilter, Place

_CONDITIONS = {
    "state": "state = CAST(:state AS text)",
    "customer_id": "customer_id = CAST(:customer_id AS text)",
    "creditor_id": "creditor_id = CAST(:creditor_id AS text)",
    "overdue_before": "state = 'overdue' AND due_on < CAST(:overdue_before AS date)",
}
_BEHIND = "(invoice_id, item_id) > (CAST(:invoice_id AS text), CAST(:item_id AS text))"
_BEHIND_DUE = (
    "(due_on, invoice_id, item_id) > (CAST(:due_on AS date), CAST(:invoice_id AS text), CAST(:item_id AS text))"
)


def items_query(
    tenant: str, which: ItemFilter, after: Place | None, limit: int
) -> tuple[TextClause, Mapping[str, Any]]:
    """The statement and its parameters. Only conditions that are asked for are in it, so that an index serves it."""
    asked = {
        "state": which.state.value if which.state else None,
        "customer_id": which.customer_id,
        "creditor_id": which.creditor_id,
        "overdue_before": which.overdue_before,
    }
    conditions = [_CONDITIONS[name] for name, value in asked.items() if value is not None]
    if which.state is not None and which.state is not ItemState.SETTLED:
        conditions.append("state <> 'settled'")  # the index has no settled ones, and the planner must know it
    parameters = {name: value for name, value in asked.items() if value is not None} | _place(which, after)
    order = "due_on, invoice_id, item_id" if which.is_by_due_date else "invoice_id, item_id"
    behind = [_BEHIND_DUE if which.is_by_due_date else _BEHIND] if after else []
    where = " AND ".join(["tenant = :tenant", *conditions, *behind])
    # A customer has few items: sort these rather than walk along everybody's.
    rows = f"SELECT invoice_id, item_id, due_on FROM item WHERE {where}"  # noqa: S608 -- constants
    if which.customer_id is not None:
        rows = f"WITH own AS MATERIALIZED ({rows}) SELECT * FROM own"  # noqa: S608
    return text(f"{rows} ORDER BY {order} LIMIT :limit"), {"tenant": tenant, "limit": limit, **parameters}


def _place(which: ItemFilter, after: Place | None) -> dict[str, Any]:
    if after is None:
        return {}
    *due_on, invoice_id, item_id = after
    place: dict[str, Any] = {"invoice_id": invoice_id, "item_id": item_id}
    if which.is_by_due_date:
        place["due_on"] = date.fromisoformat(due_on[0])
    return place
