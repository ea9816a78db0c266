"""Waiting that grows with each failure and ends at once when the process is told to stop."""

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
