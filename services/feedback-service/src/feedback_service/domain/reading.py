"""Which answers are sensible: the words of a form become a statement, or flaws that name the field."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from feedback_service.domain import answer as said
from feedback_service.domain.answer import Part, PaymentMethod, Reason, Statement, parts_of
from feedback_service.domain.contact import Reached, read_contact
from feedback_service.domain.entry import clean_line, clean_words, read_amount, read_day
from feedback_service.domain.errors import NothingToAnswer
from feedback_service.domain.form import (
    ContactForm,
    CopyForm,
    DisputeForm,
    Fault,
    Flaw,
    Form,
    PaymentForm,
    PromiseForm,
    QuestionForm,
    RatingForm,
    RepresentedForm,
    TimeForm,
    TimeWish,
)
from feedback_service.domain.item import Debt, Item, ItemKey

PROMISE_AHEAD = timedelta(days=30)
"""A later day is no promise but a plan or an extension, which a person agrees."""
EXTENSION_AHEAD = timedelta(days=180)
"""A wish beyond it is better told in words."""
PAID_WITHIN = timedelta(days=365)
"""An older payment is no answer to a present message but most likely a slip in the year."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What a form is read against."""

    debts: tuple[Debt, ...]
    reminded: frozenset[ItemKey]
    today: date
    minor_digits: Callable[[str], int]
    reached: Reached
    country: str

    @property
    def items(self) -> tuple[Item, ...]:
        """All that is owed, in every currency."""
        return tuple(item for debt in self.debts for item in debt.items)

    def debt(self, currency: str) -> Debt:
        """What is owed in one currency. Raises NothingToAnswer."""
        for debt in self.debts:
            if debt.currency == currency:
                return debt
        raise NothingToAnswer


@dataclass(frozen=True, slots=True)
class Reading:
    """A statement, and the customer's own words beside it."""

    statement: Statement
    quote: str | None = None


Outcome = Reading | tuple[Flaw, ...]


def read(form: Form, ground: Ground) -> Outcome:
    """What a form says. Raises NothingToAnswer where what it is about is paid by now."""
    match form:
        case PaymentForm():
            return _read_payment(form, ground)
        case PromiseForm():
            return _read_promise(form, ground)
        case DisputeForm():
            return _read_dispute(form, ground)
        case TimeForm():
            return _read_time(form, ground)
        case ContactForm():
            found = read_contact(form, ground.reached, ground.country)
            return found if isinstance(found, tuple) else Reading(found)
    return _read_words(form, ground)


def _read_words(form: QuestionForm | CopyForm | RepresentedForm | RatingForm, ground: Ground) -> Outcome:
    words = clean_words(form.words)
    match form:
        case QuestionForm():
            if words is None:
                return (Flaw("words", Fault.WORDS_MISSING),)
            return Reading(said.QuestionAsked(_about(form.item, ground)), words)
        case CopyForm():
            return Reading(said.DocumentRequested(_about(form.item, ground)), words)
        case RepresentedForm():
            return Reading(said.Represented(clean_line(form.by)), words)
    if form.stars not in {"1", "2", "3", "4", "5"}:
        return (Flaw("stars", Fault.STARS_MISSING),)
    return Reading(said.Rated(int(form.stars)), words)


def last_promise_day(today: date) -> date:
    """The latest day that can be promised; the earliest is today."""
    return today + PROMISE_AHEAD


def _read_payment(form: PaymentForm, ground: Ground) -> Outcome:
    """A claim about the chosen items for what is open of them; items that are no longer open are left out."""
    debt = ground.debt(form.currency)
    chosen = [item for item in debt.items if item.key.word in form.items]
    paid_on, flaws = _day("paid_on", form.paid_on)
    if paid_on and paid_on > ground.today:
        flaws.append(Flaw("paid_on", Fault.DAY_IN_FUTURE))
    if paid_on and paid_on < ground.today - PAID_WITHIN:
        flaws.append(Flaw("paid_on", Fault.DAY_LONG_AGO))
    if not chosen:
        flaws.append(Flaw("item", Fault.ITEMS_MISSING))
    if flaws or paid_on is None:
        return tuple(flaws)
    method = PaymentMethod(form.method) if form.method in set(PaymentMethod) else None
    return Reading(said.PaymentClaimed(parts_of(chosen, debt, ground.reminded), paid_on, method))


