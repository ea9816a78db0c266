"""Simulated customers: they read their mail, open the page that it links to, and answer as their habit says."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from kulant_chassis.clock import Clock
from kulant_cli.book import Book, Customer, Habit, Invoice, Payment
from kulant_cli.doors import DoorClosed, Doors
from kulant_cli.judge import Answer
from kulant_cli.judge.calendar import day_in
from kulant_cli.judge.letters import Letter, names_word
from kulant_cli.ledger import MORNING, pay
from kulant_cli.pages import Form, forms_of
from kulant_cli.stops import RunStopped

PROMISED = "promise_made"
CLAIMED = "payment_claimed"
_WORD_OF_FORM = {PROMISED: "promise", CLAIMED: "paid"}
_DAY_OF_FORM = {PROMISED: "pay_on", CLAIMED: "paid_on"}
_ANSWERS = {Habit.PROMISING: PROMISED, Habit.BREAKING: PROMISED, Habit.CLAIMING: CLAIMED}
_LOOKS_ONLY = frozenset({Habit.REMINDED, Habit.PARTIAL})


class PageUnusable(RunStopped):
    """The page lacks what a customer needs to answer; the message says what."""


@dataclass(slots=True)
class Customers:
    """All customers of a book; what they said is kept in `answers`, the pages they saw in `pages`."""

    book: Book
    doors: Doors
    clock: Clock
    rng: random.Random
    answers: list[Answer] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)
    _answered: set[str] = field(default_factory=set)  # invoices about which their customer has said its word

    async def read(self, letters: Sequence[Letter], now_at: datetime) -> list[Payment]:
        """Let everyone deal with their new mail; returns the payments that will follow from it."""
        by_address = {customer.email: customer for customer in self.book.customers}
        payments: list[Payment] = []
        for letter in letters:
            for address in letter.recipients:
                if (customer := by_address.get(address)) is not None:
                    payments += await self._deal_with(letter, customer, now_at)
        return payments

    async def _deal_with(self, letter: Letter, customer: Customer, now_at: datetime) -> list[Payment]:
        kind = _ANSWERS.get(customer.habit)
        if not letter.links or (kind is None and customer.habit not in _LOOKS_ONLY):
            return []
        url = letter.links[0]
        try:
            html = await self.doors.visit(url)
        except DoorClosed as error:
            raise PageUnusable(f"the page of {customer.customer_id} does not open: {error}") from error
        self.pages.append(url)
        if kind is None:
            return []
        invoices = [one for one in self._meant(letter, customer) if one.invoice_id not in self._answered]
        if not invoices:  # a confirmation, or a reminder after the answer: all is said
            return []
        self._answered.update(one.invoice_id for one in invoices)
        today = day_in(now_at, customer.place.time_zone)
        on = today + timedelta(days=self.rng.randrange(3, 9)) if kind == PROMISED else today
        form = _form(html, url, kind, invoices[0].currency)
        await self._say(letter, form, kind, on, now_at)
        return self._later_payments(customer.habit, invoices, today, on)

    def _meant(self, letter: Letter, customer: Customer) -> list[Invoice]:
        """The invoices that a letter is about, found by their numbers as a reader finds them."""
        return [
            invoice
            for invoice in self.book.invoices
            if invoice.customer_id == customer.customer_id and names_word(letter.text, invoice.number)
        ]

    async def _say(self, letter: Letter, form: Form, kind: str, on: date, now_at: datetime) -> None:
        sent_at = self.clock.now()
        status, _ = await self.doors.submit(form.action, form.filled({_DAY_OF_FORM[kind]: on.isoformat()}))
        is_taken = 200 <= status < 300
        self.answers.append(
            Answer(
                message_id=letter.message_id,
                kind=kind,
                on=on,
                said_at=now_at,
                sent_at=sent_at,
                acked_at=self.clock.now() if is_taken else None,
                status=status,
            )
        )

    def _later_payments(self, habit: Habit, invoices: list[Invoice], today: date, on: date) -> list[Payment]:
        """Kept promises are paid on their day; what was claimed as paid arrives a few days later."""
        if habit is Habit.BREAKING:
            return []
        arrives_on = on if habit is Habit.PROMISING else today + timedelta(days=self.rng.randrange(1, 4))
        at = datetime.combine(arrives_on, MORNING)
        return [pay(invoice, at, invoice.amount_minor) for invoice in invoices]


def _form(html: str, url: str, kind: str, currency: str) -> Form:
    """The form of the page by which this is said about what is owed in this currency."""
    for form in forms_of(html, url):
        if form.says("answer") == _WORD_OF_FORM[kind] and form.says("currency") == currency:
            return form
    raise PageUnusable(f"the page {url} has no form to say `{_WORD_OF_FORM[kind]}` about {currency}")
