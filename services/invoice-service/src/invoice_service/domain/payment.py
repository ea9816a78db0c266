"""What a customer paid, and which items the ERP settled with it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from invoice_service.domain.invoice import Invoice, Item
from invoice_service.domain.money import Money


@dataclass(frozen=True, slots=True)
class Allocation:
    """The share of a payment that goes to one invoice, or to one of its items.

    `deducted_minor` is what the ERP let go with it (a discount, a bank charge): it closes the item as money does.
    """

    invoice_id: str
    item_id: str | None
    paid: Money
    deducted_minor: int = 0
    is_for_cost: bool = False

    @property
    def closes_minor(self) -> int:
        """By how much the item gets smaller."""
        return 0 if self.is_for_cost else self.paid.amount_minor + self.deducted_minor


@dataclass(frozen=True, slots=True)
class Payment:
    """Whole state of `payment.received`."""

    tenant: str
    customer_id: str
    payment_id: str
    version: int
    received_on: date
    money: Money
    allocations: tuple[Allocation, ...] = ()


@dataclass(frozen=True, slots=True)
class Settlement:
    """How far one item is closed: what is still open, and the day of the last payment that counted."""

    open_minor: int
    last_paid_on: date | None


@dataclass(slots=True)
class _Share:
    """An item while payments are being spread over it."""

    item: Item
    rest_minor: int
    last_paid_on: date | None = None

    def take(self, offered_minor: int, on: date | None) -> int:
        """Closes as much of the item as is offered and needed; returns what is left of the offer."""
        taken = min(offered_minor, self.rest_minor)
        if taken:
            self.rest_minor -= taken
            self.last_paid_on = max((day for day in (self.last_paid_on, on) if day), default=None)
        return offered_minor - taken


@dataclass(frozen=True, slots=True)
class Spread:
    """All payments to one invoice, spread over its items; `excess_minor` found nothing left to close."""

    items: dict[str, Settlement] = field(default_factory=dict)
    excess_minor: int = 0


def spread_payments(invoice: Invoice, payments: Iterable[Payment]) -> Spread:
    """Closes the invoice's items with what the ERP allocated to it, in the same way whatever came first.

    An allocation that names an item closes that item; one that names the invoice alone (or an item that the
    invoice does not have) closes what is due first. Items of negative amount count as such an allocation.
    """
    shares = {item.item_id: _Share(item, max(0, item.amount_minor)) for item in invoice.items}
    named, unnamed = _allocated(invoice, payments, shares.keys())
    excess_minor = 0
    for item_id, offered_minor, paid_on in named:
        excess_minor += shares[item_id].take(offered_minor, paid_on)
    in_turn = sorted(shares.values(), key=lambda share: (share.item.due_on or date.max, share.item.item_id))
    own_credit_minor = -sum(min(0, item.amount_minor) for item in invoice.items)
    for offered_minor, on in [(own_credit_minor, None), *unnamed]:
        excess_minor += _offer(offered_minor, on, in_turn)
    return Spread(
        {item_id: Settlement(share.rest_minor, share.last_paid_on) for item_id, share in shares.items()},
        excess_minor,
    )


def _offer(offered_minor: int, on: date | None, shares: Sequence[_Share]) -> int:
    for share in shares:
        offered_minor = share.take(offered_minor, on)
    return offered_minor


def _allocated(
    invoice: Invoice, payments: Iterable[Payment], item_ids: Iterable[str]
) -> tuple[list[tuple[str, int, date]], list[tuple[int, date]]]:
    """Allocations to the invoice in its currency, those with a known item apart.

    In each list what takes back (negative) comes first, then the older payment: so what counts is the same however
    they came, and the last one that counts is the day on which the item was settled.
    """
    known = frozenset(item_ids)
    named: list[tuple[str, int, date]] = []
    unnamed: list[tuple[int, date]] = []
    for payment in payments:
        for allocation in payment.allocations:
            if allocation.invoice_id != invoice.invoice_id or allocation.paid.currency != invoice.currency:
                continue
            if allocation.item_id in known and allocation.item_id is not None:
                named.append((allocation.item_id, allocation.closes_minor, payment.received_on))
            else:
                unnamed.append((allocation.closes_minor, payment.received_on))
    named.sort(key=lambda share: (share[1] >= 0, share[2], share[1]))
    unnamed.sort(key=lambda share: (share[0] >= 0, share[1], share[0]))
    return named, unnamed
