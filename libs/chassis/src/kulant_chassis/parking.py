"""The dead letters: what can never work is kept with its original bytes before the position moves past it."""

import asyncio
from collections import deque

import structlog
from aiokafka import AIOKafkaProducer, ConsumerRecord

from kulant_chassis.metrics import EVENTS_PARKED
from kulant_chassis.outbox import new_producer, throw_away
from kulant_chassis.received import ParkingLimitReached
from kulant_contracts.topics import dead_letter

_log = structlog.get_logger(__name__)

MAX_DEAD_LETTER_BYTES = 2_000_000
PARK_TIMEOUT_SECONDS = 20
WINDOW = 20


class ParkingPlace:
    """One service's dead-letter topic.

    With more than `limit` facts parked among the last 20 times as many it refuses: a release that parks everything
    must stop instead. What other people's systems sent wrong never counts, or one of them could stop everybody.
    """

    def __init__(self, service: str, bootstrap: str, *, limit: int, topic_prefix: str) -> None:
        self._topic = topic_prefix + dead_letter(service)
        self._bootstrap = bootstrap
        self._limit = limit
        self._applied = 0
        self._counted: deque[int] = deque()
        self._kept: set[tuple[str, int, int]] = set()
        self._producer: AIOKafkaProducer | None = None
        self._lock = asyncio.Lock()

    def note_applied(self, count: int) -> None:
        """So many facts got through."""
        self._applied += count

    async def park(self, record: ConsumerRecord, reason: str, *, counts: bool) -> None:
        """Keep a record's bytes and headers with the reason; returns once the broker has it.

        Raises ParkingLimitReached, and what Kafka raises: the position must not move then.
        """
        place = (record.topic, record.partition, record.offset)
        if place in self._kept:  # the batch was rolled back after this record had been kept
            return
        if counts:
            self._count()
        headers = [
            *record.headers,
            ("kulant-parked-reason", reason.encode()),
            ("kulant-parked-from", f"{record.topic}/{record.partition}/{record.offset}".encode()),
        ]
        async with self._lock:
            try:
                producer = await self._ready()
                sent = producer.send_and_wait(self._topic, record.value, key=record.key, headers=headers)
                async with asyncio.timeout(PARK_TIMEOUT_SECONDS):
                    await sent
            except BaseException:
                await self._drop()
                raise
        self._kept.add(place)
        EVENTS_PARKED.labels(record.topic).inc()
        _log.error(
            "a record was parked",
            action="batch.parked",
            topic=record.topic,
            partition=record.partition,
            offset=record.offset,
            reason=reason,
        )

    def _count(self) -> None:
        while self._counted and self._counted[0] < self._applied - WINDOW * self._limit:
            self._counted.popleft()
        if len(self._counted) >= self._limit:
            raise ParkingLimitReached(f"more than {self._limit} facts were parked, few got through")
        self._counted.append(self._applied)

    async def close(self) -> None:
        """End the producer."""
        async with self._lock:
            await self._drop()

    async def _ready(self) -> AIOKafkaProducer:
        if self._producer is None:
            self._producer = new_producer(self._bootstrap, max_event_bytes=MAX_DEAD_LETTER_BYTES)
            await self._producer.start()
        return self._producer

    async def _drop(self) -> None:
        if self._producer is not None:
            producer, self._producer = self._producer, None
            await throw_away(producer)
