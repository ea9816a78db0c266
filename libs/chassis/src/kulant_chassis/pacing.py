"""Waiting: longer with each failure, shorter when there is news, over at once when the process is told to stop."""

import asyncio
import contextlib
import random

FIRST_SECONDS = 0.1
LONGEST_SECONDS = 10.0


class Backoff:
    """Doubling pauses with jitter, from a tenth of a second to ten."""

    def __init__(self) -> None:
        self.failures = 0

    def next_seconds(self) -> float:
        """How long to wait after one more failure."""
        self.failures += 1
        longest = min(FIRST_SECONDS * 2 ** (self.failures - 1), LONGEST_SECONDS)
        return float(longest * random.uniform(0.5, 1.0))

    def reset(self) -> None:
        """The work succeeded."""
        self.failures = 0


async def pause(stopping: asyncio.Event, seconds: float) -> None:
    """Wait so long, or until the process stops."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stopping.wait()


class Bell:
    """Rings when this process committed something that others in it may have to act on; they need not wait to poll."""

    def __init__(self) -> None:
        self._ears: list[asyncio.Event] = []

    def listen(self) -> asyncio.Event:
        """An event that is set by each ring; its owner clears it before it looks, so that no ring is lost."""
        ear = asyncio.Event()
        self._ears.append(ear)
        return ear

    def ring(self) -> None:
        """Wake all who listen."""
        for ear in self._ears:
            ear.set()


async def pause_until(news: asyncio.Event, seconds: float, *, at_least: float = 0.0) -> None:
    """Wait for news, but only so long; `at_least` keeps a stream of news from becoming a stream of questions."""
    await asyncio.sleep(at_least)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(max(seconds - at_least, 0.0)):
            await news.wait()
