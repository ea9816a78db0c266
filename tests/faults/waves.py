"""Days on which many mails leave at once, and what crosses them: payments and holds told while they leave."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import cycle
from typing import Final

from kulant_cli import fiction
from kulant_cli.book import Book, Customer, Habit, Invoice, Payment, Person
from kulant_cli.changes import hold_changed
from kulant_cli.entries import pay
from kulant_cli.facts import Fact, payment_received
from kulant_cli.judge.calendar import is_open

NINE: Final = time(9, tzinfo=UTC)
FRIENDLY_AFTER = timedelta(days=5)
HABITS = (Habit.SILENT, Habit.PROMISING, Habit.REMINDED, Habit.CLAIMING, Habit.DISPUTING, Habit.ASKING)
PAYS, IS_HELD = 0.3, 0.1  # shares of a wave whose payment or hold crosses its mail
LONGEST_SECONDS = 1.5


@dataclass(frozen=True, slots=True)
class Crossing:
    """A fact that the ERP tells so long after the clock was moved to a day."""

    on: date
    after_seconds: float
    fact: Fact


@dataclass(frozen=True, slots=True)
class Waves:
    """A book with its waves in it, the days on which they break, and what crosses them."""

    book: Book
    days: tuple[date, ...]
    crossings: tuple[Crossing, ...]


def with_waves(book: Book, *, each: int, after_days: int, every_days: int, seed: int) -> Waves:
    """The book with so many more customers every so many days, whose first reminder is due on one and the same day.

    The first of these days comes so many days after the book begins.
    """
    rng = random.Random(f"waves {seed}")
    days = tuple(_days(book, after_days, every_days))
    habits, numbers = cycle(HABITS), iter(range(90_001, 100_000))
    customers, invoices, crossings = [], [], []
    for day in days:
        for _ in range(each):
            customer = _customer(book, f"C{next(numbers)}", next(habits), rng)
            invoice = _invoice(customer, day - FRIENDLY_AFTER, rng)
            customers.append(customer)
            invoices.append(invoice)
            crossings += _crossing(day, invoice, rng)
    payments = [one for invoice in invoices if (one := _late_payment(book, invoice, rng, crossings)) is not None]
    whole = replace(
        book,
        customers=(*book.customers, *customers),
        invoices=(*book.invoices, *invoices),
        payments=(*book.payments, *payments),
    )
    return Waves(whole, days, tuple(crossings))


def _days(book: Book, after_days: int, every_days: int) -> list[date]:
    """Days on which a first reminder leaves at nine, and not because of a weekend before."""
    day, found = book.starts_at.date() + timedelta(days=after_days), []
    while day < book.last_on:
        before = day - timedelta(days=1)
        if all(is_open(datetime.combine(one, NINE), "Europe/Berlin", "DE") for one in (before, day)):
            found.append(day)
            day += timedelta(days=every_days)
        else:
            day += timedelta(days=1)
    return found


def _customer(book: Book, customer_id: str, habit: Habit, rng: random.Random) -> Customer:
    return Customer(
        customer_id=customer_id,
        name=f"Beispiel {customer_id} GmbH",
        kind="business",
        place=fiction.HAMBURG,
        email=f"billing@{customer_id.lower()}.{book.tenant}.example.org",
        person=Person("ms", "Paula", "Beispiel"),
        habit=habit,
        language=rng.choice(("de", "en")),
    )


def _invoice(customer: Customer, due_on: date, rng: random.Random) -> Invoice:
    return Invoice(
        customer_id=customer.customer_id,
        invoice_id=f"W{customer.customer_id[1:]}",
        number=f"W-{customer.customer_id[1:]}",
        issued_on=due_on - timedelta(days=14),
        due_on=due_on,
        amount_minor=rng.randrange(2_000, 90_000),
        currency="EUR",
        account_id=fiction.CREDITOR.accounts[0].account_id,
    )


def _crossing(day: date, invoice: Invoice, rng: random.Random) -> list[Crossing]:
    chance, after_seconds = rng.random(), rng.uniform(0.0, LONGEST_SECONDS)
    at = datetime.combine(day, NINE)
    if chance < PAYS:
        whole = rng.random() < 0.7
        minor = invoice.amount_minor if whole else invoice.amount_minor // 3
        return [Crossing(day, after_seconds, payment_received(pay(invoice, at, minor)))]
    if chance < PAYS + IS_HELD:
        held = _Held(invoice.customer_id, invoice.invoice_id, invoice.item_id)
        lifted_on = day + timedelta(days=9)
        return [
            Crossing(day, after_seconds, Fact(at, hold_changed(held, "set", version=1))),
            Crossing(
                lifted_on,
                rng.uniform(0.0, LONGEST_SECONDS),
                Fact(datetime.combine(lifted_on, NINE), hold_changed(held, "lifted", version=2)),
            ),
        ]
    return []


@dataclass(frozen=True, slots=True)
class _Held:
    """What `hold_changed` wants to know of a dispute."""

    customer_id: str
    invoice_id: str
    item_id: str


def _late_payment(book: Book, invoice: Invoice, rng: random.Random, crossings: Sequence[Crossing]) -> Payment | None:
    """Some of those whose payment did not cross their mail pay a while after it."""
    crossed = {one.fact.payment.invoice_id for one in crossings if one.fact.payment is not None}
    at = datetime.combine(invoice.due_on + FRIENDLY_AFTER + timedelta(days=rng.randrange(2, 12)), NINE)
    if invoice.invoice_id in crossed or rng.random() < 0.5 or at.date() > book.last_on:
        return None
    paid = pay(invoice, at - timedelta(hours=5), invoice.amount_minor)
    return replace(paid, payment_id=f"{paid.payment_id}-late")  # another one than its customer may promise
