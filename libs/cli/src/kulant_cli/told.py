"""Tells what happened to single customers, day by day in plain words, from facts and topics alone."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from kulant_cli.book import Book, Customer
from kulant_cli.judge.calendar import day_in
from kulant_cli.judge.story import Story, made_at
from kulant_cli.phrases import Phrase, of_event, of_fact
from kulant_contracts.reminder import ReminderRequestedV1

TOLD = 3
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing on one day."""

    on: date
    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class Told:
    """One customer's days."""

    customer: Customer
    happenings: tuple[Happening, ...]


def most_instructive(story: Story, book: Book) -> list[Told]:
    """Three customers: the one with the most kinds of happenings, then those that add the most that were not told.

    Of equals the one with the shorter story, then the lower number.
    """
    candidates = [told for customer in book.customers if (told := days_of(story, customer)).happenings]
    chosen: list[Told] = []
    known: set[str] = set()
    while candidates and len(chosen) < TOLD:
        best = min(candidates, key=lambda told: (-len(_kinds(told) - known), len(told.happenings), _id(told)))
        candidates.remove(best)
        chosen.append(best)
        known |= _kinds(best)
    return chosen


def _kinds(told: Told) -> set[str]:
    return {happening.kind for happening in told.happenings}


def _id(told: Told) -> str:
    return told.customer.customer_id


def days_of(story: Story, customer: Customer) -> Told:
    """All that happened around the invoices of a customer that a message was to be about; none: nothing.

    In the order in which it came to pass by the wall clock. What Kulant recorded before the tenant's clock had moved
    to the day of its cause stands under that day.
    """
    zone = story.home(customer.customer_id).time_zone
    wanted = _worth_telling(story, customer.customer_id)
    moments: list[tuple[datetime, datetime, Phrase]] = []
    if wanted:
        for said in story.books.said_about(customer.customer_id):
            moments += ((said.acked_at or _NEVER, said.event.envelope.time, one) for one in of_fact(said.event, wanted))
        for event in story.events_of(customer.customer_id):
            moments += ((made_at(event) or _NEVER, event.envelope.time, one) for one in of_event(story, event))
    happenings: list[Happening] = []
    on = date.min
    for _, at, phrase in sorted(moments, key=lambda moment: moment[0]):
        on = max(on, day_in(at, zone))
        happenings.append(Happening(on, phrase.kind, phrase.words))
    return Told(customer, tuple(happenings))


def _worth_telling(story: Story, customer_id: str) -> dict[str, str]:
    """The invoices that a message was to be about: number by id."""
    return {
        item.invoice_id: item.number
        for event in story.events_of(customer_id)
        if isinstance(event.data, ReminderRequestedV1)
        for item in event.data.items
    }


def opening_words(told: Told) -> str:
    """Who the customer is."""
    customer = told.customer
    kind = {"business": "a company", "consumer": "a private customer", "public": "a public body"}.get(
        customer.kind, "a customer"
    )
    return f"{customer.name}, {kind} in {customer.place.city} ({customer.customer_id})"
