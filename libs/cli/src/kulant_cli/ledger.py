"""The demo ledger: a seeded generator of customers, their invoices and what was going to happen to them anyway.

Its figures follow a public payment history of 2,466 invoices: about a third of them late, by 9.7 days on average and
45 at most, many late ones disputed, and a customer's past lateness the best sign of its next.
"""

import random
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, time
from typing import TypeVar

from kulant_cli import fiction
from kulant_cli.book import Book, Customer, CustomerKind, Habit, Person
from kulant_cli.entries import Entries, Plan
from kulant_cli.histories import write_history

Word = TypeVar("Word")

CUSTOMERS = 200
WEEKS = 12
EACH_BEHAVIOUR = 5
"""In a ledger of the default size everything that customers do happens at least so often."""

SHARES = {
    Habit.PUNCTUAL: 33, Habit.SLOW: 24, Habit.REMINDED: 22, Habit.PARTIAL: 8, Habit.PROMISING: 9, Habit.BREAKING: 8,
    Habit.CLAIMING: 8, Habit.DISPUTING: 9, Habit.ASKING: 8, Habit.REFUSING: 8, Habit.BOUNCING: 8, Habit.DEBITED: 8,
    Habit.UNALLOCATED: 8, Habit.REVERSED: 8, Habit.CORRECTED: 9, Habit.RACING: 8, Habit.CROSSING: 4, Habit.SILENT: 10,
}  # fmt: skip
_FIRST = (Habit.RACING, Habit.PROMISING, Habit.REMINDED, Habit.PUNCTUAL, Habit.CLAIMING, Habit.SLOW, Habit.PARTIAL)
_COUNTRIES = {"DE": 58, "AT": 12, "CH": 10, "NL": 10, "GB": 10}
_KINDS: dict[CustomerKind, int] = {"business": 66, "consumer": 24, "public": 10}


def generate(*, tenant: str, customers: int, weeks: int, seed: int) -> Book:
    """The same arguments give the same book; only the tenant's slug differs between runs."""
    plan = Plan(random.Random(seed), weeks * 7)
    people = _customers(plan.rng, tenant, customers)
    entries = Entries()
    for customer in people:
        write_history(plan, customer, entries)
    return Book(
        tenant=tenant,
        tenant_name="Kulant demo",
        starts_at=datetime.combine(plan.first_on, time(3, tzinfo=UTC)),
        last_on=plan.last_on,
        creditor=fiction.CREDITOR,
        customers=tuple(people),
        invoices=tuple(entries.invoices),
        payments=tuple(sorted(entries.payments, key=lambda payment: (payment.at, payment.payment_id))),
        disputes=tuple(entries.disputes),
        other_creditors=(fiction.BRITISH_CREDITOR,),
        returns=tuple(entries.returns),
        corrections=tuple(entries.corrections),
        new_addresses=tuple(entries.new_addresses),
        each_behaviour=wanted(customers, weeks),
    )


def wanted(customers: int, weeks: int) -> int:
    """How often each kind of behaviour has to happen in a ledger of this size: in step with both, rounded down."""
    return EACH_BEHAVIOUR * min(customers, CUSTOMERS) * min(weeks, WEEKS) // (CUSTOMERS * WEEKS)


def _customers(rng: random.Random, tenant: str, count: int) -> list[Customer]:
    countries = rng.choices(list(_COUNTRIES), list(_COUNTRIES.values()), k=count)
    names = {country: _Names(rng, country) for country in _COUNTRIES}
    habits = _habits(rng, count)
    return [_customer(rng, tenant, number, habits[number], names[countries[number]]) for number in range(count)]


def _habits(rng: random.Random, count: int) -> list[Habit]:
    """As near to the shares as the count allows, in random order; a handful of customers shows the most telling."""
    if count < len(SHARES):
        chosen = [*_FIRST, *(habit for habit in Habit if habit not in _FIRST)][:count]
    else:
        pattern = [habit for habit, share in SHARES.items() for _ in range(share)]
        chosen = [pattern[number * len(pattern) // count % len(pattern)] for number in range(count)]
    rng.shuffle(chosen)
    return chosen


class _Names:
    """The names of one country, each handed out as often as any other or once more."""

    def __init__(self, rng: random.Random, country: str) -> None:
        self.country = country
        self.companies = _numbered(_forever(rng, fiction.companies(country)), len(fiction.companies(country)))
        self.offices = _numbered(_forever(rng, fiction.offices(country)), len(fiction.offices(country)))
        self.persons = _forever(rng, fiction.persons(country))


def _forever(rng: random.Random, words: tuple[Word, ...]) -> Iterator[Word]:
    while True:
        yield from rng.sample(words, len(words))


def _numbered(names: Iterable[str], different: int) -> Iterator[str]:
    """The same name a second time gets a number, so that no two customers are mixed up."""
    for place, name in enumerate(names):
        again = place // different
        yield f"{name} ({again + 1})" if again else name


def _customer(rng: random.Random, tenant: str, number: int, habit: Habit, names: _Names) -> Customer:
    customer_id = f"C{10001 + number}"
    kind = rng.choices(list(_KINDS), list(_KINDS.values()))[0]
    person: Person = next(names.persons)
    name = {
        "consumer": lambda: f"{person.given_name} {person.family_name}",
        "public": lambda: next(names.offices),
    }.get(kind, lambda: next(names.companies))()
    is_named = kind == "consumer" or rng.random() < 0.7
    email = f"billing@{customer_id.lower()}.{tenant}.example.org"
    speaks_german = names.country in ("DE", "AT", "CH") and rng.random() < 0.5
    customer = Customer(
        customer_id=customer_id,
        name=name,
        kind=kind,
        place=rng.choice(fiction.PLACES_OF[names.country]),
        email=email,
        person=person if is_named else None,
        habit=habit,
        profile=(("segment", rng.choice(("retail", "trade", "projects"))),),
        language="de" if speaks_german else "en",
    )
    if habit is Habit.BOUNCING:
        return replace(customer, email=email.replace("billing@", "biling@"), new_email=email)
    return customer
