"""The judge's own books: what each item's open amount was, by the facts that were acknowledged at a moment."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import combinations
from typing import TypeVar

from kulant_contracts.envelope import Event, EventData, version_of
from kulant_contracts.erp import ErpCreditorChangedV1, ErpCustomerChangedV1, ErpInvoiceIssuedV1, ErpPaymentReceivedV1

_ENUMERATED = 6  # so many facts in flight at once are tried in every combination; more are tried in order

Data = TypeVar("Data", bound=EventData)
ItemKey = tuple[str, str]  # invoice_id, item_id


@dataclass(frozen=True, slots=True)
class Said:
    """One acknowledged or perhaps acknowledged fact of the ERP, decoded."""

    event: Event
    sent_at: datetime
    acked_at: datetime | None


@dataclass(frozen=True, slots=True)
class BookedItem:
    """One open item as the newest version of its invoice has it."""

    key: ItemKey
    customer_id: str
    number: str
    due_on: date | None
    amount_minor: int
    currency: str
    told_at: datetime


class Books:
    """Derives balances and parties from facts of the ERP alone: the highest version wins."""

    def __init__(self, said: Iterable[Said]) -> None:
        self._said = tuple(said)
        self._by_customer: dict[str, list[Said]] = {}
        for fact in self._said:
            customer_id = getattr(fact.event.data, "customer_id", None)
            if isinstance(fact.event.data, ErpInvoiceIssuedV1 | ErpPaymentReceivedV1) and customer_id:
                self._by_customer.setdefault(customer_id, []).append(fact)

    def all_of(self, kind: type[Data]) -> list[Data]:
        """The newest state of every entity of one kind."""
        return [event.data for event in _newest(self._said).values() if isinstance(event.data, kind)]

    def customers(self) -> dict[str, ErpCustomerChangedV1]:
        """The newest state of each customer."""
        return {customer.customer_id: customer for customer in self.all_of(ErpCustomerChangedV1)}

    def customer_at(self, customer_id: str, at: datetime) -> ErpCustomerChangedV1 | None:
        """The customer by all acknowledged facts whose own time had come at a moment of the tenant's clock."""
        told = (fact for fact in self._said if fact.acked_at is not None and fact.event.envelope.time <= at)
        found = (event.data for event in _newest(told).values())
        return next((c for c in found if isinstance(c, ErpCustomerChangedV1) and c.customer_id == customer_id), None)

    def creditors(self) -> dict[str, ErpCreditorChangedV1]:
        """The newest state of each creditor."""
        return {creditor.creditor_id: creditor for creditor in self.all_of(ErpCreditorChangedV1)}

    def items(self) -> dict[ItemKey, BookedItem]:
        """Every item, as the newest version of its invoice has it."""
        return {item.key: item for facts in self._by_customer.values() for item in _items(_newest(facts).values())}

    def open_minor(self, item: BookedItem, before: datetime | None = None) -> int:
        """What is open by all acknowledged facts whose own time lies before a moment of the tenant's clock."""
        facts = [
            fact
            for fact in self._by_customer.get(item.customer_id, ())
            if fact.acked_at is not None and (before is None or fact.event.envelope.time <= before)
        ]
        return _open_minor(item.key, facts)

    def possible_open(self, customer_id: str, key: ItemKey, asked_at: datetime, until: datetime) -> frozenset[int]:
        """Every amount that may rightly have been taken for open by a gate that was asked at `asked_at`.

        Facts acknowledged before the question must count; those on their way until the answer may.
        """
        facts = self._by_customer.get(customer_id, ())
        known, perhaps = [], []
        for fact in facts:
            if fact.acked_at is not None and fact.acked_at < asked_at:
                known.append(fact)
            elif fact.sent_at <= until:
                perhaps.append(fact)
        return frozenset(_open_minor(key, [*known, *chosen]) for chosen in _subsets(perhaps))


def _subsets(perhaps: Sequence[Said]) -> Iterator[Sequence[Said]]:
    if len(perhaps) > _ENUMERATED:
        yield from (perhaps[:count] for count in range(len(perhaps) + 1))
        return
    for count in range(len(perhaps) + 1):
        yield from combinations(perhaps, count)


def _newest(facts: Iterable[Said]) -> dict[tuple[str, str], Event]:
    newest: dict[tuple[str, str], Event] = {}
    for fact in facts:
        entity = _entity(fact.event)
        known = newest.get(entity)
        if known is None or version_of(fact.event) > version_of(known):
            newest[entity] = fact.event
    return newest


def _entity(event: Event) -> tuple[str, str]:
    data = event.data
    for name in ("invoice_id", "payment_id", "customer_id", "creditor_id"):
        if (value := getattr(data, name, None)) is not None:
            return data.TYPE, value
    return data.TYPE, event.envelope.tenantid


def _items(events: Iterable[Event]) -> Iterator[BookedItem]:
    for event in events:
        data = event.data
        if isinstance(data, ErpInvoiceIssuedV1):
            for item in data.items:
                yield BookedItem(
                    key=(data.invoice_id, item.item_id),
                    customer_id=data.customer_id,
                    number=data.number,
                    due_on=item.due_on,
                    amount_minor=item.amount.amount_minor,
                    currency=data.currency,
                    told_at=event.envelope.time,
                )


def _open_minor(key: ItemKey, facts: Iterable[Said]) -> int:
    """What is open on one item by these facts; a payment that names no item goes to the invoice's items by due date."""
    events = list(_newest(facts).values())
    items = [item for item in _items(events) if item.key[0] == key[0]]
    left = {item.key: item.amount_minor for item in items}
    in_order = [item.key for item in sorted(items, key=lambda item: (item.due_on or date.max, item.key))]
    for event in events:
        if isinstance(event.data, ErpPaymentReceivedV1):
            for part in event.data.allocations:
                if part.invoice_id == key[0]:
                    taken_off = part.deduction.money.amount_minor if part.deduction else 0
                    amount = part.money.amount_minor + taken_off
                    _book(left, [(key[0], part.item_id)] if part.item_id else in_order, amount)
    return left.get(key, 0)


def _book(left: dict[ItemKey, int], order: Sequence[ItemKey], amount_minor: int) -> None:
    """Take the amount off the items in order; what is left over makes the last one an overpayment of no concern."""
    for key in order:
        taken = min(amount_minor, left.get(key, 0))
        if key in left:
            left[key] -= taken
        amount_minor -= taken
