"""Opens transactions: the one place where a commit happens."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from kulant_chassis.clock import Clock, WallClock
from kulant_chassis.pacing import Bell
from kulant_chassis.transaction import Transaction

# A process that was stopped with an open transaction must not hold its customers' rows for ever: the server ends it,
# and what it tries to commit later fails.
_SERVER_SETTINGS = {
    "timezone": "UTC",
    "idle_in_transaction_session_timeout": "10s",
    "statement_timeout": "60s",
    "lock_timeout": "20s",
}


class Database:
    """One service's own database.

    `news` rings after each commit that recorded events or applied facts: the loops of this process then look at once.
    """

    def __init__(
        self,
        url: str,
        *,
        source: str = "/kulant/test",
        clock: Clock | None = None,
        topic_prefix: str = "",
        pool_size: int = 10,
    ) -> None:
        self.engine: AsyncEngine = create_async_engine(
            url.replace("postgresql://", "postgresql+asyncpg://", 1),
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=20,
            pool_pre_ping=False,
            # Few connections do most of the work: each has to prepare its statements and to learn types on its own.
            pool_use_lifo=True,
            connect_args={"server_settings": {**_SERVER_SETTINGS, "application_name": source}, "timeout": 10},
        )
        self._glancing = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        self.news = Bell()
        self._source = source
        self._clock = clock or WallClock()
        self._topic_prefix = topic_prefix

    @asynccontextmanager
    async def begin(self, *, applies_facts: bool = False) -> AsyncIterator[Transaction]:
        """A transaction that commits when the block ends and rolls back when it raises."""
        async with self.engine.connect() as connection:
            async with connection.begin():
                transaction = Transaction(
                    connection,
                    source=self._source,
                    started_at=self._clock.now(),
                    topic_prefix=self._topic_prefix,
                )
                yield transaction
                await transaction.flush()
            if applies_facts or transaction.gives_out:
                self.news.ring()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A read-only connection that sees one consistent moment (REPEATABLE READ)."""
        async with self.engine.connect() as connection:
            await connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))
            yield connection

    @asynccontextmanager
    async def glance(self) -> AsyncIterator[AsyncConnection]:
        """A connection for single questions that are asked many times a second: no transaction around them."""
        async with self._glancing.connect() as connection:
            yield connection

    @property
    def clock(self) -> Clock:
        """The machine time that transactions begin with."""
        return self._clock

    async def ping(self) -> None:
        """Ask the server for a sign of life; raises what the driver raises."""
        async with self.glance() as connection:
            await connection.execute(text("SELECT 1"))

    async def close(self) -> None:
        """Give back all connections."""
        await self.engine.dispose()
