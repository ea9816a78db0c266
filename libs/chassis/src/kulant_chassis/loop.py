"""The loop of a component: turn after turn, at once while there is work, on news, or after a growing while."""

import asyncio
from abc import ABC, abstractmethod
from time import monotonic

from kulant_chassis.pacing import Backoff, pause, pause_until

SILENT_SECONDS = 120.0
_GROWTH = 1.5


class Loop(ABC):
    """Takes turns in the background until it is stopped.

    `news` is rung by whoever may have made work (see `Database.news`). Without work and news the next turn comes after
    `idle_seconds`, then after half as long again, up to `longest_seconds`. `at_least`: so long a pause is at any rate,
    lest a stream of news become a stream of questions.
    """

    def __init__(
        self,
        name: str,
        *,
        news: asyncio.Event | None = None,
        idle_seconds: float,
        longest_seconds: float,
        at_least: float = 0.0,
    ) -> None:
        self.name = name
        self.stopping = asyncio.Event()
        self._news = news or asyncio.Event()
        self._idle_seconds = idle_seconds
        self._longest_seconds = longest_seconds
        self._at_least = at_least
        self._task: asyncio.Task[None] | None = None
        self._turned_at = monotonic()

    @abstractmethod
    async def turn(self) -> bool:
        """Do some of the work; True where there may be more."""

    @abstractmethod
    async def failed(self, error: Exception) -> None:
        """Tell of what a turn raised; the next one comes after a back-off. What this raises ends the loop."""

    async def start(self) -> None:
        """Begin in the background."""
        self._task = asyncio.create_task(self._run(), name=self.name)

    async def stop(self) -> None:
        """Finish the turn in hand and end."""
        self.stopping.set()
        self._news.set()
        if self._task is not None:
            await self._task

    def is_alive(self) -> bool:
        """Does the loop still turn?"""
        is_over = self._task is not None and self._task.done() and not self.stopping.is_set()
        return not is_over and monotonic() - self._turned_at < SILENT_SECONDS

    def is_turning(self) -> None:
        """A long turn tells that it gets on."""
        self._turned_at = monotonic()

    async def _run(self) -> None:
        backoff, idle_seconds = Backoff(), self._idle_seconds
        while not self.stopping.is_set():
            self.is_turning()
            self._news.clear()
            try:
                is_more = await self.turn()
            except Exception as error:  # noqa: BLE001 -- told from bugs by whoever takes the turns
                await self.failed(error)
                await pause(self.stopping, backoff.next_seconds())
                continue
            backoff.reset()
            if is_more:
                idle_seconds = self._idle_seconds
            else:
                await pause_until(self._news, idle_seconds, at_least=self._at_least)
                idle_seconds = min(idle_seconds * _GROWTH, self._longest_seconds)
