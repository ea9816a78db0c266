"""The demo ledger: a seeded generator of customers, invoices and the payments that were coming anyway.

Its figures follow a public payment history: about a third of all invoices late, most of them by one to two
weeks, and a customer's past lateness the best sign of its next.
"""

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar

from kulant_cli import fiction
from kulant_cli.book import Book, Customer, CustomerKind, Habit, Invoice, Payment, Person, Place

Word = TypeVar("Word")

FIRST_DAY = date(2026, 3, 16)  # a Monday; four weeks from here see Easter and the change to summer time
MORNING = time(4, tzinfo=UTC)  # the ERP's nightly run has told of new invoices and of the bank's statement
REMINDED_AFTER_DAYS = 5
EASTER = (date(2026, 4, 2), date(2026, 4, 7))

SHARES = {
    Habit.PUNCTUAL: 12, Habit.SLOW: 6, Habit.REMINDED: 8, Habit.PROMISING: 5, Habit.BREAKING: 2,
    Habit.CLAIMING: 4, Habit.SILENT: 4, Habit.PARTIAL: 3, Habit.CROSSING: 2, Habit.RACING: 4,
}  # fmt: skip
LATE_WEEKS = (364, 286, 146, 63, 16, 1, 1)  # how many late invoices came in the 1st, 2nd, ... week


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is fixed for the whole ledger."""

    rng: random.Random
    tenant: str
    days: int

    def on(self, day: int) -> date:
        return FIRST_DAY + timedelta(days=day)


def generate(*, tenant: str, customers: int, weeks: int, seed: int) -> Book:
    """The same arguments give the same book; only the tenant's slug differs between runs."""
    plan = _Plan(random.Random(seed), tenant, weeks * 7)
    people = _customers(plan, customers)
    invoices: list[Invoice] = []
    payments: list[Payment] = []
    for customer in people:
        own, paid = _history(plan, customer, len(invoices))
        invoices += own
        payments += paid
    return Book(
        tenant=tenant,
        tenant_name="Kulant demo",
        starts_at=datetime.combine(FIRST_DAY, time(3, tzinfo=UTC)),
        last_on=plan.on(plan.days - 1),
        creditor=fiction.CREDITOR,
        customers=tuple(people),
        invoices=tuple(invoices),
        payments=tuple(sorted(payments, key=lambda payment: (payment.at, payment.payment_id))),
    )


def _customers(plan: _Plan, count: int) -> list[Customer]:
    rng = plan.rng
    habits = _habits(rng, count)
    names = _repeated(rng, fiction.companies(), count)
    people = _repeated(rng, fiction.persons(), count)
    return [_customer(plan, number, habits[number], names[number], people[number]) for number in range(count)]


