"""What a customer said, on any channel: one type per intent, in parts that name what they are about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid5

from feedback_service.domain.item import Debt, Item, ItemKey


@dataclass(frozen=True, slots=True)
class Money:
    """Exact minor units of a currency."""

    amount_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Part:
    """So much of one item; without an item: of all items of the reminder together; without money: not said."""

    key: ItemKey | None = None
    money: Money | None = None


WHOLE = (Part(),)
"""One statement about the reminder as a whole, or about no item at all."""


class PaymentMethod(StrEnum):
    """How the customer says it was paid."""

    BANK_TRANSFER = "bank_transfer"
    DIRECT_DEBIT = "direct_debit"
    CARD = "card"
    OTHER = "other"


class Reason(StrEnum):
    """Why something is not owed, in the customer's view."""

    NOT_RECEIVED = "not_received"
    DEFECTIVE = "defective"
    WRONG_AMOUNT = "wrong_amount"
    ALREADY_CANCELLED = "already_cancelled"
    UNKNOWN_CLAIM = "unknown_claim"
    NOT_DUE = "not_due"
    OTHER = "other"


class Channel(StrEnum):
    """A way to write to somebody."""

    EMAIL = "email"
    SMS = "sms"
    WHATSAPP = "whatsapp"
    PHONE = "phone"
    POST = "post"


@dataclass(frozen=True, slots=True)
class Postal:
    """An address that letters reach."""

    lines: tuple[str, ...]
    postal_code: str
    city: str
    country: str


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


@dataclass(frozen=True, slots=True)
class Disputed:
    """Something is wrong: with an item, or with a part of it."""

    parts: tuple[Part, ...]
    reason: Reason


@dataclass(frozen=True, slots=True)
class QuestionAsked:
    """I have a question."""

    parts: tuple[Part, ...] = WHOLE


@dataclass(frozen=True, slots=True)
class DocumentRequested:
    """Please send me a copy."""

    parts: tuple[Part, ...] = WHOLE


@dataclass(frozen=True, slots=True)
class ExtensionRequested:
    """I need more time."""

    on: date
    parts: tuple[Part, ...] = WHOLE


@dataclass(frozen=True, slots=True)
class PlanRequested:
    """I would like to pay in instalments."""

    parts: tuple[Part, ...] = WHOLE


@dataclass(frozen=True, slots=True)
class HardshipSignalled:
    """I cannot pay for now."""

    parts: tuple[Part, ...] = WHOLE


@dataclass(frozen=True, slots=True)
class ContactRefused:
    """Do not write to me on this channel."""

    refused: Channel
    contact_id: str | None = None
    parts: tuple[Part, ...] = WHOLE


@dataclass(frozen=True, slots=True)
class ContactCorrected:
    """Write to me at this address instead."""

    corrected: Channel
    address: str | None = None
    postal: Postal | None = None
    contact_id: str | None = None
    parts: tuple[Part, ...] = WHOLE


@dataclass(frozen=True, slots=True)
class WrongPerson:
    """I am not the one you mean."""

    reached: Channel
    contact_id: str | None = None
    parts: tuple[Part, ...] = WHOLE


@dataclass(frozen=True, slots=True)
class Represented:
    """Somebody speaks for me."""

    by: str | None = None
    parts: tuple[Part, ...] = WHOLE


@dataclass(frozen=True, slots=True)
class ChannelPreferred:
    """I would rather be written to on this channel."""

    preferred: Channel
    parts: tuple[Part, ...] = WHOLE


@dataclass(frozen=True, slots=True)
class Rated:
    """How it was to deal with you: 1 (bad) to 5 (good)."""

    stars: int
    parts: tuple[Part, ...] = WHOLE


Statement = (
    PaymentClaimed
    | PromiseMade
    | Disputed
    | QuestionAsked
    | DocumentRequested
    | ExtensionRequested
    | PlanRequested
    | HardshipSignalled
    | ContactRefused
    | ContactCorrected
    | WrongPerson
    | Represented
    | ChannelPreferred
    | Rated
)


class Via(StrEnum):
    """The channel on which the customer answered."""

    PAGE = "page"
    EMAIL = "email"


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
    quote: str | None = None
    via: Via = Via.PAGE

    @property
    def money(self) -> Money | None:
        """The sum of its parts; None where it names none."""
        sums = [part.money for part in self.statement.parts if part.money]
        return Money(sum(money.amount_minor for money in sums), sums[0].currency) if sums else None

    @property
    def keys(self) -> tuple[ItemKey, ...]:
        """The items that it names one by one."""
        return tuple(part.key for part in self.statement.parts if part.key)

    def response_id(self, number: int) -> UUID:
        """The id of the response that its part of this number becomes; the first one has the answer's own."""
        return uuid5(self.answer_id, str(number)) if number else self.answer_id


class Outcome(StrEnum):
    """What became of an answer that decisions rest on."""

    TAKEN_UP = "taken_up"
    KEPT = "kept"
    BROKEN = "broken"
    ACCEPTED = "accepted"
    PARTLY_ACCEPTED = "partly_accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class RecordedAnswer:
    """An answer that was recorded, and what dunning-engine made of it by now."""

    answer: Answer
    outcome: Outcome | None = None


def parts_of(
    chosen: Sequence[Item], debt: Debt, reminded: frozenset[ItemKey], amount_minor: int | None = None
) -> tuple[Part, ...]:
    """Spread an amount over the chosen items, oldest first, at most what is open on each; no amount: all of it.

    What the reminder asked for, chosen as a whole, is one part; anything else is named item by item.
    """
    whole = [item for item in debt.items if item.key in reminded]
    is_whole = len(whole) > 1 and all(item in chosen for item in whole)
    lots: list[tuple[ItemKey | None, int]] = [(None, sum(item.open_minor for item in whole))] if is_whole else []
    lots += [(item.key, item.open_minor) for item in chosen if not (is_whole and item in whole)]
    parts, left = [], sum(most for _, most in lots) if amount_minor is None else amount_minor
    for key, most in lots:
        share = min(most, left)
        if share:
            parts.append(Part(key, Money(share, debt.currency)))
        left -= share
    return tuple(parts)
