"""The forms of the page as typed, and what can be wrong with a field of them."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Fault(StrEnum):
    """What is wrong with a field."""

    DAY_MISSING = "day_missing"
    DAY_UNREADABLE = "day_unreadable"
    DAY_IN_FUTURE = "day_in_future"
    DAY_LONG_AGO = "day_long_ago"
    DAY_IN_PAST = "day_in_past"
    DAY_TOO_FAR = "day_too_far"
    AMOUNT_UNREADABLE = "amount_unreadable"
    AMOUNT_ZERO = "amount_zero"
    AMOUNT_TOO_HIGH = "amount_too_high"
    ITEMS_MISSING = "items_missing"
    REASON_MISSING = "reason_missing"
    WORDS_MISSING = "words_missing"
    WISH_MISSING = "wish_missing"
    CHANNEL_MISSING = "channel_missing"
    ADDRESS_MISSING = "address_missing"
    ADDRESS_UNREADABLE = "address_unreadable"
    POSTAL_UNREADABLE = "postal_unreadable"
    STARS_MISSING = "stars_missing"


@dataclass(frozen=True, slots=True)
class Flaw:
    """One fault of one field of the form, with the limit that was passed."""

    field: str
    fault: Fault
    limit_on: date | None = None
    limit_minor: int | None = None


@dataclass(frozen=True, slots=True)
class PaymentForm:
    """`I have paid`; items are named by the words of their keys."""

    currency: str
    paid_on: str = ""
    items: tuple[str, ...] = ()
    method: str = ""


@dataclass(frozen=True, slots=True)
class PromiseForm:
    """`I will pay on`; no items means all (the page always sends an empty one), no amount means all of them."""

    currency: str
    pay_on: str = ""
    amount: str = ""
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DisputeForm:
    """`Something is wrong`; no item means all, no amount means all of it."""

    item: str = ""
    reason: str = ""
    amount: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class QuestionForm:
    """`I have a question`."""

    item: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class CopyForm:
    """`Please send me a copy of the invoice`."""

    item: str = ""
    words: str = ""


class TimeWish(StrEnum):
    """What would help somebody who cannot pay now."""

    EXTENSION = "extension"
    PLAN = "plan"
    HARDSHIP = "hardship"


@dataclass(frozen=True, slots=True)
class TimeForm:
    """`I need more time`."""

    wish: str = ""
    until: str = ""
    words: str = ""


class ContactWish(StrEnum):
    """How to write to somebody from now on."""

    PREFER = "prefer"
    CORRECT = "correct"
    REFUSE = "refuse"
    WRONG_PERSON = "wrong_person"


@dataclass(frozen=True, slots=True)
class ContactForm:
    """`Please write to me differently`."""

    wish: str = ""
    channel: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class RepresentedForm:
    """`Somebody speaks for me`."""

    by: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class RatingForm:
    """How it was."""

    stars: str = ""
    words: str = ""


Form = (
    PaymentForm
    | PromiseForm
    | DisputeForm
    | QuestionForm
    | CopyForm
    | TimeForm
    | ContactForm
    | RepresentedForm
    | RatingForm
)
