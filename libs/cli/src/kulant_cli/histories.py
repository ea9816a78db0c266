"""What happens to the invoices of one customer of the demo ledger: one of them shows its habit, the others do not."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from kulant_cli import fiction
from kulant_cli.book import Correction, CorrectionWay, Customer, Habit, Invoice, NewAddress
from kulant_cli.entries import Corner, Entries, Plan, bank_day, morning

REMINDED_AFTER_DAYS = 5
LATE_WEEKS = (364, 286, 146, 63, 16, 1, 1)  # how many late invoices came in the 1st, 2nd, ... week
MOST_LATE_DAYS = 45
_LATE_SHARE = {Habit.PUNCTUAL: 0.03, Habit.SLOW: 0.72, Habit.REMINDED: 0.68}
_LATE_SHARE_OF_OTHERS = 0.1  # and then too few days for a reminder, which only the telling invoice gets
_DISPUTED_SHARE = 0.45  # of what is late; what is settled before it is due never rests
_EASTER = (date(2026, 4, 2), date(2026, 4, 7))
_NEEDED_DAYS = {
    Habit.PUNCTUAL: 5, Habit.SLOW: 6, Habit.RACING: 11, Habit.CROSSING: 11, Habit.BREAKING: 25, Habit.DISPUTING: 22,
    Habit.DEBITED: 19, Habit.REVERSED: 19, Habit.BOUNCING: 22, Habit.SILENT: 55,
}  # fmt: skip
_USUALLY_NEEDED_DAYS = 17


def write_history(plan: Plan, customer: Customer, entries: Entries) -> None:
    """Write down one invoice that shows the habit, and some as everybody has them."""
    corner = _corner(plan, customer, entries, _telling_day(plan, customer.habit))
    entries.invoices.append(_TELLING[customer.habit](corner) or corner.invoice)
    for _ in range(_others(plan)):
        due_on = plan.first_on + timedelta(days=plan.rng.randrange(plan.days + 10))
        other = _corner(plan, customer, entries, due_on)
        entries.invoices.append(other.invoice)
        _ordinary(other)


def _others(plan: Plan) -> int:
    """How many more: about two in four weeks, and in twelve about three and a third."""
    return 1 + min(plan.days // 42, 6) + plan.rng.choice((0, 0, 1))


def _telling_day(plan: Plan, habit: Habit) -> date:
    """A due day early enough for all that follows from the habit."""
    latest = max(1, plan.days - _NEEDED_DAYS.get(habit, _USUALLY_NEEDED_DAYS))
    candidates = [plan.first_on + timedelta(days=day) for day in range(-2, latest)]
    if habit in (Habit.CROSSING, Habit.RACING):  # the reminder is sent on the very day, not after a weekend
        plain = [day for day in candidates if _is_plain(day + timedelta(days=REMINDED_AFTER_DAYS))]
        candidates = plain or candidates
    return plan.rng.choice(candidates)


def _is_plain(day: date) -> bool:
    return day.weekday() in (1, 2, 3) and not _EASTER[0] <= day <= _EASTER[1]


def _corner(plan: Plan, customer: Customer, entries: Entries, due_on: date) -> Corner:
    rng, country, index = plan.rng, customer.place.country, len(entries.invoices)
    is_british = rng.random() < {"GB": 0.85, "NL": 0.3}.get(country, 0.0)
    currency = "GBP" if is_british and country == "GB" else "EUR"
    if country == "CH" and rng.random() < 0.7:
        currency = "CHF"
    invoice = Invoice(
        customer_id=customer.customer_id,
        invoice_id=f"I{200001 + index}",
        number=f"{'EX' if is_british else 'RE'}-2026-{1001 + index}",
        issued_on=bank_day(due_on - timedelta(days=rng.choice((14, 14, 30))), is_early=True),
        due_on=due_on,
        amount_minor=rng.choice((rng.randrange(2_500, 20_000), rng.randrange(20_000, 250_000))),
        currency=currency,
        account_id=currency.lower(),
        subject=rng.choice(fiction.SUBJECTS),
        creditor_id=(fiction.BRITISH_CREDITOR if is_british else fiction.CREDITOR).creditor_id,
    )
    return Corner(plan, customer, invoice, entries)


def late_days(rng: random.Random) -> int:
    """So many days late as the history has it."""
    days = 7 * rng.choices(range(len(LATE_WEEKS)), LATE_WEEKS)[0] + rng.randrange(7)
    return min(MOST_LATE_DAYS, max(1, days - 1))  # for weekends make some of them later


def _ordinary(corner: Corner) -> None:
    """Paid on time or late, as the customer usually does; some of what is late is contested until it is paid."""
    rng, habit = corner.rng, corner.customer.habit
    if rng.random() >= _LATE_SHARE.get(habit, _LATE_SHARE_OF_OTHERS):
        corner.pays(corner.due(-5, 0))
        return
    days = late_days(rng) if habit in _LATE_SHARE else rng.randint(1, REMINDED_AFTER_DAYS - 1)
    paid_on = corner.due(days, days)
    if habit in _LATE_SHARE and rng.random() < _DISPUTED_SHARE:
        paid_on = corner.due(days + 2, days + 2) if days < MOST_LATE_DAYS - 1 else paid_on
        corner.contests(corner.due(0, 0), paid_on)
    corner.pays(paid_on)


def _after_reminder(corner: Corner, first: int = 2, last: int = 9) -> date:
    return corner.due(REMINDED_AFTER_DAYS + first, REMINDED_AFTER_DAYS + last)


def _punctual(corner: Corner) -> None:
    corner.pays(corner.due(-3, 0))


def _slow(corner: Corner) -> None:
    corner.pays(corner.due(1, 3))


def _reminded(corner: Corner) -> None:
    days = late_days(corner.rng)
    corner.pays(max(_after_reminder(corner, 2, 3), corner.due(days, days)))


def _partial(corner: Corner) -> None:
    part = corner.invoice.amount_minor * corner.rng.randrange(30, 70) // 100
    corner.pays(corner.due(1, 3), part)
    corner.pays(_after_reminder(corner), corner.invoice.amount_minor - part)


def _answers(corner: Corner) -> None:
    """What follows is up to the customer, who reads its mail."""


def _bouncing(corner: Corner) -> None:
    better_on = _after_reminder(corner, 2, 4)
    if better_on <= corner.plan.last_on:
        corner.entries.new_addresses.append(NewAddress(corner.customer, morning(better_on)))
    corner.pays(_after_reminder(corner, 9, 13))


def _debited(corner: Corner) -> Invoice:
    collected = replace(corner.invoice, collect_on=corner.invoice.due_on)
    at_bank = corner.due(1, 1)
    payment = corner.pays(at_bank, method="direct_debit")
    corner.gets_back(payment, bank_day(at_bank + timedelta(days=3)), corner.rng.choice(("AM04", "MD06", "AC04")))
    corner.pays(bank_day(at_bank + timedelta(days=corner.rng.randint(11, 16))))
    return collected


def _unallocated(corner: Corner) -> None:
    received_on, booked_on = corner.due(-1, 3), corner.due(6, 12)
    payment = corner.pays(received_on, is_allocated=False)
    if payment is not None and booked_on <= corner.plan.last_on:
        booked = replace(payment, at=morning(booked_on), is_allocated=True, received_on=received_on)
        corner.entries.payments.append(booked)


def _reversed(corner: Corner) -> None:
    payment = corner.pays(corner.due(-1, 1))
    corner.gets_back(payment, corner.due(4, 6), "MS03")
    corner.pays(corner.due(14, 19))


def _corrected(corner: Corner) -> None:
    corrected_on = corner.due(-2, 8)
    minor = corner.invoice.amount_minor * corner.rng.randrange(10, 40) // 100
    if corrected_on > corner.plan.last_on:
        return
    ways: tuple[CorrectionWay, ...] = ("adjustment", "credit_note", "new_version")
    way = ways[len(corner.entries.corrections) % len(ways)]
    corner.entries.corrections.append(Correction(corner.invoice, minor, morning(corrected_on), way))
    corner.pays(corner.due(9, 14), corner.invoice.amount_minor - minor)


def _racing(corner: Corner) -> None:
    corner.pays(_after_reminder(corner, 0, 0), racing=True)


def _crossing(corner: Corner) -> None:
    corner.pays(_after_reminder(corner, 0, 0))


def _silent(corner: Corner) -> None:
    days = corner.rng.choice((None, 33, 42))
    if days is not None:
        corner.pays(corner.due(days, days + 3))


_TELLING: dict[Habit, Callable[[Corner], Invoice | None]] = {
    Habit.PUNCTUAL: _punctual,
    Habit.SLOW: _slow,
    Habit.REMINDED: _reminded,
    Habit.PARTIAL: _partial,
    Habit.PROMISING: _answers,
    Habit.BREAKING: _answers,
    Habit.CLAIMING: _answers,
    Habit.DISPUTING: _answers,
    Habit.ASKING: _answers,
    Habit.REFUSING: _answers,
    Habit.BOUNCING: _bouncing,
    Habit.DEBITED: _debited,
    Habit.UNALLOCATED: _unallocated,
    Habit.REVERSED: _reversed,
    Habit.CORRECTED: _corrected,
    Habit.RACING: _racing,
    Habit.CROSSING: _crossing,
    Habit.SILENT: _silent,
}
