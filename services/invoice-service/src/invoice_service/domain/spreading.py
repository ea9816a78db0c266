"""Which items the ERP closed with which payments, in the same way whatever came first."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from invoice_service.domain.cancellation import Cancellation, Kind
from invoice_service.domain.invoice import Closings, Invoice, Item, PaymentReturned
from invoice_service.domain.payment import Booked


@dataclass(frozen=True, slots=True)
class Settlement:
    """How far one item is closed: what is open, the day of the last payment that counted, and what happened when.

    `corrected_minor` is what credit notes and adjustments closed of it.
    """

    open_minor: int
    last_paid_on: date | None = None
    corrected_minor: int = 0
    closings: Closings = ()
    returned: PaymentReturned | None = None


@dataclass(frozen=True, slots=True)
class Spread:
    """All payments to one invoice, spread over its items; `excess_minor` is money that found nothing to close."""

    items: Mapping[str, Settlement] = field(default_factory=dict)
    excess_minor: int = 0


@dataclass(frozen=True, slots=True)
class _Offer:
    """What one allocation closes; without a payment it is an item of negative amount."""

    item_id: str | None
    closes_minor: int
    money_minor: int
    booked: Booked | None = None

    @property
    def day(self) -> date | None:
        """When it counts; none: from the beginning."""
        if self.booked is None or self.booked.payment.is_from_beginning:
            return None
        return self.booked.payment.received_on

    @property
    def is_correction(self) -> bool:
        """Whether the creditor asks for less, and nobody paid."""
        return self.booked is not None and self.booked.payment.kind is not Kind.PAYMENT

    @property
    def returned_by(self) -> Cancellation | None:
        """What took it back."""
        return self.booked.cancellation if self.booked else None

    def rank(self) -> tuple[object, ...]:
        """What takes back comes first, then the older, then what came back later, then money, then the smaller.

        So what counts is the same however they came, and the last one that counts settled the item.
        """
        is_kept = self.returned_by is None
        return self.closes_minor >= 0, self.day or date.min, is_kept, not self.money_minor, self.closes_minor


@dataclass(slots=True)
class _Share:
    """An item while payments are being spread over it; remembers what closed how much of it."""

    item: Item
    rest_minor: int
    taken: list[tuple[_Offer, int]] = field(default_factory=list)

    def take(self, offer: _Offer, offered_minor: int) -> int:
        """Closes as much of the item as is offered and needed; returns what is left of the offer."""
        taken = min(offered_minor, self.rest_minor)
        if taken:
            self.rest_minor -= taken
            self.taken.append((offer, taken))
        return offered_minor - taken


def spread_payments(invoice: Invoice, payments: Sequence[Booked], *, is_void: bool = False) -> Spread:
    """Closes the invoice's items with what the ERP allocated to it.

    An allocation that names an item closes that item; one that names the invoice alone (or an item that the
    invoice does not have) closes what is due first. Items of negative amount count as such an allocation. Of a void
    invoice nothing is open, and all money that was given to it is too much.
    """
    if is_void:
        money = sum(offer.money_minor for offer in _offers(invoice, [one for one in payments if one.counts]))
        return Spread({item.item_id: Settlement(0) for item in invoice.items}, max(0, money))
    if not payments and all(item.amount_minor >= 0 for item in invoice.items):  # most invoices that come in
        return Spread({item.item_id: Settlement(item.amount_minor) for item in invoice.items})
    kept = _offers(invoice, [booked for booked in payments if booked.counts])
    shares, excess_minor = _spread(invoice, kept)
    came_back = {item_id: _CameBack() for item_id in shares}
    for booked in payments:
        if booked.has_returned:
            _note_return(invoice, booked, kept, came_back)
    return Spread(
        {item_id: _settlement(invoice, share, came_back[item_id]) for item_id, share in shares.items()},
        excess_minor,
    )


@dataclass(slots=True)
class _CameBack:
    """Payments of an item that came back, and how much of it each had closed in its time."""

    payments: list[tuple[Booked, int]] = field(default_factory=list)


def _note_return(invoice: Invoice, booked: Booked, kept: list[_Offer], came_back: Mapping[str, _CameBack]) -> None:
    """Finds what a payment had closed beside those that stayed, as if no other had come back."""
    shares, _ = _spread(invoice, [*kept, *_offers(invoice, [booked])])
    for item_id, share in shares.items():
        closed_minor = sum(taken for offer, taken in share.taken if offer.booked is booked)
        if closed_minor:
            came_back[item_id].payments.append((booked, closed_minor))


def _spread(invoice: Invoice, offers: Iterable[_Offer]) -> tuple[dict[str, _Share], int]:
    shares = {item.item_id: _Share(item, max(0, item.amount_minor)) for item in invoice.items}
    own_credit_minor = -sum(min(0, item.amount_minor) for item in invoice.items)
    named: list[tuple[_Offer, list[_Share]]] = []
    unnamed = [_Offer(None, own_credit_minor, own_credit_minor)]
    for offer in sorted(offers, key=_Offer.rank):
        share = shares.get(offer.item_id) if offer.item_id is not None else None
        if share is None:
            unnamed.append(offer)
        else:
            named.append((offer, [share]))
    in_turn = sorted(shares.values(), key=lambda share: (share.item.due_on or date.max, share.item.item_id))
    excess_minor = 0
    for offer, candidates in [*named, *((offer, in_turn) for offer in unnamed)]:
        left = offer.closes_minor
        for share in candidates:
            left = share.take(offer, left)
        excess_minor += max(0, min(left, offer.money_minor))
    return shares, excess_minor


def _offers(invoice: Invoice, payments: Iterable[Booked]) -> list[_Offer]:
    """What is allocated to the invoice in its currency."""
    return [
        _Offer(allocation.item_id, allocation.closes_minor, allocation.paid.amount_minor, booked)
        for booked in payments
        for allocation in booked.payment.allocations
        if allocation.invoice_id == invoice.invoice_id
        and allocation.paid.currency == invoice.currency
        and not allocation.is_for_cost
    ]


def _settlement(invoice: Invoice, share: _Share, came_back: _CameBack) -> Settlement:
    days: Counter[date | None] = Counter()
    for offer, taken in share.taken:
        days[offer.day] += taken
    for booked, closed_minor in came_back.payments:
        days[booked.payment.received_on] += closed_minor
        if booked.cancellation is not None:
            days[booked.cancellation.on] -= closed_minor
    closings = tuple(sorted(((on, minor) for on, minor in days.items() if minor), key=_by_day))
    last_paid_on = max((offer.day for offer, _ in share.taken if offer.day), default=None)
    corrected_minor = sum(taken for offer, taken in share.taken if offer.is_correction)
    returned = _last_returned(invoice, [booked for booked, _ in came_back.payments])
    return Settlement(share.rest_minor, last_paid_on, corrected_minor, closings, returned)


def _by_day(closing: tuple[date | None, int]) -> date:
    return closing[0] or date.min


def _last_returned(invoice: Invoice, returned: Iterable[Booked]) -> PaymentReturned | None:
    found = [(booked.cancellation, booked.payment) for booked in returned if booked.cancellation is not None]
    if not found:
        return None
    last, payment = max(found, key=lambda one: (one[0].on, one[0].version, one[0].entity_id))
    is_direct_debit = invoice.is_collected or payment.is_direct_debit
    return PaymentReturned(last.entity_id, last.on, is_direct_debit, last.details)
