"""An invoice and its open items: what the ERP demanded, and how each item stands."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any


class ItemState(StrEnum):
    """Where an item stands between its issue and its end."""

    OPEN = "open"
    DUE = "due"
    OVERDUE = "overdue"
    SETTLED = "settled"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        """Neither the passing of time nor a change of zone alters the item any more."""
        return self in (ItemState.SETTLED, ItemState.CANCELLED)


@dataclass(frozen=True, slots=True)
class Item:
    """One part of an invoice with a due date of its own (none: not due until a later version says when)."""

    item_id: str
    due_on: date | None
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Invoice:
    """Whole state of `invoice.issued`; `details` are carried through as told."""

    tenant: str
    customer_id: str
    invoice_id: str
    version: int
    creditor_id: str
    number: str
    issued_on: date
    currency: str
    items: tuple[Item, ...]
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_collected(self) -> bool:
        """Whether the creditor agreed to collect it by direct debit."""
        return bool((self.details.get("payment") or {}).get("direct_debit"))


Closings = tuple[tuple[date | None, int], ...]
"""How much of an item was closed on which day, in minor units; no day: from the beginning. Negative opens again."""


@dataclass(frozen=True, slots=True)
class PaymentReturned:
    """The last payment of an item that came back; `details` are carried through as told."""

    payment_id: str
    on: date
    is_direct_debit: bool
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ItemStanding:
    """What was last published about an item; `sequence` is that of the last event that spoke of it.

    `soon_for` is the due date of which it was told that it is near; `corrected_minor` is what was closed by credit
    notes and adjustments.
    """

    item: Item
    open_minor: int
    state: ItemState
    settled_on: date | None
    version: int
    sequence: int = 0
    corrected_minor: int = 0
    closings: Closings = ()
    returned: PaymentReturned | None = None
    soon_for: date | None = None
