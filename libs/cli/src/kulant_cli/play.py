"""Plays a book through a running stack, day by day, and gathers the evidence for the judge."""

import asyncio
import heapq
from collections.abc import Callable, Iterable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime, time
from itertools import count
from pathlib import Path

from aiokafka.errors import KafkaError

from kulant_cli.book import Book
from kulant_cli.customers import Customers
from kulant_cli.days import settle, steps
from kulant_cli.doors import Doors, Quiescence
from kulant_cli.entries import FRIDAY, MORNING
from kulant_cli.erp import Erp
from kulant_cli.facts import Fact, payments_checked
from kulant_cli.judge import Evidence, Expected
from kulant_cli.listener import Listener
from kulant_cli.mailbox import Mailbox
from kulant_cli.racers import Racers
from kulant_cli.stack_info import StackInfo
from kulant_cli.stops import RunStopped
from kulant_cli.takings import Takings
from kulant_cli.telling import daily_facts, opening_facts
from kulant_cli.wall_clock import WallClock
from kulant_contracts.erp import ErpCustomerChangedV1
from kulant_contracts.erp_changes import ErpPaymentReversedV1


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


@dataclass(slots=True)
class Agenda:
    """Facts that wait for their day, the earliest first."""

    _facts: list[tuple[datetime, int, Fact]] = field(default_factory=list)
    _numbers: "count[int]" = field(default_factory=count)

    def add(self, facts: Iterable[Fact]) -> None:
        """These come too."""
        for fact in facts:
            heapq.heappush(self._facts, (fact.at, next(self._numbers), fact))

    def until(self, at: datetime) -> list[Fact]:
        """Those whose moment has come, once."""
        found = []
        while self._facts and self._facts[0][0] <= at:
            found.append(heapq.heappop(self._facts)[2])
        return found


class Play:
    """One book on one stack."""

    def __init__(self, info: StackInfo, book: Book, times: tuple[time, ...], seed: int) -> None:
        self._info = info
        self._book = book
        self._steps = tuple(at for at in steps(book.starts_at.date(), book.last_on, times) if at > book.starts_at)
        self._clock = WallClock()
        self._takings = Takings()
        self._erp = Erp(info.kafka, book.tenant, self._clock, self._takings.hear)
        self._doors = Doors(info.services, info.token().strip(), book.tenant)
        self._customers = Customers(book, self._doors, self._clock, seed, info.smtp_address)
        facts = daily_facts(book)
        self._racers = Racers(self._erp, [fact for fact in facts if fact.racing], book, Path(info.mailbox_dir))
        self._agenda = Agenda()
        self._agenda.add(fact for fact in facts if not fact.racing)
        self._listener = Listener(info.kafka, book.tenant, info.services)
        self._mailbox = Mailbox(Path(info.mailbox_dir))
        self._mails = 0
        self._stood: list[datetime] = []
        self._checked_on = book.starts_at.date()

    def at_work(self) -> Mapping[str, Quiescence | str]:
        """What each service said last about its unfinished work."""
        return self._doors.heard

    async def perform(self, show: Callable[[Moment], None]) -> Played:
        """Let all days pass, or as many as the stack gets through."""
        broken_off = None
        async with AsyncExitStack() as leaving:
            await leaving.enter_async_context(self._doors)
            await self._erp.start()
            leaving.push_async_callback(self._erp.stop)
            await self._listener.start()
            leaving.push_async_callback(self._listener.stop)
            racing = asyncio.create_task(self._racers.run())
            leaving.push_async_callback(_end, racing)
            try:
                await self._let_time_pass(show)
            except (RunStopped, KafkaError) as stopped:
                broken_off = str(stopped)
            try:
                await self._listener.catch_up()
            except (RunStopped, KafkaError) as stopped:
                broken_off = broken_off or str(stopped)
        return Played(self._evidence(), tuple(dict.fromkeys(self._customers.pages)), broken_off)

    async def _let_time_pass(self, show: Callable[[Moment], None]) -> None:
        await self._open()
        for number, at in enumerate(self._steps, start=1):
            await self._step(at)
            show(self._moment(at, number))

    async def _open(self) -> None:
        """Tell of the tenant and the parties, and wait until every service knows the tenant's clock."""
        await self._erp.publish(opening_facts(self._book))
        await settle(self._doors, self._book.starts_at)
        self._stood.append(self._book.starts_at)

    async def _step(self, at: datetime) -> None:
        """The ERP tells its news, the clock moves on, the system works, customers read and answer."""
        news = self._agenda.until(at)
        dawn = dawn_before(news, at)
        if dawn is not None and self._stood[-1] < dawn:
            await self._move_clock(dawn)
        await self._erp.publish(news)
        # Only once all that it speaks of is acknowledged; banks tell nothing on Saturdays and Sundays.
        if at.date() > self._checked_on and at.weekday() <= FRIDAY:
            self._checked_on = at.date()
            creditors = self._book.creditors
            await self._erp.publish(payments_checked(at.date(), one.creditor_id) for one in creditors)
        self._racers.now_at = at
        await self._move_clock(at)
        await settle(self._doors, at)
        if await self._let_customers_read(at):
            await settle(self._doors, at)

    async def _move_clock(self, at: datetime) -> None:
        await self._doors.move_clock(at)
        self._stood.append(at)

    async def _let_customers_read(self, at: datetime) -> bool:
        """Whether anybody did anything about their mail."""
        before = len(self._customers.answers) + self._customers.bounces
        mails = [mail for mail in self._mailbox.new() if any(self._book.tenant in one for one in mail.recipients)]
        self._mails += len(mails)
        self._agenda.add(await self._customers.read(mails, at))
        for invoice_id in self._customers.reminded:
            self._takings.remind(invoice_id)
        return len(self._customers.answers) + self._customers.bounces > before

    def _moment(self, at: datetime, number: int) -> Moment:
        return Moment(
            at=at,
            step=number,
            steps=len(self._steps),
            facts=self._erp.acknowledged,
            mails=self._mails,
            returned=self._customers.bounces,
            put_off=self._racers.seen,
            answers=len(self._customers.answers),
            overdue=self._takings.overdue(at.date()),
            recovered=self._takings.recovered,
        )

    def _evidence(self) -> Evidence:
        return Evidence(
            tenant=self._book.tenant,
            facts=tuple(self._erp.published),
            records=tuple(self._listener.records),
            mails=tuple(self._mailbox.all()),
            answers=tuple(self._customers.answers),
            clock=tuple(self._stood),
            put_off=self._racers.put_off(),
            expected=Expected(self._book.each_behaviour, any(payment.racing for payment in self._book.payments)),
        )


def dawn_before(news: Iterable[Fact], at: datetime) -> datetime | None:
    """Where the clock has to stand first, if a message may follow from the news itself: it is of that day then."""
    dawn = datetime.combine(at.date(), MORNING)
    is_answered_at_once = any(isinstance(fact.data, ErpPaymentReversedV1 | ErpCustomerChangedV1) for fact in news)
    return dawn if is_answered_at_once and dawn < at else None


async def _end(task: "asyncio.Task[None]") -> None:
    """Cancel a task. What it ended with before is raised, unless it is what breaks a run off anyway."""
    task.cancel()
    (ended,) = await asyncio.gather(task, return_exceptions=True)
    if isinstance(ended, Exception) and not isinstance(ended, RunStopped | KafkaError):
        raise ended
