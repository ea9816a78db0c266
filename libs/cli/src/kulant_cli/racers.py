"""Payments that come while a reminder is on its way: the mailbox puts the mail off until they are acknowledged."""

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from kulant_cli.book import Book
from kulant_cli.erp import Erp
from kulant_cli.facts import Fact
from kulant_cli.judge import PutOffMail
from kulant_devstack.deferral import Deferrals

POLL_SECONDS = 0.01
HURRY_SECONDS = (0.1, 0.2, 0.26)
"""How long after its mail was put off a customer pays, in turns. The mail is tried again after 0.25 s at the earliest:
sometimes the engine hears of the payment in time to take the reminder back, sometimes only the gate stands between."""


class Racers:
    """Customers whose payment and whose reminder cross; `now_at` is where the tenant's clock stands.

    The mailbox answers their mail with 451. Then the ERP tells of the payment, and only when the broker has
    acknowledged it would the mailbox take the mail. The notifier has to ask anew, and whether the mail leaves is
    up to the gate alone.
    """

    def __init__(self, erp: Erp, facts: Iterable[Fact], book: Book, mailbox: Path) -> None:
        self._erp = erp
        self._deferrals = Deferrals(mailbox)
        self._seen = self._before = len(self._deferrals.noted())
        addresses = {customer.customer_id: customer.email for customer in book.customers}
        self._waiting: dict[str, list[Fact]] = {}
        for fact in facts:
            if fact.payment is not None:
                self._waiting.setdefault(addresses[fact.payment.customer_id], []).append(fact)
        self._addresses = tuple(self._waiting)
        self._paying: list[asyncio.Task[None]] = []
        self.now_at = book.starts_at

    async def run(self) -> None:
        """Put their mails off, and pay as soon as one was; until cancelled, or all have paid."""
        for address in self._addresses:
            self._deferrals.begin(address)
        try:
            changed = -1
            while self._waiting:
                if (before := self._deferrals.changed()) != changed:
                    changed = before
                    self._look()
                await asyncio.sleep(POLL_SECONDS)
            await asyncio.gather(*self._paying)
        finally:
            for address in self._addresses:
                self._deferrals.end(address)

    def _look(self) -> None:
        for noted in self._deferrals.noted(after=self._seen):
            self._pay(noted.recipient, HURRY_SECONDS[self._seen % len(HURRY_SECONDS)])
            self._seen += 1

    def _pay(self, address: str, after_seconds: float) -> None:
        """Pay as the customer of this address, once."""
        if facts := self._waiting.pop(address, None):
            self._paying.append(asyncio.create_task(self._publish(address, facts, after_seconds)))

    async def _publish(self, address: str, facts: list[Fact], after_seconds: float) -> None:
        await asyncio.sleep(after_seconds)
        await self._erp.publish([replace(fact, at=self.now_at) for fact in facts])
        self._deferrals.end(address)

    @property
    def seen(self) -> int:
        """How many mails were put off so far."""
        return self._seen - self._before

    def put_off(self) -> tuple[PutOffMail, ...]:
        """Every mail that was put off since this began, as the judge wants to see it."""
        return tuple(
            PutOffMail(one.recipient, one.headers.get("X-Kulant-Reminder", ""), one.began_at, one.answered_at)
            for one in self._deferrals.noted(after=self._before)
        )
