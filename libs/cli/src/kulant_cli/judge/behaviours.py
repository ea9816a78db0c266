"""Counts what customers and their ERP did in a run, by facts and topics alone, and sees that nothing was missing."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date

from kulant_cli.judge.entries import ItemKey
from kulant_cli.judge.evidence import Violation
from kulant_cli.judge.story import ENDS, Story, made_at
from kulant_contracts.case import CasePromiseBrokenV1, CasePromiseKeptV1
from kulant_contracts.delivery import DeliveryBouncedV1
from kulant_contracts.envelope import Event, EventData
from kulant_contracts.erp import ErpInvoiceIssuedV1, ErpPaymentReceivedV1
from kulant_contracts.erp_changes import ErpCreditNoteIssuedV1, ErpItemAdjustedV1, ErpPaymentReversedV1
from kulant_contracts.reminder import ReminderRequestedV1
from kulant_contracts.response import ResponseContactRefusedV1, ResponseDisputedV1, ResponseQuestionAskedV1

DIRECT_DEBIT = "direct_debit"


def every_behaviour_happened(story: Story) -> Iterator[Violation]:
    """A run that is to show the whole trade has seen each kind of behaviour as often as it said it would."""
    wanted = story.evidence.expected.each_behaviour
    if wanted == 0:
        return
    for behaviour, count in behaviours_of(story).items():
        if count < wanted:
            yield Violation("every_behaviour_happened", f"{behaviour}: {count} times, {wanted} are wanted")


def behaviours_of(story: Story) -> dict[str, int]:
    """How often each kind of behaviour was seen."""
    return {behaviour: count(story) for behaviour, count in _COUNTS.items()}


def _said(kind: type[EventData]) -> Callable[[Story], int]:
    return lambda story: sum(1 for _ in story.of(kind))


def _told(is_one: Callable[[Event], bool]) -> Callable[[Story], int]:
    return lambda story: sum(1 for event in story.books.told() if is_one(event))


def _last_paid_on(story: Story) -> Iterator[tuple[date, date]]:
    """Of every item that was settled by payments: when the last one came, and when the item was due."""
    paid_on: dict[ItemKey, date] = {}
    for payment in story.books.all_of(ErpPaymentReceivedV1):
        for part in payment.allocations:
            for key in _items(story, part.invoice_id, part.item_id):
                paid_on[key] = max(paid_on.get(key, payment.received_on), payment.received_on)
    for key, on in paid_on.items():
        item = story.books.items.get(key)
        if item is not None and item.due_on is not None and story.books.open_minor(item) == 0:
            yield on, item.due_on


def _items(story: Story, invoice_id: str, item_id: str | None) -> Iterable[ItemKey]:
    if item_id is not None:
        return ((invoice_id, item_id),)
    return tuple(key for key in story.books.items if key[0] == invoice_id)


def _on_time(story: Story) -> int:
    return sum(paid_on <= due_on for paid_on, due_on in _last_paid_on(story))


def _late(story: Story) -> int:
    return sum(paid_on > due_on for paid_on, due_on in _last_paid_on(story))


def _in_parts(story: Story) -> int:
    """Items that more than one payment went to, returned ones not counted."""
    returned = {one.payment_id for one in story.books.all_of(ErpPaymentReversedV1)}
    parts: Counter[tuple[str, str | None]] = Counter()
    for payment in story.books.all_of(ErpPaymentReceivedV1):
        if payment.payment_id not in returned:
            parts.update({(part.invoice_id, part.item_id) for part in payment.allocations})
    return sum(count > 1 for count in parts.values())


def _returned(*, debits: bool) -> Callable[[Story], int]:
    def count(story: Story) -> int:
        methods = {one.payment_id: one.method for one in story.books.all_of(ErpPaymentReceivedV1)}
        returned = story.books.all_of(ErpPaymentReversedV1)
        return sum((methods.get(one.payment_id) == DIRECT_DEBIT) is debits for one in returned)

    return count


def _is_unallocated(event: Event) -> bool:
    data = event.data
    return isinstance(data, ErpPaymentReceivedV1) and not data.allocations


def _is_correction(event: Event) -> bool:
    data = event.data
    if isinstance(data, ErpInvoiceIssuedV1):
        return (data.version or 1) > 1
    return isinstance(data, ErpCreditNoteIssuedV1) or (
        isinstance(data, ErpItemAdjustedV1) and data.kind == "correction"
    )


def _while_on_its_way(story: Story) -> int:
    """Reminders during whose hand-over a payment of theirs was acknowledged."""
    requested = {e.data.reminder_id: e for e in story.events if isinstance(e.data, ReminderRequestedV1)}
    ended = {e.data.reminder_id: made_at(e) for e in story.events if isinstance(e.data, ENDS)}
    found = 0
    for reminder_id, event in requested.items():
        began, end = made_at(event), ended.get(reminder_id)
        asked = event.data
        if began is None or end is None or not isinstance(asked, ReminderRequestedV1):
            continue
        items = {(item.invoice_id, item.item_id) for item in asked.items}
        found += any(
            said.acked_at is not None and began < said.acked_at < end and _pays(said.event, items)
            for said in story.books.said_about(asked.customer_id)
        )
    return found


def _pays(event: Event, items: set[ItemKey]) -> bool:
    data = event.data
    return isinstance(data, ErpPaymentReceivedV1) and any(
        (part.invoice_id, part.item_id) in items for part in data.allocations
    )


_COUNTS: Mapping[str, Callable[[Story], int]] = {
    "paid on time": _on_time,
    "paid late": _late,
    "paid in parts": _in_parts,
    "promised and kept it": _said(CasePromiseKeptV1),
    "promised and did not keep it": _said(CasePromiseBrokenV1),
    "disputed": _said(ResponseDisputedV1),
    "asked something": _said(ResponseQuestionAskedV1),
    "refused a channel": _said(ResponseContactRefusedV1),
    "mail came back": _said(DeliveryBouncedV1),
    "direct debit returned": _returned(debits=True),
    "payment without a purpose": _told(_is_unallocated),
    "payment taken back": _returned(debits=False),
    "invoice corrected": _told(_is_correction),
    "paid while the mail was leaving": _while_on_its_way,
}
