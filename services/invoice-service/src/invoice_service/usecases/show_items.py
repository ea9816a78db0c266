"""Lists items, for instance all that are overdue."""

from dataclasses import dataclass

from invoice_service.domain.invoice import Invoice, ItemStanding
from invoice_service.usecases.views import ItemFilter, ItemPage, Place, Views


@dataclass(frozen=True, slots=True)
class Asked:
    """Which items are wanted; `after` is the place of the item behind which to go on."""

    which: ItemFilter
    after: Place | None
    limit: int


async def show_items(views: Views, tenant: str, asked: Asked) -> ItemPage:
    """One page of items. One more than asked for is read, to know whether another page follows."""
    found = await views.items(tenant, asked.which, after=asked.after, limit=asked.limit + 1)
    page = found[: asked.limit]
    return ItemPage(page, place_of(asked.which, *page[-1]) if len(found) > asked.limit else None)


def place_of(which: ItemFilter, invoice: Invoice, standing: ItemStanding) -> Place:
    """Where an item stands in the order of this list."""
    place = (invoice.invoice_id, standing.item.item_id)
    due_on = standing.item.due_on
    return (due_on.isoformat(), *place) if which.is_by_due_date and due_on is not None else place
