"""Shares the mail server's connections between the tenants' batches, without two waiting for each other's."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

PATIENCE_SECONDS = 0.5


class Taken:
    """Connections of one chunk, one for each of its mails."""

    def __init__(self, count: int, free: asyncio.Semaphore) -> None:
        self.count = count
        self._free = free
        self._held = count
        self._finished = 0
        self._is_late = False

    def finish(self) -> None:
        """One mail is done with its connection."""
        self._finished += 1
        if self._is_late:
            self._let_go(1)

    def hurry(self) -> None:
        """The chunk takes long: what its finished mails held is free from now on, not only at its end."""
        self._is_late = True
        self._let_go(self._finished)

    def close(self) -> None:
        """The chunk is over."""
        self._let_go(self._held)

    def _let_go(self, count: int) -> None:
        for _ in range(min(count, self._held)):
            self._held -= 1
            self._free.release()


class Places:
    """Waiting is first come, first served; whose turn it is takes what is free, at least one, and waits for no more.

    Chunks end together as a rule and are let go together, so that the next one is as large; only where one mail of a
    chunk is slow do the others' places go on before it.
    """

    def __init__(self, count: int, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._free = asyncio.Semaphore(count)
        self._turn = asyncio.Lock()
        self._patience_seconds = patience_seconds

    @asynccontextmanager
    async def take(self, most: int) -> AsyncIterator[Taken]:
        """Up to so many connections, until the block ends."""
        async with self._turn:
            await self._free.acquire()
            count = 1
            while count < most and not self._free.locked():
                await self._free.acquire()
                count += 1
        taken = Taken(count, self._free)
        late = asyncio.get_running_loop().call_later(self._patience_seconds, taken.hurry)
        try:
            yield taken
        finally:
            late.cancel()
            taken.close()
