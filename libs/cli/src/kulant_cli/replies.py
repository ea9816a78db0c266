"""What a simulated customer says on its page, and what will happen because of it."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from kulant_cli.book import Correction, Habit, Invoice, Payment
from kulant_cli.entries import bank_day, morning, pay
from kulant_contracts.money import Money

PROMISED = "promise_made"
CLAIMED = "payment_claimed"
DISPUTED = "disputed"
ASKED = "question_asked"
REFUSED = "contact_refused"

_WRONGS = (
    ("defective", "Two of the boxes were dented, we sent photographs."),
    ("wrong_amount", "We had agreed on a lower price by telephone."),
    ("not_received", "A part of the delivery never arrived."),
)
_QUESTIONS = (
    "Which of our orders is this for?",
    "Could you send the invoice to our accountant as well?",
    "Is the discount of last month in it already?",
)


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer: the form that says it, what is typed, and what follows."""

    kind: str  # as in the response's type
    word: str  # the form's own word for it
    typed: Mapping[str, str]
    of_currency: bool = False  # the page has one such form for each currency
    on: date | None = None
    payments: tuple[Payment, ...] = ()
    corrections: tuple[Correction, ...] = field(default=())


def reply_of(habit: Habit, invoices: list[Invoice], today: date, rng: random.Random, language: str) -> Reply | None:
    """What a customer of this habit says when it is written to about these invoices; None: nothing."""
    write = _REPLIES.get(habit)
    return write(invoices, today, rng, language) if write is not None and invoices else None


def _paid(invoices: list[Invoice], on: date) -> tuple[Payment, ...]:
    return tuple(pay(invoice, morning(bank_day(on)), invoice.amount_minor) for invoice in invoices)


def _promises(invoices: list[Invoice], today: date, rng: random.Random, _language: str) -> Reply:
    on = bank_day(today + timedelta(days=rng.randrange(3, 9)))
    return Reply(PROMISED, "promise", {"pay_on": on.isoformat()}, True, on, _paid(invoices, on))


def _breaks(invoices: list[Invoice], today: date, rng: random.Random, _language: str) -> Reply:
    on = today + timedelta(days=rng.randrange(3, 9))
    late_on = on + timedelta(days=rng.randrange(14, 24))
    return Reply(PROMISED, "promise", {"pay_on": on.isoformat()}, True, on, _paid(invoices, late_on))


def _claims(invoices: list[Invoice], today: date, rng: random.Random, _language: str) -> Reply:
    arrives_on = today + timedelta(days=rng.randrange(1, 4))
    return Reply(CLAIMED, "paid", {"paid_on": today.isoformat()}, True, today, _paid(invoices, arrives_on))


def _disputes(invoices: list[Invoice], today: date, rng: random.Random, language: str) -> Reply:
    """All of it, or a part where only one invoice is meant; the ERP takes the part off, and the rest is paid."""
    reason, words = rng.choice(_WRONGS)
    part = {one.invoice_id: one.amount_minor * rng.randrange(20, 50) // 100 for one in invoices}
    typed = {"reason": reason, "words": words}
    if len(invoices) == 1 and rng.random() < 0.5:
        typed["amount"] = _typed(part[invoices[0].invoice_id], invoices[0].currency, language)
    corrected_on = bank_day(today + timedelta(days=rng.randrange(4, 8)))
    paid_on = bank_day(corrected_on + timedelta(days=rng.randrange(3, 7)))
    return Reply(
        DISPUTED,
        "wrong",
        typed,
        payments=tuple(pay(one, morning(paid_on), one.amount_minor - part[one.invoice_id]) for one in invoices),
        corrections=tuple(
            Correction(one, part[one.invoice_id], morning(corrected_on), "credit_note") for one in invoices
        ),
    )


def _typed(minor: int, currency: str, language: str) -> str:
    amount = Money.from_minor(minor, currency).amount
    return amount.replace(".", ",") if language == "de" else amount


def _asks(invoices: list[Invoice], today: date, rng: random.Random, _language: str) -> Reply:
    paid_on = today + timedelta(days=rng.randrange(6, 11))
    return Reply(ASKED, "question", {"words": rng.choice(_QUESTIONS)}, payments=_paid(invoices, paid_on))


def _refuses(invoices: list[Invoice], today: date, rng: random.Random, _language: str) -> Reply:
    paid = _paid(invoices, today + timedelta(days=rng.randrange(5, 20))) if rng.random() < 0.6 else ()
    return Reply(REFUSED, "contact", {"wish": "refuse", "channel": "email"}, payments=paid)


_REPLIES: dict[Habit, Callable[[list[Invoice], date, random.Random, str], Reply]] = {
    Habit.PROMISING: _promises,
    Habit.BREAKING: _breaks,
    Habit.CLAIMING: _claims,
    Habit.DISPUTING: _disputes,
    Habit.ASKING: _asks,
    Habit.REFUSING: _refuses,
}
