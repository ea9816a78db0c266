import asyncio

import pytest

from kulant_chassis import process


class Part:
    """A component that is alive as often as it was told."""

    name = "relay"

    def __init__(self, *alive):
        self.alive = list(alive)

    async def start(self) -> None:
        """Nothing begins."""

    async def stop(self) -> None:
        """Nothing ends."""

    def is_alive(self):
        return self.alive.pop(0) if self.alive else True


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch):
    monkeypatch.setattr(process, "WATCH_SECONDS", 0.001)


async def test_a_process_ends_when_a_part_of_it_is_dead():
    assert not await process._watch([Part(True, True), Part(True, False, False)], asyncio.Event())


async def test_a_part_that_was_silent_once_is_let_catch_its_breath():
    stopping = asyncio.Event()
    part = Part(True, False, True, False, True)
    watching = asyncio.create_task(process._watch([part], stopping))
    while part.alive:
        await asyncio.sleep(0)

    stopping.set()

    assert await watching
