"""What a customer said on the page: one type per intent, in parts that name what they are about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid5

from feedback_service.domain.item import Debt, Item


@dataclass(frozen=True, slots=True)
class Money:
    """Exact minor units of a currency."""

    amount_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Part:
    """So much of one item; without an item: of all items of the reminder together."""

    item_id: str | None
    money: Money


class PaymentMethod(StrEnum):
    """How the customer says it was paid."""

    BANK_TRANSFER = "bank_transfer"
    DIRECT_DEBIT = "direct_debit"
    CARD = "card"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class PaymentClaimed:
    """I have paid."""

    parts: tuple[Part, ...]
    on: date
    method: PaymentMethod | None = None


@dataclass(frozen=True, slots=True)
class PromiseMade:
    """I will pay."""

    parts: tuple[Part, ...]
    on: date


Statement = PaymentClaimed | PromiseMade


@dataclass(frozen=True, slots=True)
class Answer:
    """A statement by a customer, at a moment of the tenant's time. Each of its parts becomes one response."""

    answer_id: UUID
    tenant: str
    customer_id: str
    creditor_id: str
    case_id: str | None
    reminder_id: UUID
    said_at: datetime
    statement: Statement

    @property
    def money(self) -> Money:
        """The sum of its parts."""
        parts = self.statement.parts
        return Money(sum(part.money.amount_minor for part in parts), parts[0].money.currency)

    def response_id(self, number: int) -> UUID:
        """The id of the response that its part of this number becomes; the first one has the answer's own."""
        return uuid5(self.answer_id, str(number)) if number else self.answer_id


@dataclass(frozen=True, slots=True)
class RecordedAnswer:
    """An answer that was recorded, and whether the dunning decisions rest on it by now."""

    answer: Answer
    is_taken_up: bool = False


def parts_of(chosen: Sequence[Item], debt: Debt, reminded: frozenset[str], amount_minor: int) -> tuple[Part, ...]:
    """Spread an amount over the chosen items, oldest first, at most what is open on each.

    What the reminder asked for, chosen as a whole, is one part; anything else is named item by item.
    """
    whole = [item for item in debt.items if item.item_id in reminded]
    is_whole = len(whole) > 1 and all(item in chosen for item in whole)
    lots: list[tuple[str | None, int]] = [(None, sum(item.open_minor for item in whole))] if is_whole else []
    lots += [(item.item_id, item.open_minor) for item in chosen if not (is_whole and item in whole)]
    parts, left = [], amount_minor
    for item_id, most in lots:
        share = min(most, left)
        if share:
            parts.append(Part(item_id, Money(share, debt.currency)))
        left -= share
    return tuple(parts)
