"""What can be looked up; `store/` answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from invoice_service.domain.account import Account, KnownInvoice
from invoice_service.domain.invoice import Invoice, ItemStanding, ItemState

Place = tuple[str, ...]
"""What an item is sorted by: its invoice and item id, behind the due date where the list goes by that."""


@dataclass(frozen=True, slots=True)
class ItemFilter:
    """Which items are wanted; `overdue_before`: overdue, and due before that day."""

    state: ItemState | None = None
    customer_id: str | None = None
    creditor_id: str | None = None
    overdue_before: date | None = None

    @property
    def is_by_due_date(self) -> bool:
        """Whether the oldest debt comes first, instead of the order of the ids."""
        return self.overdue_before is not None


@dataclass(frozen=True, slots=True)
class ItemPage:
    """Some items in their order; `next_after` continues behind the last of them."""

    items: Sequence[tuple[Invoice, ItemStanding]]
    next_after: Place | None


@dataclass(frozen=True, slots=True)
class AgingRow:
    """What is open with one creditor in one currency by days overdue, in minor units; no customer: of all."""

    customer_id: str | None
    creditor_id: str
    currency: str
    not_due: int
    days_1_30: int
    days_31_60: int
    days_61_90: int
    days_over_90: int


class Views(Protocol):
    """What can be looked up, one tenant at a time."""

    async def items(
        self, tenant: str, which: ItemFilter, *, after: Place | None, limit: int
    ) -> Sequence[tuple[Invoice, ItemStanding]]:
        """At most `limit` items behind `after`."""
        ...

    async def aging(self, tenant: str, as_of: date, *, after: str, limit: int) -> tuple[Sequence[AgingRow], str | None]:
        """What is open of the next `limit` customers, and behind whom to go on; None where these were the last."""
        ...

    async def aging_totals(self, tenant: str, as_of: date) -> Sequence[AgingRow]:
        """What is open of all customers together."""
        ...

    async def zone(self, tenant: str) -> str | None:
        """The tenant's time zone; None while it is not known."""
        ...

    async def invoice(self, tenant: str, invoice_id: str) -> KnownInvoice | None:
        """One invoice with all its items."""
        ...

    async def test_now_at(self, tenant: str) -> datetime | None:
        """Where the tenant's test clock stands; None for a live or unknown tenant."""
        ...

    async def account(self, tenant: str, customer_id: str) -> Account | None:
        """A customer with all its invoices and payments; None where nothing at all is known."""
        ...
