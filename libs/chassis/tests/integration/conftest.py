"""A toy service on real servers: its one effect is a row per event, so that losses and repetitions show."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from sqlalchemy import text

from kulant_chassis.consumer import Consumer
from kulant_chassis.database import Database
from kulant_chassis.logs import start_logging
from kulant_chassis.received import Parked, Poison, Reads, Received, Resolved
from kulant_chassis.schema import UPGRADE_0001, UPGRADE_0002
from kulant_chassis.transaction import Transaction
from kulant_contracts import topics
from kulant_contracts.case import CaseClosedV1
from kulant_contracts.envelope import CONTENT_TYPE_HEADER, Envelope, encode

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SOURCE = "/kulant/dunning-engine"
PARTITIONS = 3


start_logging("toy", "WARNING")


def migrate(url: str) -> None:
    """The chassis' own tables and the toy's one."""

    async def run() -> None:
        connection = await asyncpg.connect(url)
        for statement in (
            *UPGRADE_0001,
            *UPGRADE_0002,
            "CREATE TABLE effect (key text, case_id text, sequence bigint)",
        ):
            await connection.execute(statement)
        await connection.close()

    asyncio.run(run())


def closed(customer: str, case_id: str, sequence: int, **envelope: object) -> bytes:
    """One event about a customer as bytes on the wire."""
    data = CaseClosedV1(customer_id=customer, case_id=case_id, creditor_id="main", at=NOW, reason="paid")
    head = Envelope(
        id=f"{customer}-{sequence}",
        source=SOURCE,
        type=data.TYPE,
        time=NOW,
        tenantid="acme",
        partitionkey=f"acme/{customer}",
        sequence=sequence,
        **envelope,
    )
    return encode(head, data)


def _set() -> asyncio.Event:
    event = asyncio.Event()
    event.set()
    return event


@dataclass
class Toy:
    """The toy service: `misbehave` is called with every event before its effect is written."""

    database: Database
    bootstrap: str
    prefix: str
    misbehave: Callable[[Received], None] = lambda received: None
    parked: list[Parked] = field(default_factory=list)
    resolved: list[Resolved] = field(default_factory=list)
    fails_on: set[str] = field(default_factory=set)
    failure: type[Exception] = ValueError
    batches: list[int] = field(default_factory=list)
    slowly: float = 0.0
    goes_on: asyncio.Event = field(default_factory=_set)
    """While it is not set, a batch stays in the handler, its effects written and not committed."""

    async def handle(self, transaction: Transaction, batch: Sequence[Received]) -> None:
        self.batches.append(len(batch))
        for received in batch:
            self.misbehave(received)
            if received.event.data.case_id in self.fails_on:
                raise Poison(received, "refused on purpose") if self.failure is Poison else self.failure
            await transaction.connection.execute(
                text("INSERT INTO effect VALUES (:key, :case_id, :sequence)"),
                {
                    "key": received.key,
                    "case_id": received.event.data.case_id,
                    "sequence": received.event.envelope.sequence,
                },
            )
        await asyncio.sleep(self.slowly)
        await self.goes_on.wait()

    async def on_parked(self, transaction: Transaction, parked: Parked) -> None:
        self.parked.append(parked)

    async def on_resolved(self, transaction: Transaction, resolved: Resolved) -> None:
        self.resolved.append(resolved)

    async def ends(self) -> dict[tuple[str, int], int]:
        """Where the toy's topic ends, by partition."""
        consumer = AIOKafkaConsumer(bootstrap_servers=self.bootstrap)
        await consumer.start()
        try:
            places = [TopicPartition(f"{self.prefix}{topics.CASE}", number) for number in range(PARTITIONS)]
            ends = await consumer.end_offsets(places)
            return {(place.topic, place.partition): end for place, end in ends.items()}
        finally:
            await consumer.stop()

    def reads(self) -> Reads:
        return Reads(
            {topics.CASE: (CaseClosedV1,)}, self.handle, on_parked=self.on_parked, on_resolved=self.on_resolved
        )

    def consumer(self, **settings: int) -> Consumer:
        return Consumer(
            "toy",
            self.database,
            self.reads(),
            bootstrap=self.bootstrap,
            topic_prefix=self.prefix,
            **{"batch_records": 100, "session_timeout_ms": 6000, "parking_limit": 5, **settings},
        )

    async def effects(self) -> list[str]:
        async with self.database.read() as connection:
            rows = await connection.execute(text("SELECT case_id FROM effect ORDER BY key, sequence"))
            return [row.case_id for row in rows]

    async def position(self) -> int:
        async with self.database.read() as connection:
            return (
                await connection.execute(text("SELECT coalesce(sum(next_offset), 0) FROM consumer_position"))
            ).scalar_one()


async def has(toy: Toy, count: int) -> bool:
    """Are so many effects written?"""
    return len(await toy.effects()) >= count


async def at(toy: Toy, position: int) -> bool:
    """Have the positions of all partitions together come so far?"""
    return await toy.position() >= position


@asynccontextmanager
async def running(consumer: Consumer) -> AsyncIterator[Consumer]:
    await consumer.start()
    try:
        yield consumer
    finally:
        await consumer.stop()


@pytest.fixture
def topic(fresh_topics) -> str:
    fresh_topics.create([topics.CASE], [topics.dead_letter("toy")], partitions=PARTITIONS)
    return fresh_topics.name(topics.CASE)


@pytest.fixture
async def toy(fresh_topics, fresh_database, topic) -> AsyncIterator[Toy]:
    database = Database(fresh_database("chassis_toy", migrate), source="/kulant/toy", topic_prefix=fresh_topics.prefix)
    yield Toy(database, fresh_topics.bootstrap, fresh_topics.prefix)
    await database.close()


@pytest.fixture
async def producer(fresh_topics) -> AsyncIterator[AIOKafkaProducer]:
    producer = AIOKafkaProducer(bootstrap_servers=fresh_topics.bootstrap, acks="all")
    await producer.start()
    yield producer
    await producer.stop()


async def send(
    producer: AIOKafkaProducer, topic: str, value: bytes, *, partition: int = 0, key: str = "acme/C1"
) -> None:
    """Publish as a service would."""
    await producer.send_and_wait(topic, value, key=key.encode(), headers=[CONTENT_TYPE_HEADER], partition=partition)


async def until(condition: Callable[[], object], seconds: float = 30) -> None:
    """Wait for a condition (plain or awaitable), never for a time."""
    async with asyncio.timeout(seconds):
        while True:
            outcome = condition()
            if await outcome if asyncio.iscoroutine(outcome) else outcome:
                return
            await asyncio.sleep(0.02)


async def read_all(bootstrap: str, topic: str, partitions: int = PARTITIONS) -> list:
    """Everything on a topic."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, auto_offset_reset="earliest")
    await consumer.start()
    try:
        places = [TopicPartition(topic, number) for number in range(partitions)]
        consumer.assign(places)
        ends = await consumer.end_offsets(places)
        found: list = []
        while [place for place in places if await consumer.position(place) < ends[place]]:
            for records in (await consumer.getmany(timeout_ms=200)).values():
                found.extend(records)
        return found
    finally:
        await consumer.stop()
