"""Harms are noted with their time, also where a run that breaks off cuts them short."""

import asyncio

import pytest

from tests.faults.harmer import Harmer
from tests.faults.harms import CLOCK, SLOW, Harm


class Fleet:
    """Does a harm for ever."""

    async def inflict(self, _harm):
        await asyncio.sleep(60)


class Load:
    """Notes how its clock was moved."""

    def __init__(self):
        self.moved = []

    async def move_clock_by(self, delta):
        self.moved.append(delta)


async def test_a_harm_that_was_cut_short_was_done():
    harm = Harm(SLOW, "notifier to smtp", 1, None, 0.0, 60.0)
    harmer = Harmer(Fleet(), Load(), [harm], lambda _: None)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await harmer.step(1, lambda: 0)
    assert [one.harm for one in harmer.done] == [harm]


async def test_the_clock_is_moved_on_from_wherever_it_stands():
    load = Load()
    harmer = Harmer(Fleet(), load, [Harm(CLOCK, "tenant", 1, None, 0.0, 0.0)], lambda _: None)
    await harmer.step(1, lambda: 0)
    assert [delta.total_seconds() for delta in load.moved] == [60]
