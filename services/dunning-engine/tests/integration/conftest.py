"""The engine on a real database; facts come as batches, the clock moves by hand, events are read from the outbox."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from engine_wire_builders import source_of, tenant_changed
from sqlalchemy import text

from dunning_engine.bus.subscriptions import reads
from dunning_engine.main import engine, work_of
from dunning_engine.store.marks import WOKEN
from dunning_engine.usecases.look_again import look_again
from kulant_chassis.database import Database
from kulant_chassis.migrations import upgrade
from kulant_chassis.received import Received
from kulant_chassis.timers import Timers, count_due
from kulant_chassis.transaction import Cause
from kulant_contracts.envelope import Envelope, Event, EventData, decode, key_of
from kulant_contracts.registry import EVENTS

TENANT = "acme"


def migrate(url: str) -> None:
    upgrade("dunning_engine", url)


@dataclass
class Desk:
    """Where facts are handed in and decisions come out."""

    database: Database
    given: Counter = field(default_factory=Counter)
    version: int = 1

    def __post_init__(self) -> None:
        self.engine = engine()
        self.reads = reads(self.engine, work_of)

    def received(self, data: EventData, traceparent: str | None = None, sequence: int | None = None) -> Received:
        key, source = key_of(TENANT, data), source_of(data)
        self.given[source, data.TOPIC, key] += 1
        envelope = Envelope(
            id=str(uuid4()),
            source=source,
            type=data.TYPE,
            time=datetime.fromisoformat("2026-03-01T00:00:00Z"),
            tenantid=TENANT,
            partitionkey=key,
            sequence=sequence or self.given[source, data.TOPIC, key],
        )
        cause = Cause(traceparent, None, envelope.id, envelope.id)
        return Received(Event(envelope, data), key, data.TOPIC, 0, 0, cause, None)

    async def tell(self, *facts: EventData, traceparent: str | None = None) -> list[Received]:
        """One batch of facts that have not been told before."""
        batch = [self.received(data, traceparent) for data in facts]
        await self.hand_in(batch)
        return batch

    async def hand_in(self, batch: Sequence[Received]) -> None:
        """What the consumer does with a batch: lock, drop what was had, apply."""
        async with self.database.begin() as transaction:
            await transaction.lock([one.key for one in batch])
            fresh = [
                one
                for one in batch
                if transaction.key(one.key).take(one.event.envelope.source, one.topic, one.event.envelope.sequence)
            ]
            if fresh:
                await self.reads.handle(transaction, fresh)

    async def clock(self, now_at: datetime) -> None:
        """The tenant's clock moves, and everything that is due by then is done."""
        self.version += 1
        await self.tell(tenant_changed(now_at, self.version))
        await self.settle()

    async def settle(self) -> None:
        async def look(transaction, due):
            await look_again(work_of(transaction), self.engine, [(one.key, one.tenant) for one in due])

        timers = Timers(self.database, look, woken=WOKEN)
        await timers.start()
        try:
            async with asyncio.timeout(20):
                while await self.due():
                    await asyncio.sleep(0.02)
        finally:
            await timers.stop()

    async def due(self) -> int:
        async with self.database.begin() as transaction:
            return await count_due(transaction.connection, transaction.started_at, WOKEN)

    async def said(self, *classes: type[EventData]) -> list[Any]:
        """What was given out so far, of these types."""
        return [event.data for event in await self.events() if isinstance(event.data, classes or EventData)]

    async def events(self) -> list[Event]:
        return [decode(row.value, [], EVENTS) for row in await self.rows("SELECT value FROM outbox ORDER BY id")]

    async def rows(self, query: str, **parameters: object) -> Sequence[Any]:
        async with self.database.read() as connection:
            return (await connection.execute(text(query), parameters)).all()


@pytest.fixture
def database_url(fresh_database) -> str:
    return fresh_database("dunning_engine", migrate)


@pytest.fixture
async def desk(database_url) -> AsyncIterator[Desk]:
    database = Database(database_url, source="/kulant/dunning-engine")
    yield Desk(database)
    await database.close()
