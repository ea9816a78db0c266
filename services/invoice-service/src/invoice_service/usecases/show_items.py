"""Lists items, for instance all that are overdue."""

from dataclasses import dataclass

from invoice_service.domain.invoice import ItemState
from invoice_service.usecases.ports import ItemPage, Views


@dataclass(frozen=True, slots=True)
class Asked:
    """Which items are wanted; `after` is the invoice and item id behind which to go on."""

    state: ItemState | None
    after: tuple[str, str] | None
    limit: int


async def show_items(views: Views, tenant: str, asked: Asked) -> ItemPage:
    """One page of items. One more than asked for is read, to know whether another page follows."""
    found = await views.items(tenant, state=asked.state, after=asked.after, limit=asked.limit + 1)
    page = found[: asked.limit]
    if len(found) <= asked.limit:
        return ItemPage(page, None)
    invoice, standing = page[-1]
    return ItemPage(page, (invoice.invoice_id, standing.item.item_id))
