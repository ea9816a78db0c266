"""The judge's own books: what was owed, held, collected and known at a moment, by the facts acknowledged then."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from itertools import combinations
from typing import TypeVar

from kulant_cli.judge.entries import (
    BookedItem,
    ItemKey,
    invoices_named,
    items_of,
    newest,
    open_minor,
    unallocated_minor,
)
from kulant_contracts.envelope import Event, EventData
from kulant_contracts.erp import ErpCreditorChangedV1, ErpCustomerChangedV1, ErpPaymentReceivedV1
from kulant_contracts.erp_changes import (
    ErpCreditNoteCancelledV1,
    ErpCreditNoteIssuedV1,
    ErpHoldChangedV1,
    ErpPaymentReversedV1,
    ErpPaymentsCheckedV1,
)
from kulant_contracts.party import Contact

_ENUMERATED = 6  # so many facts in flight at once are tried in every combination; more are tried in order

Data = TypeVar("Data", bound=EventData)


@dataclass(frozen=True, slots=True)
class Said:
    """One acknowledged or perhaps acknowledged fact of the ERP, decoded."""

    event: Event
    sent_at: datetime
    acked_at: datetime | None


class Books:
    """Derives balances, parties and holds from facts of the ERP alone: the highest version wins."""

    def __init__(self, said: Iterable[Said]) -> None:
        self._said = tuple(said)
        self._by_invoice: dict[str, list[Said]] = {}
        self._by_customer: dict[str, list[Said]] = {}
        for fact in self._said:
            if (customer_id := getattr(fact.event.data, "customer_id", None)) is not None:
                self._by_customer.setdefault(customer_id, []).append(fact)
        self._index()

    def _index(self) -> None:
        """Facts by the invoices that they change; what undoes a payment or credit note changes what that named."""
        named: dict[tuple[type[EventData], str], set[str]] = {}
        for fact in self._said:
            data = fact.event.data
            invoices = invoices_named(fact.event)
            if isinstance(data, ErpPaymentReceivedV1):
                named.setdefault((ErpPaymentReversedV1, data.payment_id), set()).update(invoices)
            elif isinstance(data, ErpCreditNoteIssuedV1):
                named.setdefault((ErpCreditNoteCancelledV1, data.credit_note_id), set()).update(invoices)
            for invoice_id in invoices:
                self._by_invoice.setdefault(invoice_id, []).append(fact)
        # A later version of a payment may name other invoices: it changes those of its earlier versions too.
        for fact in self._said:
            data = fact.event.data
            concerned: set[str] = set()
            if isinstance(data, ErpPaymentReversedV1 | ErpPaymentReceivedV1):
                concerned = named.get((ErpPaymentReversedV1, data.payment_id), set())
            elif isinstance(data, ErpCreditNoteCancelledV1 | ErpCreditNoteIssuedV1):
                concerned = named.get((ErpCreditNoteCancelledV1, data.credit_note_id), set())
            for invoice_id in concerned - invoices_named(fact.event):
                self._by_invoice.setdefault(invoice_id, []).append(fact)

    def told(self) -> Iterator[Event]:
        """Every acknowledged fact, every version of it."""
        return self._told(self._said, None)

    def said_about(self, customer_id: str) -> Sequence[Said]:
        """Every fact about one customer, in the order in which the ERP said them."""
        return self._by_customer.get(customer_id, ())

    def all_of(self, kind: type[Data]) -> list[Data]:
        """The newest state of every entity of one kind."""
        return [data for data in self._newest if isinstance(data, kind)]

    @cached_property
    def _newest(self) -> tuple[EventData, ...]:
        return tuple(event.data for event in newest(fact.event for fact in self._said).values())

    def customers(self) -> dict[str, ErpCustomerChangedV1]:
        """The newest state of each customer."""
        return {customer.customer_id: customer for customer in self.all_of(ErpCustomerChangedV1)}

    def customer_at(self, customer_id: str, at: datetime) -> ErpCustomerChangedV1 | None:
        """The customer by all acknowledged facts whose own time had come at a moment of the tenant's clock."""
        told = self._told(self._by_customer.get(customer_id, ()), at)
        found = (event.data for event in newest(told).values())
        return next((data for data in found if isinstance(data, ErpCustomerChangedV1)), None)

    def contacts(self, customer_id: str, asked_at: datetime) -> tuple[Contact, ...]:
        """The contacts by the facts acknowledged before a gate was asked."""
        known, _ = _known(self._by_customer.get(customer_id, ()), asked_at, asked_at)
        found = (event.data for event in newest(known).values())
        return next((data.contacts for data in found if isinstance(data, ErpCustomerChangedV1)), ())

    def contacts_ever(self, customer_id: str) -> Iterator[Contact]:
        """Every contact that the ERP ever gave for a customer, in every version."""
        for fact in self._by_customer.get(customer_id, ()):
            if isinstance(fact.event.data, ErpCustomerChangedV1):
                yield from fact.event.data.contacts

    def addresses(self, customer_id: str) -> frozenset[str]:
        """Every e-mail address and number that the ERP ever gave for a customer."""
        return frozenset(one.address.lower() for one in self.contacts_ever(customer_id) if one.address)

    def creditors(self) -> dict[str, ErpCreditorChangedV1]:
        """The newest state of each creditor."""
        return {creditor.creditor_id: creditor for creditor in self.all_of(ErpCreditorChangedV1)}

    @cached_property
    def items(self) -> dict[ItemKey, BookedItem]:
        """Every item, as the newest version of its invoice has it."""
        return {
            item.key: item
            for facts in self._by_invoice.values()
            for item in items_of(newest(fact.event for fact in facts).values())
        }

    def due_on(self, key: ItemKey, at: datetime) -> date | None:
        """When an item was due by all acknowledged facts whose own time had come."""
        told = newest(self._told(self._by_invoice.get(key[0], ()), at))
        return next((item.due_on for item in items_of(told.values()) if item.key == key), None)

    def open_minor(self, item: BookedItem, before: datetime | None = None) -> int:
        """What is open by all acknowledged facts whose own time lies before a moment of the tenant's clock."""
        return open_minor(item.key, self._told(self._by_invoice.get(item.key[0], ()), before))

    def possible_open(self, key: ItemKey, asked_at: datetime, until: datetime) -> frozenset[int]:
        """Every amount that may rightly have been taken for open by a gate that was asked at `asked_at`.

        Facts acknowledged before the question must count; those on their way until the answer may.
        """
        known, perhaps = _known(self._by_invoice.get(key[0], ()), asked_at, until)
        return frozenset(open_minor(key, [*known, *chosen]) for chosen in _subsets(perhaps))

    def unallocated_minor(self, customer_id: str, currency: str, before: datetime) -> int:
        """The customer's own money that is booked on nothing."""
        return unallocated_minor(self._told(self._by_customer.get(customer_id, ()), before), currency)

    def holds(self, customer_id: str, asked_at: datetime, until: datetime) -> list[ErpHoldChangedV1]:
        """The holds that stood for certain when a gate was asked: none of them was being changed meanwhile."""
        facts = self._by_customer.get(customer_id, ())
        known, perhaps = _known(facts, asked_at, until)
        changing = {event.data.hold_id for event in perhaps if isinstance(event.data, ErpHoldChangedV1)}
        found = (event.data for event in newest(known).values())
        holds = (data for data in found if isinstance(data, ErpHoldChangedV1))
        return [hold for hold in holds if hold.state == "set" and hold.hold_id not in changing]

    def returns(self, invoice_id: str, at: datetime) -> list[Event]:
        """Payments of an invoice that had come back by a moment of the tenant's clock, in the order of their time."""
        told = self._told(self._by_invoice.get(invoice_id, ()), at)
        found = (event for event in newest(told).values() if isinstance(event.data, ErpPaymentReversedV1))
        return sorted(found, key=lambda event: event.envelope.time)

    def payments_known_until(self, creditor_id: str, at: datetime) -> datetime | None:
        """Up to when the ERP had said, by a moment of the tenant's clock, that all payments were told; None: never."""
        told = self._checked.get(creditor_id, [])
        place = bisect_right(told, at, key=lambda one: one[0])
        return told[place - 1][1] if place else None

    @cached_property
    def _checked(self) -> dict[str, list[tuple[datetime, datetime]]]:
        """For each creditor, in the order of their time: when the ERP said that payments are known, and up to when."""
        told: dict[str, list[tuple[datetime, datetime]]] = {}
        accounts: dict[str, dict[str | None, datetime]] = {}
        for event in sorted(self._told(self._said, None), key=lambda event: event.envelope.time):
            data = event.data
            if isinstance(data, ErpPaymentsCheckedV1):
                until = accounts.setdefault(data.creditor_id, {})
                known = until.get(data.source_account, data.seen_until_at)
                until[data.source_account] = max(known, data.seen_until_at)
                told.setdefault(data.creditor_id, []).append((event.envelope.time, min(until.values())))
        return told

    def _told(self, facts: Iterable[Said], before: datetime | None) -> Iterator[Event]:
        for fact in facts:
            if fact.acked_at is not None and (before is None or fact.event.envelope.time <= before):
                yield fact.event


def _known(facts: Iterable[Said], asked_at: datetime, until: datetime) -> tuple[list[Event], list[Event]]:
    """Facts acknowledged before a question, and those that may have been on their way until its answer."""
    known, perhaps = [], []
    for fact in facts:
        if fact.acked_at is not None and fact.acked_at < asked_at:
            known.append(fact.event)
        elif fact.sent_at <= until:
            perhaps.append(fact.event)
    return known, perhaps


def _subsets(perhaps: Sequence[Event]) -> Iterator[Sequence[Event]]:
    if len(perhaps) > _ENUMERATED:
        yield from (perhaps[:count] for count in range(len(perhaps) + 1))
        return
    for count in range(len(perhaps) + 1):
        yield from combinations(perhaps, count)