def _habits(rng: random.Random, count: int) -> list[Habit]:
    """As near to the shares as the count allows, in random order."""
    pattern = [habit for habit, share in SHARES.items() for _ in range(share)]
    chosen = [pattern[number * len(pattern) // count % len(pattern)] for number in range(count)]
    rng.shuffle(chosen)
    return chosen


def _repeated(rng: random.Random, words: tuple[Word, ...], count: int) -> list[Word]:
    """`count` of the words in random order, each as often as any other or once more."""
    rounds = -(-count // len(words))
    return [word for _ in range(rounds) for word in rng.sample(words, len(words))][:count]


def _customer(plan: _Plan, number: int, habit: Habit, company: str, person: Person) -> Customer:
    rng = plan.rng
    customer_id = f"C{10001 + number}"
    kinds: tuple[CustomerKind, ...] = ("business", "consumer", "public")
    kind = rng.choices(kinds, (70, 22, 8))[0]
    abroad = habit not in (Habit.CROSSING, Habit.RACING) and rng.random() < 0.16
    place: Place = rng.choice(fiction.PLACES_ABROAD if abroad else fiction.PLACES)
    if kind == "consumer":
        company = f"{person.given_name} {person.family_name}"
    elif kind == "public":
        company = f"{rng.choice(fiction.OFFICES)} Musterstadt {number + 1}"
    named = kind == "consumer" or rng.random() < 0.7
    return Customer(
        customer_id=customer_id,
        name=company,
        kind=kind,
        place=place,
        email=f"billing@{customer_id.lower()}.{plan.tenant}.example.org",
        person=person if named else None,
        habit=habit,
        profile=(("segment", rng.choice(("retail", "trade", "projects"))),),
    )


def _history(plan: _Plan, customer: Customer, already: int) -> tuple[list[Invoice], list[Payment]]:
    """One invoice that shows the habit, and one or two that are paid on time."""
    rng = plan.rng
    invoices = [_invoice(plan, customer, already, _telling_day(plan, customer.habit))]
    payments = _telling_payments(plan, customer.habit, invoices[0])
    for _ in range(rng.choice((1, 1, 2))):
        invoice = _invoice(plan, customer, already + len(invoices), plan.on(rng.randrange(plan.days + 10)))
        invoices.append(invoice)
        paid_on = invoice.due_on - timedelta(days=rng.randrange(6))
        payments += _payment(plan, invoice, max(paid_on, FIRST_DAY), invoice.amount_minor)
    return invoices, payments


def _telling_day(plan: _Plan, habit: Habit) -> date:
    """A due day early enough for its reminder to come within the ledger's weeks."""
    latest = max(1, plan.days - 11)
    candidates = [plan.on(day) for day in range(-2, latest)]
    if habit in (Habit.CROSSING, Habit.RACING):  # the reminder is sent on the very day, not after a weekend
        candidates = [day for day in candidates if _is_plain(day + timedelta(days=REMINDED_AFTER_DAYS))] or candidates
    return plan.rng.choice(candidates)


def _is_plain(day: date) -> bool:
    return day.weekday() in (1, 2, 3) and not EASTER[0] <= day <= EASTER[1]


def _invoice(plan: _Plan, customer: Customer, index: int, due_on: date) -> Invoice:
    rng = plan.rng
    swiss = customer.place.country == "CH" and rng.random() < 0.7
    return Invoice(
        customer_id=customer.customer_id,
        invoice_id=f"I{200001 + index}",
        number=f"RE-2026-{1001 + index}",
        issued_on=due_on - timedelta(days=rng.choice((14, 14, 30))),
        due_on=due_on,
        amount_minor=rng.choice((rng.randrange(2_500, 20_000), rng.randrange(20_000, 250_000))),
        currency="CHF" if swiss else "EUR",
        account_id="chf" if swiss else "eur",
        subject=rng.choice(fiction.SUBJECTS),
    )


def _telling_payments(plan: _Plan, habit: Habit, invoice: Invoice) -> list[Payment]:
    """What this customer pays without being asked on the page; the rest follows from its answers."""
    amount = invoice.amount_minor
    if habit is Habit.PARTIAL:
        part = amount * plan.rng.randrange(30, 70) // 100
        first_on = _paid_on(plan, Habit.SLOW, invoice)
        rest_on = _paid_on(plan, Habit.REMINDED, invoice)
        return _payment(plan, invoice, first_on, part) + _payment(plan, invoice, rest_on, amount - part)
    if habit in (Habit.PROMISING, Habit.BREAKING, Habit.CLAIMING, Habit.SILENT):
        return []
    return _payment(plan, invoice, _paid_on(plan, habit, invoice), amount, racing=habit is Habit.RACING)


def _paid_on(plan: _Plan, habit: Habit, invoice: Invoice) -> date:
    """The day on which the money for an invoice arrives, never before the ledger begins."""
    rng = plan.rng
    reminder_on = max(invoice.due_on, FIRST_DAY) + timedelta(days=REMINDED_AFTER_DAYS)
    if habit is Habit.PUNCTUAL:
        return max(FIRST_DAY, invoice.due_on - timedelta(days=rng.randrange(4)))
    if habit is Habit.SLOW:
        return max(FIRST_DAY, invoice.due_on + timedelta(days=rng.randrange(1, 4)))
    if habit is Habit.REMINDED:
        late_days = 7 * rng.choices(range(len(LATE_WEEKS)), LATE_WEEKS)[0] + rng.randrange(7)
        return max(reminder_on + timedelta(days=2), invoice.due_on + timedelta(days=late_days))
    return invoice.due_on + timedelta(days=REMINDED_AFTER_DAYS)


def _payment(plan: _Plan, invoice: Invoice, on: date, amount_minor: int, *, racing: bool = False) -> list[Payment]:
    """The payment, or nothing where it falls after the ledger's last day."""
    if on >= plan.on(plan.days):
        return []
    return [pay(invoice, datetime.combine(on, MORNING), amount_minor, racing=racing)]


def pay(invoice: Invoice, at: datetime, amount_minor: int, *, racing: bool = False) -> Payment:
    """A payment towards the invoice; its id follows from invoice and day."""
    return Payment(
        payment_id=f"P-{invoice.invoice_id}-{at:%Y%m%d}",
        customer_id=invoice.customer_id,
        invoice_id=invoice.invoice_id,
        item_id=invoice.item_id,
        amount_minor=amount_minor,
        currency=invoice.currency,
        account_id=invoice.account_id,
        at=at,
        racing=racing,
    )
