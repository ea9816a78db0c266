"""The loop of components that work in the background."""

import asyncio
from collections.abc import Iterator

import pytest

from kulant_chassis.loop import Loop

FOR_EVER = 3_600.0


class Counting(Loop):
    """Takes the turns that it is given; after the last of them it tells so, and nothing is left to do."""

    def __init__(self, turns: Iterator[bool | Exception], news: asyncio.Event | None = None, is_deadly=False) -> None:
        super().__init__("counting", news=news, idle_seconds=FOR_EVER, longest_seconds=FOR_EVER)
        self.turns = turns
        self.taken = 0
        self.told: list[Exception] = []
        self.is_idle = asyncio.Event()
        self.is_deadly = is_deadly

    async def turn(self) -> bool:
        self.taken += 1
        step = next(self.turns, False)
        if isinstance(step, Exception):
            raise step
        if not step:
            self.is_idle.set()
        return step

    async def failed(self, error: Exception) -> None:
        self.told.append(error)
        if self.is_deadly:
            raise error


async def test_turns_follow_at_once_while_there_is_work_and_then_on_news():
    news = asyncio.Event()
    loop = Counting(iter([True, True, True]), news)
    await loop.start()
    await loop.is_idle.wait()
    assert loop.taken == 4
    loop.is_idle.clear()
    news.set()
    await loop.is_idle.wait()
    assert loop.taken == 5
    await loop.stop()
    assert loop.taken == 5


async def test_a_turn_that_failed_is_told_and_followed_by_another():
    trouble = ValueError("no luck")
    loop = Counting(iter([trouble, True]))
    await loop.start()
    await loop.is_idle.wait()
    assert (loop.told, loop.taken) == ([trouble], 3)
    assert loop.is_alive()
    await loop.stop()


async def test_a_loop_that_ended_by_itself_is_not_alive():
    loop = Counting(iter([ValueError("the end")]), is_deadly=True)
    await loop.start()
    with pytest.raises(ValueError, match="the end"):
        await loop._task
    assert not loop.is_alive()


async def test_a_loop_in_which_nothing_turns_is_not_alive(monkeypatch):
    loop = Counting(iter([]))
    assert loop.is_alive()
    monkeypatch.setattr("kulant_chassis.loop.SILENT_SECONDS", 0.0)
    assert not loop.is_alive()
