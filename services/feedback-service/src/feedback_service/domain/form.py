"""Which answers are sensible: the words of a form become a statement, or flaws that name the field."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from feedback_service.domain.answer import PaymentClaimed, PaymentMethod, PromiseMade, parts_of
from feedback_service.domain.entry import read_amount, read_day
from feedback_service.domain.item import Debt

PROMISE_AHEAD = timedelta(days=30)
"""A later day is no promise but a plan, which a person agrees."""
PAID_WITHIN = timedelta(days=365)
"""An older payment is no answer to a present message but most likely a slip in the year."""


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


@dataclass(frozen=True, slots=True)
class Flaw:
    """One fault of one field of the form."""

    field: str
    fault: Fault


@dataclass(frozen=True, slots=True)
class PaymentForm:
    """`I have paid`, as typed."""

    currency: str
    paid_on: str = ""
    item_ids: tuple[str, ...] = ()
    method: str = ""


@dataclass(frozen=True, slots=True)
class PromiseForm:
    """`I will pay on`, as typed."""

    currency: str
    pay_on: str = ""
    amount: str = ""


Form = PaymentForm | PromiseForm


def last_promise_day(today: date) -> date:
    """The latest day that can be promised; the earliest is today."""
    return today + PROMISE_AHEAD


def read_payment(
    form: PaymentForm, debt: Debt, reminded: frozenset[str], today: date
) -> PaymentClaimed | tuple[Flaw, ...]:
    """A claim about the chosen items for what is open of them; items that are no longer open are left out."""
    chosen = [item for item in debt.items if item.item_id in form.item_ids]
    paid_on, flaws = _day("paid_on", form.paid_on)
    if paid_on and paid_on > today:
        flaws.append(Flaw("paid_on", Fault.DAY_IN_FUTURE))
    if paid_on and paid_on < today - PAID_WITHIN:
        flaws.append(Flaw("paid_on", Fault.DAY_LONG_AGO))
    if not chosen:
        flaws.append(Flaw("item", Fault.ITEMS_MISSING))
    if flaws or paid_on is None:
        return tuple(flaws)
    method = PaymentMethod(form.method) if form.method in set(PaymentMethod) else None
    parts = parts_of(chosen, debt, reminded, sum(item.open_minor for item in chosen))
    return PaymentClaimed(parts, paid_on, method)


def read_promise(
    form: PromiseForm, debt: Debt, reminded: frozenset[str], today: date, minor_digits: int
) -> PromiseMade | tuple[Flaw, ...]:
    """A promise about everything owed in one currency; no amount means all of it."""
    pay_on, flaws = _day("pay_on", form.pay_on)
    if pay_on and pay_on < today:
        flaws.append(Flaw("pay_on", Fault.DAY_IN_PAST))
    if pay_on and pay_on > last_promise_day(today):
        flaws.append(Flaw("pay_on", Fault.DAY_TOO_FAR))
    amount = read_amount(form.amount, minor_digits) if form.amount.strip() else debt.total_minor
    if amount is None:
        flaws.append(Flaw("amount", Fault.AMOUNT_UNREADABLE))
    elif amount == 0:
        flaws.append(Flaw("amount", Fault.AMOUNT_ZERO))
    elif amount > debt.total_minor:
        flaws.append(Flaw("amount", Fault.AMOUNT_TOO_HIGH))
    if flaws or pay_on is None or amount is None:
        return tuple(flaws)
    return PromiseMade(parts_of(debt.items, debt, reminded, amount), pay_on)


def _day(field: str, text: str) -> tuple[date | None, list[Flaw]]:
    if not text.strip():
        return None, [Flaw(field, Fault.DAY_MISSING)]
    day = read_day(text)
    return day, [] if day else [Flaw(field, Fault.DAY_UNREADABLE)]
