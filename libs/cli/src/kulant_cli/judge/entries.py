"""Works out what is open on items from the raw facts of an ERP: highest version wins, in whatever order they came."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from kulant_contracts.envelope import Event, version_of
from kulant_contracts.erp import Allocation, ErpInvoiceIssuedV1, ErpPaymentReceivedV1
from kulant_contracts.erp_changes import (
    ErpCreditNoteCancelledV1,
    ErpCreditNoteIssuedV1,
    ErpInvoiceCancelledV1,
    ErpItemAdjustedV1,
    ErpPaymentReversedV1,
)

ItemKey = tuple[str, str]  # invoice_id, item_id
Entity = tuple[str, str]

_IDS = ("adjustment_id", "credit_note_id", "payment_id", "invoice_id", "hold_id", "customer_id", "creditor_id")


@dataclass(frozen=True, slots=True)
class BookedItem:
    """One open item as the newest version of its invoice has it."""

    key: ItemKey
    customer_id: str
    creditor_id: str
    number: str
    due_on: date | None
    amount_minor: int
    currency: str
    told_at: datetime
    is_debited: bool = False  # the creditor collects it
    prior_stage: int = 0  # what an old system had reached
    prior_deadline_on: date | None = None


def entity_of(event: Event) -> Entity:
    """What a fact is about: its versions replace one another."""
    for name in _IDS:
        if (value := getattr(event.data, name, None)) is not None:
            return event.data.TYPE, value
    return event.data.TYPE, event.envelope.tenantid


def newest(events: Iterable[Event]) -> dict[Entity, Event]:
    """The highest version of each entity; of equal ones the first."""
    found: dict[Entity, Event] = {}
    for event in events:
        entity = entity_of(event)
        known = found.get(entity)
        if known is None or version_of(event) > version_of(known):
            found[entity] = event
    return found


def items_of(events: Iterable[Event]) -> Iterator[BookedItem]:
    """The items of the invoices among these facts."""
    for event in events:
        data = event.data
        if isinstance(data, ErpInvoiceIssuedV1):
            for item in data.items:
                yield BookedItem(
                    key=(data.invoice_id, item.item_id),
                    customer_id=data.customer_id,
                    creditor_id=data.creditor_id,
                    number=data.number,
                    due_on=item.due_on,
                    amount_minor=item.amount.amount_minor,
                    currency=data.currency,
                    told_at=event.envelope.time,
                    is_debited=data.payment is not None and data.payment.direct_debit is not None,
                    prior_stage=item.dunning.stage if item.dunning else 0,
                    prior_deadline_on=item.dunning.deadline_on if item.dunning else None,
                )


def invoices_named(event: Event) -> frozenset[str]:
    """The invoices that a fact changes by its own words."""
    data = event.data
    if isinstance(data, ErpInvoiceIssuedV1 | ErpInvoiceCancelledV1 | ErpItemAdjustedV1):
        return frozenset((data.invoice_id,))
    if isinstance(data, ErpPaymentReceivedV1 | ErpCreditNoteIssuedV1):
        return frozenset(part.invoice_id for part in data.allocations)
    return frozenset()


def open_minor(key: ItemKey, facts: Iterable[Event]) -> int:
    """What is open on one item by these facts, which name its invoice or undo one that does."""
    events = list(newest(facts).values())
    invoice_id = key[0]
    if any(isinstance(event.data, ErpInvoiceCancelledV1) and event.data.invoice_id == invoice_id for event in events):
        return 0
    items = sorted(
        (item for item in items_of(events) if item.key[0] == invoice_id),
        key=lambda item: (item.due_on or date.max, item.key),
    )
    left = {item.key: item.amount_minor for item in items}
    spread = 0
    for item_id, amount in _reductions(events, invoice_id):
        if item_id is None:
            spread += amount
        elif (invoice_id, item_id) in left:
            left[invoice_id, item_id] -= amount
    return _after_spreading(left, spread).get(key, 0)


def _reductions(events: Sequence[Event], invoice_id: str) -> Iterator[tuple[str | None, int]]:
    """By how much each fact makes less what is open, on an item or on the invoice as a whole."""
    undone = _undone(events)
    for event in events:
        data = event.data
        if isinstance(data, ErpPaymentReceivedV1 | ErpCreditNoteIssuedV1):
            if entity_of(event) not in undone:
                yield from _allocated(data.allocations, invoice_id)
        elif isinstance(data, ErpItemAdjustedV1) and data.invoice_id == invoice_id:
            yield data.item_id, data.money.amount_minor


def _undone(events: Iterable[Event]) -> frozenset[Entity]:
    """Payments that came back and credit notes that are void."""
    undone = set()
    for event in events:
        data = event.data
        if isinstance(data, ErpPaymentReversedV1):
            undone.add((ErpPaymentReceivedV1.TYPE, data.payment_id))
        elif isinstance(data, ErpCreditNoteCancelledV1):
            undone.add((ErpCreditNoteIssuedV1.TYPE, data.credit_note_id))
    return frozenset(undone)


def _allocated(parts: Iterable[Allocation], invoice_id: str) -> Iterator[tuple[str | None, int]]:
    for part in parts:
        if part.invoice_id == invoice_id and part.cost_id is None:
            taken_off = part.deduction.money.amount_minor if part.deduction else 0
            yield part.item_id, part.money.amount_minor + taken_off


def _after_spreading(left: dict[ItemKey, int], amount: int) -> dict[ItemKey, int]:
    """What is left when an amount that names no item goes to the items in their order; more than all is no debt."""
    for key, minor in list(left.items()):
        raised = minor - amount if amount < 0 else minor  # a negative amount raises what is open
        taken = min(max(amount, 0), max(raised, 0))
        left[key] = raised - taken
        amount = max(amount, 0) - taken
    return {key: max(minor, 0) for key, minor in left.items()}


def unallocated_minor(events: Iterable[Event], currency: str) -> int:
    """Money of the customer in this currency that is booked on nothing."""
    found = list(newest(events).values())
    undone = _undone(found)
    credit = 0
    for event in found:
        data = event.data
        if not isinstance(data, ErpPaymentReceivedV1 | ErpCreditNoteIssuedV1) or data.money.currency != currency:
            continue
        if entity_of(event) not in undone:
            credit += data.money.amount_minor - sum(part.money.amount_minor for part in data.allocations)
    return credit
