"""The load: a book played day by day, its ERP and its customers as busy while something is broken as at other times.

What the ERP was told as acknowledged, what the page answered and what the mailbox took is noted with the wall clock.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from aiokafka.errors import KafkaError

from kulant_cli.customers import Customers, NothingToSay
from kulant_cli.days import NotSettled, settle, steps
from kulant_cli.entries import FRIDAY
from kulant_cli.facts import payments_checked
from kulant_cli.judge import Evidence, MailFile
from kulant_cli.listener import Listener
from kulant_cli.mailbox import Mailbox
from kulant_cli.play import Agenda, dawn_before
from kulant_cli.racers import Racers
from kulant_cli.stack_info import StackInfo
from kulant_cli.stops import RunStopped
from kulant_cli.telling import daily_facts, opening_facts
from kulant_cli.wall_clock import WallClock
from kulant_devstack.errors import StackFailed
from tests.faults.patient import AGAIN_SECONDS, PATIENCE_SECONDS, PatientDoors, PatientErp
from tests.faults.waves import NINE, Crossing, Waves

LAG_SECONDS = 60.0
"""So long after the last harm of a step everything may be busy, no longer."""
_LOOK_SECONDS = 5.0

Harming = Callable[[int, Callable[[], int]], Awaitable[None]]
"""Does the harms of a step; is told how to see how many mails have left in it."""


@dataclass(frozen=True, slots=True)
class Played:
    """What the load leaves behind."""

    evidence: Evidence
    broken_off: str | None
    lags: tuple[float, ...]
    """Of every step the seconds from the end of its last harm (of its own beginning, if there was none) to silence."""


class Load:
    """One book with its waves on one stack."""

    def __init__(self, info: StackInfo, waves: Waves, seed: int) -> None:
        book = waves.book
        self._waves = waves
        self._book = book
        self._clock = WallClock()
        self._rng = random.Random(f"load {seed}")
        self._steps = load_steps(waves)
        self._erp = PatientErp(info.kafka, book.tenant, self._clock)
        self._doors = PatientDoors(info.services, info.token().strip(), book.tenant)
        self._customers = Customers(book, self._doors, self._clock, seed, info.smtp_address)
        facts = daily_facts(book)
        self._racers = Racers(self._erp, [fact for fact in facts if fact.racing], book, Path(info.mailbox_dir))
        self._agenda = Agenda()
        self._agenda.add(fact for fact in facts if not fact.racing)
        self._listener = Listener(info.kafka, book.tenant, info.services)
        self._mailbox = Mailbox(Path(info.mailbox_dir))
        self._unread: list[MailFile] = []
        self._stood: list[datetime] = []
        self._lags: list[float] = []
        self._checked_on = book.starts_at.date()

    @property
    def now_at(self) -> datetime:
        """Where the tenant's clock stands."""
        return self._stood[-1]

    async def move_clock(self, at: datetime) -> None:
        """Move the tenant's clock."""
        await self._doors.move_clock(at)
        self._stood.append(at)

    async def perform(self, harming: Harming, show: Callable[[str], None]) -> Played:
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
                await self._open()
                for number, at in enumerate(self._steps, start=1):
                    await self._step(number, at, harming)
                    show(f"{at:%a %d %b}: {self._erp.acknowledged} facts, {self._mailbox.count()} mails")
            except (RunStopped, KafkaError, StackFailed) as stopped:
                broken_off = f"{type(stopped).__name__}: {stopped}"
            try:
                await self._listener.catch_up()
            except (RunStopped, KafkaError) as stopped:
                broken_off = broken_off or str(stopped)
        return Played(self._evidence(), broken_off, tuple(self._lags))

    async def _open(self) -> None:
        await self._erp.publish(opening_facts(self._book))
        await settle(self._doors, self._book.starts_at, limit_seconds=LAG_SECONDS)
        self._stood.append(self._book.starts_at)

    async def _step(self, number: int, at: datetime, harming: Harming) -> None:
        """The ERP tells its news, the clock moves on, and while the system works more is told and answered."""
        before = self._mailbox.count()
        done = asyncio.create_task(harming(number, lambda: self._mailbox.count() - before))
        try:
            news = self._agenda.until(at)
            dawn = dawn_before(news, at)
            if dawn is not None and self.now_at < dawn:
                await self.move_clock(dawn)
            await self._erp.publish(news)
            if at.date() > self._checked_on and at.weekday() <= FRIDAY:
                self._checked_on = at.date()
                creditors = self._book.creditors
                await self._erp.publish(payments_checked(at.date(), one.creditor_id) for one in creditors)
            self._racers.now_at = at
            await self.move_clock(at)
            unread, self._unread = self._unread, []
            meanwhile = [one for one in self._waves.crossings if one.on == at.date()]
            await asyncio.gather(self._read(unread, at), *map(self._cross, meanwhile))
            await self._settle(done)
            mails = self._new_mails()
            at_once = [mail for mail in mails if self._rng.random() < 0.5]
            self._unread = [mail for mail in mails if mail not in at_once]
            if at_once:
                await self._read(at_once, at)
                await self._settle(done)
        finally:
            await _end(done)

    async def _cross(self, crossing: Crossing) -> None:
        await asyncio.sleep(crossing.after_seconds)
        await self._erp.publish([crossing.fact])

    def _new_mails(self) -> list[MailFile]:
        return [mail for mail in self._mailbox.new() if any(self._book.tenant in one for one in mail.recipients)]

    async def _read(self, mails: Sequence[MailFile], at: datetime) -> None:
        """Let customers deal with their mail, each until it was heard."""
        told = await asyncio.gather(*(self._deal(mail, at) for mail in mails))
        self._agenda.add(fact for facts in told for fact in facts)

    async def _deal(self, mail: MailFile, at: datetime) -> Iterable:
        loop = asyncio.get_running_loop()
        give_up_at = loop.time() + PATIENCE_SECONDS
        while True:
            try:
                return await self._customers.read([mail], at)
            except NothingToSay:
                return []
            except RunStopped:
                if loop.time() > give_up_at:
                    raise
                await asyncio.sleep(AGAIN_SECONDS)

    async def _settle(self, harming: "asyncio.Task[None]") -> None:
        """Wait until all harm is mended and everything is quiet; raises NotSettled when that takes too long.

        The time counts from when both the harm and what customers did meanwhile are over.
        """
        loop = asyncio.get_running_loop()
        began_at = loop.time()
        if not harming.done():
            await asyncio.wait([harming])
            began_at = loop.time()
        harming.result()
        while True:
            try:
                await settle(self._doors, self.now_at, limit_seconds=_LOOK_SECONDS)
            except NotSettled as busy:
                if loop.time() - began_at > LAG_SECONDS:
                    raise NotSettled(f"{LAG_SECONDS:.0f} s after the last harm: {busy}") from busy
            else:
                self._lags.append(loop.time() - began_at)
                return

    def _evidence(self) -> Evidence:
        return Evidence(
            tenant=self._book.tenant,
            facts=tuple(self._erp.published),
            records=tuple(self._listener.records),
            mails=tuple(self._mailbox.all()),
            answers=tuple(self._customers.answers),
            clock=tuple(self._stood),
            something_was_killed=True,
            put_off=self._racers.put_off(),
        )


def load_steps(waves: Waves) -> tuple[datetime, ...]:
    """The instants at which the clock will stand, one a day."""
    book = waves.book
    return tuple(at for at in steps(book.starts_at.date(), book.last_on, (NINE,)) if at > book.starts_at)


async def _end(task: "asyncio.Task[None]") -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
