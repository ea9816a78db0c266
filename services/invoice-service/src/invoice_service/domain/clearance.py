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
class Question:
    """A reminder about to leave: the balances that it states, and the last event that its decision knew of."""

    reminder_id: str
    customer_id: str
    items: tuple[tuple[str, Money], ...]
    seen: int


@dataclass(frozen=True, slots=True)
class ItemRecord:
    """What is open on an item, and the last event that spoke of it."""

    open: Money
    sequence: int


@dataclass(frozen=True, slots=True)
class CustomerRecord:
    """What was told about a customer: the last event of all, the last about the customer itself or a hold, the items.

    ERPs may use the same item id in several invoices of a customer, so an id may stand for more than one item.
    """

    sequence: int = 0
    is_known: bool = False
    own_sequence: int = 0
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
    if record.own_sequence > question.seen:
        return Staleness.CUSTOMER_CHANGED
    for item_id, stated in question.items:
        items = record.items.get(item_id, ())
        if not items:
            return Staleness.ITEM_UNKNOWN
        if any(item.sequence > question.seen for item in items):
            return Staleness.ITEM_CHANGED
        if all(item.open != stated for item in items):
            return Staleness.BALANCE_DIFFERS
    return None
