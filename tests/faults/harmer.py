"""Does the drawn harms, each in its step and at its moment, and notes when."""

import asyncio
from collections.abc import Callable, Iterable
from datetime import timedelta

from kulant_cli.wall_clock import WallClock
from tests.faults import harms
from tests.faults.fleet import Fleet
from tests.faults.harms import Done, Harm
from tests.faults.load import Load

_POLL_SECONDS = 0.005
_CLOCK_MOVES = timedelta(minutes=1)


class Harmer:
    """The harms of one run."""

    def __init__(self, fleet: Fleet, load: Load, drawn: Iterable[Harm], say: Callable[[str], None]) -> None:
        self._fleet = fleet
        self._load = load
        self._by_step: dict[int, list[Harm]] = {}
        for harm in drawn:
            self._by_step.setdefault(harm.step, []).append(harm)
        self._say = say
        self._clock = WallClock()
        self.done: list[Done] = []

    async def step(self, number: int, mails: Callable[[], int]) -> None:
        """Do the harms of this step, one after the other but for those on top of others."""
        piles: list[list[Harm]] = []
        for harm in self._by_step.get(number, ()):
            if harm.is_on_top:
                piles[-1].append(harm)
            else:
                piles.append([harm])
        for pile in piles:
            await self._moment(pile[0], mails)
            await asyncio.gather(*(self._do(harm, mails) for harm in pile))

    async def _do(self, harm: Harm, mails: Callable[[], int]) -> None:
        began_at, left = self._clock.now(), mails()
        try:
            await self._inflict(harm)
        finally:  # what was cut short, as the run broke off, was done all the same
            self.done.append(Done(harm, began_at, self._clock.now()))
        self._say(f"  {harm}{', on top' if harm.is_on_top else ''}, after {left} mails")

    async def _moment(self, harm: Harm, mails: Callable[[], int]) -> None:
        loop = asyncio.get_running_loop()
        at_the_latest = loop.time() + harm.after_seconds
        while loop.time() < at_the_latest and (harm.after_mails is None or mails() < harm.after_mails):
            await asyncio.sleep(_POLL_SECONDS)

    async def _inflict(self, harm: Harm) -> None:
        if harm.kind == harms.CLOCK:
            await self._load.move_clock_by(_CLOCK_MOVES)
        else:
            await self._fleet.inflict(harm)
