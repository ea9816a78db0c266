"""Everybody who plays a book before one stack: its ERP, its customers, those who pay in a hurry, and who listens."""

import asyncio
import heapq
from collections.abc import Awaitable, Callable, Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

from aiokafka.errors import KafkaError

from kulant_cli.book import Book
from kulant_cli.customers import Customers
from kulant_cli.days import SETTLE_SECONDS, settle
from kulant_cli.doors import Doors
from kulant_cli.entries import FRIDAY, MORNING
from kulant_cli.erp import Erp
from kulant_cli.facts import Fact, payments_checked
from kulant_cli.judge import Evidence, Expected, MailFile
from kulant_cli.listener import Listener
from kulant_cli.mailbox import Mailbox
from kulant_cli.racers import Racers
from kulant_cli.stack_info import StackInfo
from kulant_cli.stops import RunStopped
from kulant_cli.telling import daily_facts, opening_facts
from kulant_cli.wall_clock import WallClock
from kulant_contracts.erp import ErpCustomerChangedV1
from kulant_contracts.erp_changes import ErpPaymentReversedV1
from kulant_devstack.errors import StackFailed


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


class Stage:
    """One book's people; how patient its ERP and its visitors are is up to whoever gives them."""

    def __init__(self, info: StackInfo, book: Book, seed: int, *, clock: WallClock, erp: Erp, doors: Doors) -> None:
        self.erp = erp
        self.doors = doors
        self.customers = Customers(book, doors, clock, seed, info.smtp_address)
        self.mailbox = Mailbox(Path(info.mailbox_dir))
        self.stood: list[datetime] = []
        """Every instant at which the tenant's clock has stood."""
        facts = daily_facts(book)
        self.agenda = Agenda()
        self.agenda.add(fact for fact in facts if not fact.racing)
        self.racers = Racers(erp, [fact for fact in facts if fact.racing], book, Path(info.mailbox_dir))
        self._book = book
        self._listener = Listener(info.kafka, book.tenant, info.services)
        self._checked_on = book.starts_at.date()
        self._moving = asyncio.Lock()

    async def perform(self, acts: Callable[[], Awaitable[None]]) -> str | None:
        """Everybody comes, the acts are played as far as the stack lets them, everybody goes; what broke it off."""
        broken_off = None
        async with AsyncExitStack() as leaving:
            await leaving.enter_async_context(self.doors)
            await self.erp.start()
            leaving.push_async_callback(self.erp.stop)
            await self._listener.start()
            leaving.push_async_callback(self._listener.stop)
            racing = asyncio.create_task(self.racers.run())
            leaving.push_async_callback(end, racing)
            for part in (acts, self._listener.catch_up):
                try:
                    await part()
                except (RunStopped, KafkaError, StackFailed) as stopped:
                    broken_off = broken_off or _in_words(stopped)
        return broken_off

    async def open(self, *, limit_seconds: float = SETTLE_SECONDS) -> None:
        """Tell of the tenant and the parties, and wait until every service knows the tenant's clock."""
        await self.erp.publish(opening_facts(self._book))
        await settle(self.doors, self._book.starts_at, limit_seconds=limit_seconds)
        self.stood.append(self._book.starts_at)

    async def begin(self, at: datetime) -> None:
        """The ERP tells its news, and the clock moves on."""
        news = self.agenda.until(at)
        dawn = dawn_before(news, at)
        if dawn is not None and self.stood[-1] < dawn:
            await self.move_clock(dawn)
        await self.erp.publish(news)
        # Only once all that it speaks of is acknowledged; banks tell nothing on Saturdays and Sundays.
        if at.date() > self._checked_on and at.weekday() <= FRIDAY:
            self._checked_on = at.date()
            creditors = self._book.creditors
            await self.erp.publish(payments_checked(at.date(), one.creditor_id) for one in creditors)
        self.racers.now_at = at
        await self.move_clock(at)

    async def move_clock(self, at: datetime) -> None:
        """Move the tenant's clock."""
        async with self._moving:
            await self._move_clock(at)

    async def move_clock_by(self, delta: timedelta) -> None:
        """Move the tenant's clock on from where it stands once all moves before this one are done."""
        async with self._moving:
            await self._move_clock(self.stood[-1] + delta)

    async def _move_clock(self, at: datetime) -> None:
        await self.doors.move_clock(at)
        self.stood.append(at)

    def new_mails(self) -> list[MailFile]:
        """What has come to this book's customers since it was asked last."""
        return [mail for mail in self.mailbox.new() if any(self._book.tenant in one for one in mail.recipients)]

    def evidence(self, *, expected: Expected | None = None, something_was_killed: bool = False) -> Evidence:
        """All that could be seen."""
        return Evidence(
            tenant=self._book.tenant,
            facts=tuple(self.erp.published),
            records=tuple(self._listener.records),
            mails=tuple(self.mailbox.all()),
            answers=tuple(self.customers.answers),
            unsaid=tuple(self.customers.unsaid),
            clock=tuple(self.stood),
            something_was_killed=something_was_killed,
            put_off=self.racers.put_off(),
            expected=expected or Expected(),
        )


def dawn_before(news: Iterable[Fact], at: datetime) -> datetime | None:
    """Where the clock has to stand first, if a message may follow from the news itself: it is of that day then."""
    dawn = datetime.combine(at.date(), MORNING)
    is_answered_at_once = any(isinstance(fact.data, ErpPaymentReversedV1 | ErpCustomerChangedV1) for fact in news)
    return dawn if is_answered_at_once and dawn < at else None


async def end(task: "asyncio.Task[object]") -> None:
    """Cancel a task. What it ended with before is raised, unless it is what breaks a run off anyway."""
    task.cancel()
    (ended,) = await asyncio.gather(task, return_exceptions=True)
    if isinstance(ended, Exception) and not isinstance(ended, RunStopped | KafkaError | StackFailed):
        raise ended


def _in_words(stopped: Exception) -> str:
    """What broke a run off. The words of a RunStopped are for the person at the terminal, others need their type."""
    name, words = type(stopped).__name__, str(stopped)
    if isinstance(stopped, RunStopped) or words.startswith(name):  # Kafka's say it themselves
        return words or name
    return f"{name}: {words}" if words else name