def _read_promise(form: PromiseForm, ground: Ground) -> Outcome:
    """A promise about the chosen items of one currency, or about all of them."""
    debt = ground.debt(form.currency)
    chosen = [item for item in debt.items if item.key.word in form.items] if form.items else list(debt.items)
    total = sum(item.open_minor for item in chosen)
    pay_on, flaws = _day("pay_on", form.pay_on)
    flaws += _not_before(pay_on, "pay_on", ground.today, last_promise_day(ground.today))
    if not chosen:
        flaws.append(Flaw("item", Fault.ITEMS_MISSING))
    amount, faults = _amount("amount", form.amount, total, ground.minor_digits(debt.currency))
    if chosen:
        flaws += faults
    if flaws or pay_on is None:
        return tuple(flaws)
    return Reading(said.PromiseMade(parts_of(chosen, debt, ground.reminded, amount), pay_on))


def _read_dispute(form: DisputeForm, ground: Ground) -> Outcome:
    """An item, all of it or a part, or everything that is owed."""
    if not ground.items:
        raise NothingToAnswer
    chosen, words, flaws = _chosen(form.item, ground), clean_words(form.words), []
    reason = Reason(form.reason) if form.reason in set(Reason) else None
    if reason is None:
        flaws.append(Flaw("reason", Fault.REASON_MISSING))
    if reason is Reason.OTHER and words is None:
        flaws.append(Flaw("words", Fault.WORDS_MISSING))
    if not chosen or (form.amount.strip() and len(chosen) > 1):
        flaws.append(Flaw("item", Fault.ITEMS_MISSING))
    amount = None
    if form.amount.strip() and len(chosen) == 1:
        most = chosen[0].open_minor
        amount, faults = _amount("amount", form.amount, most, ground.minor_digits(chosen[0].currency))
        flaws += faults
    if flaws or reason is None:
        return tuple(flaws)
    if amount is not None and amount < chosen[0].open_minor:
        part = Part(chosen[0].key, said.Money(amount, chosen[0].currency))
        return Reading(said.Disputed((part,), reason), words)
    return Reading(said.Disputed(_named(chosen, ground.reminded), reason), words)


def _read_time(form: TimeForm, ground: Ground) -> Outcome:
    if not ground.items:
        raise NothingToAnswer
    words = clean_words(form.words)
    match form.wish:
        case TimeWish.PLAN:
            return Reading(said.PlanRequested(), words)
        case TimeWish.HARDSHIP:
            return Reading(said.HardshipSignalled(), words)
        case TimeWish.EXTENSION:
            until_on, flaws = _day("until", form.until)
            flaws += _not_before(until_on, "until", ground.today, ground.today + EXTENSION_AHEAD)
            if flaws or until_on is None:
                return tuple(flaws)
            return Reading(said.ExtensionRequested(until_on), words)
    return (Flaw("wish", Fault.WISH_MISSING),)


def _chosen(word: str, ground: Ground) -> tuple[Item, ...]:
    """The item of that word, none where it is not owed any more; no word: all of them."""
    return tuple(item for item in ground.items if not word or item.key.word == word)


def _about(word: str, ground: Ground) -> tuple[Part, ...]:
    """The item of that word; without one, or where it is not owed any more, the reminder as a whole: one answer."""
    chosen = _chosen(word, ground) if word else ()
    return tuple(Part(item.key) for item in chosen) or said.WHOLE


def _named(chosen: Sequence[Item], reminded: frozenset[ItemKey]) -> tuple[Part, ...]:
    """All items of the reminder as one part if they are among the chosen, and each of the others by its name."""
    keys = {item.key for item in chosen}
    is_whole = len(reminded & keys) > 1 and reminded <= keys
    whole = said.WHOLE if is_whole else ()
    return whole + tuple(Part(item.key) for item in chosen if not (is_whole and item.key in reminded))


def _day(field: str, text: str) -> tuple[date | None, list[Flaw]]:
    if not text.strip():
        return None, [Flaw(field, Fault.DAY_MISSING)]
    day = read_day(text)
    return day, [] if day else [Flaw(field, Fault.DAY_UNREADABLE)]


def _not_before(day: date | None, field: str, today: date, last: date) -> list[Flaw]:
    if day is not None and day < today:
        return [Flaw(field, Fault.DAY_IN_PAST)]
    if day is not None and day > last:
        return [Flaw(field, Fault.DAY_TOO_FAR, limit_on=last)]
    return []


def _amount(field: str, text: str, most: int, minor_digits: int) -> tuple[int, list[Flaw]]:
    """An amount of at most so much; nothing typed is all of it."""
    if not text.strip():
        return most, []
    amount = read_amount(text, minor_digits)
    if amount is None:
        return 0, [Flaw(field, Fault.AMOUNT_UNREADABLE)]
    if amount == 0:
        return 0, [Flaw(field, Fault.AMOUNT_ZERO)]
    if amount > most:
        return 0, [Flaw(field, Fault.AMOUNT_TOO_HIGH, limit_minor=most)]
    return amount, []
