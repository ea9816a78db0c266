"""Simulated customers: they read their mail, open the page that it links to, and answer as their habit says."""

import asyncio
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from kulant_cli.book import Book, Customer, Habit, Invoice
from kulant_cli.bounces import send_back
from kulant_cli.changes import correction_made
from kulant_cli.doors import DoorClosed, Doors
from kulant_cli.facts import Fact, payment_received
from kulant_cli.judge import Answer, MailFile, Unsaid
from kulant_cli.judge.calendar import day_in
from kulant_cli.judge.letters import Letter, names_word, read_letter
from kulant_cli.pages import Form, forms_of
from kulant_cli.replies import Reply, reply_of
from kulant_cli.stops import RunStopped
from kulant_cli.wall_clock import Clock

AT_ONCE = 6
_LOOKS_ONLY = frozenset({Habit.REMINDED, Habit.PARTIAL})


class PageUnusable(RunStopped):
    """The page does not open; the message says whose."""


class NothingToSay(Exception):
    """The page has no form for what the customer wanted to say, or took none: it owes nothing any more, say."""


class BounceRefused(RunStopped):
    """Nobody took back a mail that did not reach its reader."""


@dataclass(slots=True)
class Customers:
    """All customers of a book: what they said, and the pages that they saw, English ones last."""

    book: Book
    doors: Doors
    clock: Clock
    seed: int
    smtp_address: str
    answers: list[Answer] = field(default_factory=list)
    unsaid: list[Unsaid] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)
    bounces: int = 0
    reminded: set[str] = field(default_factory=set)  # invoices that a mail was about
    _answered: set[str] = field(default_factory=set)  # invoices about which their customer spoke, or tried to
    _by_address: dict[str, Customer] = field(default_factory=dict)
    _invoices: dict[str, list[Invoice]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for customer in self.book.customers:
            self._by_address[customer.email] = customer
            if customer.new_email is not None:
                self._by_address[customer.new_email] = customer
        for invoice in self.book.invoices:
            self._invoices.setdefault(invoice.customer_id, []).append(invoice)

    async def read(self, mails: Iterable[MailFile], now_at: datetime) -> list[Fact]:
        """Let everyone deal with their new mail, some at a time; returns what the ERP will say because of it."""
        turns = asyncio.Semaphore(AT_ONCE)

        async def deal(customer: Customer, own: Sequence[tuple[str, MailFile]]) -> list[Fact]:
            async with turns:
                return [fact for address, mail in own for fact in await self._deal(customer, address, mail, now_at)]

        by_customer: dict[str, list[tuple[str, MailFile]]] = {}
        for mail in mails:
            for address in mail.recipients:
                if (customer := self._by_address.get(address)) is not None:
                    by_customer.setdefault(customer.customer_id, []).append((address, mail))
        told = [(self._by_address[own[0][0]], own) for own in by_customer.values()]
        done = await asyncio.gather(*(deal(customer, own) for customer, own in told))
        return [fact for facts in done for fact in facts]

    async def _deal(self, customer: Customer, address: str, mail: MailFile, now_at: datetime) -> list[Fact]:
        if customer.habit is Habit.BOUNCING and address == customer.email:
            await self._bounce(address, mail)
            return []
        letter = read_letter(mail.name, mail.content)
        if not letter.links:
            return []
        today = day_in(now_at, customer.place.time_zone)
        meant = self._meant(letter, customer)
        self.reminded.update(one.invoice_id for one in meant)
        invoices = [one for one in meant if one.invoice_id not in self._answered]
        rng = random.Random(f"{self.seed} {customer.customer_id} {len(invoices)} {today}")
        reply = reply_of(customer.habit, invoices, today, rng, customer.language)
        if reply is None and customer.habit not in _LOOKS_ONLY:
            return []
        opened_at = self.clock.now()
        html = await self._open(customer, letter.links[0])
        if reply is None:
            return []
        about = tuple(one.invoice_id for one in invoices)
        self._answered.update(about)
        try:
            await self._say(letter, _form(html, letter.links[0], reply, invoices[0].currency), reply, now_at)
        except NothingToSay:
            self.unsaid.append(Unsaid(letter.message_id, reply.kind, about, opened_at, self.clock.now()))
            return []
        payments = [payment_received(payment) for payment in reply.payments]
        return [*payments, *(Fact(one.at, correction_made(one)) for one in reply.corrections)]

    async def _bounce(self, address: str, mail: MailFile) -> None:
        try:
            await asyncio.to_thread(send_back, self.smtp_address, mail.sender, address)
        except OSError as error:
            raise BounceRefused(f"{mail.name} could not be returned to {mail.sender}: {error}") from error
        self.bounces += 1

    async def _open(self, customer: Customer, url: str) -> str:
        try:
            html = await self.doors.visit(url)
        except DoorClosed as error:
            raise PageUnusable(f"the page of {customer.customer_id} does not open: {error}") from error
        self.pages.insert(len(self.pages) if customer.language == "en" else 0, url)
        return html

    def _meant(self, letter: Letter, customer: Customer) -> list[Invoice]:
        """The invoices that a letter is about, found by their numbers as a reader finds them."""
        own = self._invoices.get(customer.customer_id, ())
        return [invoice for invoice in own if invoice.number in letter.text and names_word(letter.text, invoice.number)]

    async def _say(self, letter: Letter, form: Form, reply: Reply, now_at: datetime) -> None:
        sent_at = self.clock.now()
        status, _ = await self.doors.submit(form.action, form.filled(reply.typed))
        is_taken = 200 <= status < 300
        self.answers.append(
            Answer(
                message_id=letter.message_id,
                kind=reply.kind,
                on=reply.on,
                said_at=now_at,
                sent_at=sent_at,
                acked_at=self.clock.now() if is_taken else None,
                status=status,
            )
        )


def _form(html: str, url: str, reply: Reply, currency: str) -> Form:
    """The form of the page by which this is said, about what is owed in this currency where that matters."""
    for form in forms_of(html, url):
        if form.says("answer") == reply.word and (not reply.of_currency or form.says("currency") == currency):
            return form
    raise NothingToSay
