"""Plays a book through a running stack, day by day, and gathers the evidence for the judge."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time

from kulant_cli.book import Book
from kulant_cli.days import settle, steps
from kulant_cli.doors import Doors, Quiescence
from kulant_cli.erp import Erp
from kulant_cli.judge import Evidence, Expected
from kulant_cli.stack_info import StackInfo
from kulant_cli.stage import Stage
from kulant_cli.takings import Takings
from kulant_cli.wall_clock import WallClock


@dataclass(frozen=True, slots=True)
class Moment:
    """How far the play is, for whoever shows it. Money by currency, in minor units."""

    at: datetime
    step: int
    steps: int
    facts: int
    mails: int
    returned: int
    put_off: int
    answers: int
    overdue: Mapping[str, int]
    recovered: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Played:
    """What a play leaves behind."""

    evidence: Evidence
    pages: tuple[str, ...]
    broken_off: str | None


class Play:
    """One book on one stack."""

    def __init__(self, info: StackInfo, book: Book, times: tuple[time, ...], seed: int) -> None:
        self._book = book
        self._steps = tuple(at for at in steps(book.starts_at.date(), book.last_on, times) if at > book.starts_at)
        self._takings = Takings()
        clock = WallClock()
        erp = Erp(info.kafka, book.tenant, clock, self._takings.hear)
        doors = Doors(info.services, info.token().strip(), book.tenant)
        self._stage = Stage(info, book, seed, clock=clock, erp=erp, doors=doors)
        self._mails = 0

    def at_work(self) -> Mapping[str, Quiescence | str]:
        """What each service said last about its unfinished work."""
        return self._stage.doors.heard

    async def perform(self, show: Callable[[Moment], None]) -> Played:
        """Let all days pass, or as many as the stack gets through."""

        async def days() -> None:
            await self._stage.open()
            for number, at in enumerate(self._steps, start=1):
                await self._step(at)
                show(self._moment(at, number))

        broken_off = await self._stage.perform(days)
        races = any(payment.racing for payment in self._book.payments)
        evidence = self._stage.evidence(expected=Expected(self._book.each_behaviour, races))
        return Played(evidence, tuple(dict.fromkeys(self._stage.customers.pages)), broken_off)

    async def _step(self, at: datetime) -> None:
        """The ERP tells its news, the clock moves on, the system works, customers read and answer."""
        await self._stage.begin(at)
        await settle(self._stage.doors, at)
        if await self._let_customers_read(at):
            await settle(self._stage.doors, at)

    async def _let_customers_read(self, at: datetime) -> bool:
        """Whether anybody did anything about their mail."""
        customers = self._stage.customers
        before = len(customers.answers) + customers.bounces
        mails = self._stage.new_mails()
        self._mails += len(mails)
        self._stage.agenda.add(await customers.read(mails, at))
        for invoice_id in customers.reminded:
            self._takings.remind(invoice_id)
        return len(customers.answers) + customers.bounces > before

    def _moment(self, at: datetime, number: int) -> Moment:
        customers = self._stage.customers
        return Moment(
            at=at,
            step=number,
            steps=len(self._steps),
            facts=self._stage.erp.acknowledged,
            mails=self._mails,
            returned=customers.bounces,
            put_off=self._stage.racers.seen,
            answers=len(customers.answers),
            overdue=self._takings.overdue(at.date()),
            recovered=self._takings.recovered,
        )
