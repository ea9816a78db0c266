"""The load: a book played day by day, its ERP and its customers as busy while something is broken as at other times.

What the ERP was told as acknowledged, what the page answered and what the mailbox took is noted with the wall clock.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from kulant_cli.days import NotSettled, settle, steps
from kulant_cli.judge import Evidence, MailFile
from kulant_cli.stack_info import StackInfo
from kulant_cli.stage import Stage, end
from kulant_cli.stops import RunStopped
from kulant_cli.wall_clock import WallClock
from tests.faults.patient import AGAIN_SECONDS, PATIENCE_SECONDS, PatientDoors, PatientErp
from tests.faults.waves import NINE, Crossing, Waves

LAG_SECONDS = 60.0
"""So long after the last harm of a step anything may be busy, a client that tries again included; no longer."""
_LAST_LOOK_SECONDS = 1.0
"""Where clients alone have taken all that time, it still says who is busy, or that nobody is any more."""

Harming = Callable[[int, Callable[[], int]], Awaitable[None]]
"""Does the harms of a step; is told how to see how many mails have left in it."""


@dataclass(frozen=True, slots=True)
class Played:
    """What the load leaves behind."""

    evidence: Evidence
    broken_off: str | None
    lags: tuple[float, ...]
    """Of every wait the seconds from the end of its step's last harm, or from its own beginning, to silence."""


class Load:
    """One book with its waves on one stack."""

    def __init__(self, info: StackInfo, waves: Waves, seed: int) -> None:
        book = waves.book
        self._waves = waves
        self._rng = random.Random(f"load {seed}")
        self._steps = load_steps(waves)
        clock = WallClock()
        erp = PatientErp(info.kafka, book.tenant, clock)
        doors = PatientDoors(info.services, info.token().strip(), book.tenant)
        self._stage = Stage(info, book, seed, clock=clock, erp=erp, doors=doors)
        self._unread: list[MailFile] = []
        self._lags: list[float] = []

    @property
    def now_at(self) -> datetime:
        """Where the tenant's clock stands."""
        return self._stage.stood[-1]

    async def move_clock_by(self, delta: timedelta) -> None:
        """Move the tenant's clock on from where it stands."""
        await self._stage.move_clock_by(delta)

    async def perform(self, harming: Harming, show: Callable[[str], None]) -> Played:
        """Let all days pass, or as many as the stack gets through."""

        async def days() -> None:
            await self._stage.open(limit_seconds=LAG_SECONDS)
            for number, at in enumerate(self._steps, start=1):
                await self._step(number, at, harming)
                show(f"{at:%a %d %b}: {self._stage.erp.acknowledged} facts, {self._stage.mailbox.count()} mails")

        broken_off = await self._stage.perform(days)
        return Played(self._stage.evidence(something_was_killed=True), broken_off, tuple(self._lags))

    async def _step(self, number: int, at: datetime, harming: Harming) -> None:
        """The ERP tells its news, the clock moves on, and while the system works more is told and answered."""
        before = self._stage.mailbox.count()
        loop = asyncio.get_running_loop()

        async def harm() -> float:
            await harming(number, lambda: self._stage.mailbox.count() - before)
            return loop.time()

        began_at = loop.time()
        mended_at = asyncio.create_task(harm())
        try:
            await self._stage.begin(at)
            unread, self._unread = self._unread, []
            meanwhile = [one for one in self._waves.crossings if one.on == at.date()]
            await asyncio.gather(self._read(unread, at), *map(self._cross, meanwhile))
            await self._settle(began_at, mended_at)
            mails = self._stage.new_mails()
            at_once = [mail for mail in mails if self._rng.random() < 0.5]
            self._unread = [mail for mail in mails if mail not in at_once]
            if at_once:
                began_at = loop.time()
                await self._read(at_once, at)
                await self._settle(began_at, mended_at)
        finally:
            await end(mended_at)

    async def _cross(self, crossing: Crossing) -> None:
        await asyncio.sleep(crossing.after_seconds)
        await self._stage.erp.publish([crossing.fact])

    async def _read(self, mails: Sequence[MailFile], at: datetime) -> None:
        """Let customers deal with their mail, each until it was heard."""
        told = await asyncio.gather(*(self._deal(mail, at) for mail in mails))
        self._stage.agenda.add(fact for facts in told for fact in facts)

    async def _deal(self, mail: MailFile, at: datetime) -> Iterable:
        loop = asyncio.get_running_loop()
        give_up_at = loop.time() + PATIENCE_SECONDS
        while True:
            try:
                return await self._stage.customers.read([mail], at)
            except RunStopped:
                if loop.time() > give_up_at:
                    raise
                await asyncio.sleep(AGAIN_SECONDS)

    async def _settle(self, began_at: float, mended_at: "asyncio.Task[float]") -> None:
        """Wait until all harm is mended and everything is quiet; raises NotSettled when that takes too long.

        The time counts from the end of the last harm, or from `began_at` if that is later. ERP and customers try again
        for longer than that: while they have to, all is not well yet.
        """
        loop = asyncio.get_running_loop()
        since = max(began_at, await mended_at)
        left = since + LAG_SECONDS - loop.time()
        try:
            await settle(self._stage.doors, self.now_at, limit_seconds=max(left, _LAST_LOOK_SECONDS))
        except NotSettled as busy:
            raise NotSettled(f"{LAG_SECONDS:.0f} s after the last harm: {busy}") from busy
        lag = loop.time() - since
        self._lags.append(lag)
        if lag > LAG_SECONDS:
            raise NotSettled(f"all was quiet only {lag:.1f} s after the last harm")


def load_steps(waves: Waves) -> tuple[datetime, ...]:
    """The instants at which the clock will stand, one a day."""
    book = waves.book
    return tuple(at for at in steps(book.starts_at.date(), book.last_on, (NINE,)) if at > book.starts_at)
