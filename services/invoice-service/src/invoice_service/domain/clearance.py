"""May a reminder leave? Whether anything that it rests on was recorded after the decision to send it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from invoice_service.domain.money import Money


class Staleness(StrEnum):
    """Why a decision no longer stands."""

    CUSTOMER_UNKNOWN = "customer_unknown"
    SEEN_AHEAD = "seen_ahead"
    CUSTOMER_CHANGED = "customer_changed"
    ITEM_UNKNOWN = "item_unknown"
    ITEM_CHANGED = "item_changed"
    BALANCE_DIFFERS = "balance_differs"


@dataclass(frozen=True, slots=True)
class AskedItem:
    """An item of a reminder with the balance that it states; without an invoice every item of that id is meant."""

    item_id: str
    open: Money
    invoice_id: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A reminder about to leave: the balances that it states, and the last event that its decision knew of.

    `demands` is false for what only confirms or informs.
    """

    reminder_id: str
    customer_id: str
    items: tuple[AskedItem, ...]
    seen: int
    demands: bool = True


@dataclass(frozen=True, slots=True)
class ItemRecord:
    """What is open on an item, and the last event that spoke of it."""

    open: Money
    sequence: int
    invoice_id: str = ""


@dataclass(frozen=True, slots=True)
class CustomerRecord:
    """What was told about a customer: the last event of all, the last about itself, a hold or credit, the items.

    `refusal_sequence` is that of the customer's last version if it takes back the consent to a contact, else 0. ERPs
    may use the same item id in several invoices of a customer, so an id may stand for more than one item.
    """

    sequence: int = 0
    is_known: bool = False
    own_sequence: int = 0
    refusal_sequence: int = 0
    items: Mapping[str, Sequence[ItemRecord]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """Clear where there is no reason; `sequence` is that of the last event about the customer."""

    reminder_id: str
    stale_because: Staleness | None
    sequence: int


def answer_question(question: Question, record: CustomerRecord) -> Answer:
    """Compares the decision with what is recorded now."""
    return Answer(question.reminder_id, _staleness(question, record), record.sequence)


def _staleness(question: Question, record: CustomerRecord) -> Staleness | None:
    if not record.is_known:
        return Staleness.CUSTOMER_UNKNOWN
    if question.seen > record.sequence:
        return Staleness.SEEN_AHEAD
    if not question.demands:  # a promise noted, a payment returned: only refusal, representation or erasure stops it
        return Staleness.CUSTOMER_CHANGED if record.refusal_sequence > question.seen else None
    if record.own_sequence > question.seen:
        return Staleness.CUSTOMER_CHANGED
    return next((why for asked in question.items if (why := _item_staleness(asked, question, record))), None)


def _item_staleness(asked: AskedItem, question: Question, record: CustomerRecord) -> Staleness | None:
    items = [
        item
        for item in record.items.get(asked.item_id, ())
        if asked.invoice_id is None or asked.invoice_id == item.invoice_id
    ]
    if not items:
        return Staleness.ITEM_UNKNOWN
    if any(item.sequence > question.seen for item in items):
        return Staleness.ITEM_CHANGED
    if all(item.open != asked.open for item in items):
        return Staleness.BALANCE_DIFFERS
    return None
