"""The dead letters: what can never work is kept with its original bytes before the position moves past it."""

import asyncio

import structlog
from aiokafka import AIOKafkaProducer, ConsumerRecord

from kulant_chassis.metrics import EVENTS_PARKED
from kulant_chassis.outbox import new_producer, throw_away
from kulant_chassis.received import ParkingLimitReached
from kulant_contracts.topics import dead_letter

_log = structlog.get_logger(__name__)

MAX_DEAD_LETTER_BYTES = 2_000_000
PARK_TIMEOUT_SECONDS = 20


class ParkingPlace:
    """One service's dead-letter topic.

    After `limit` decodable facts since start it refuses: a release that parks everything must stop instead. Records
    that cannot even be decoded never count, or one hostile sender could stop everybody.
    """

    def __init__(self, service: str, bootstrap: str, *, limit: int, topic_prefix: str) -> None:
        self._topic = topic_prefix + dead_letter(service)
        self._bootstrap = bootstrap
        self._limit = limit
        self._decodable: set[tuple[str, int, int]] = set()
        self._kept: set[tuple[str, int, int]] = set()
        self._producer: AIOKafkaProducer | None = None
        self._lock = asyncio.Lock()

    async def park(self, record: ConsumerRecord, reason: str, *, is_decodable: bool) -> None:
        """Keep a record's bytes and headers with the reason; returns once the broker has it.

        Raises ParkingLimitReached, and what Kafka raises: the position must not move then.
        """
        place = (record.topic, record.partition, record.offset)
        if place in self._kept:  # the batch was rolled back after this record had been kept
            return
        if is_decodable:
            self._decodable.add(place)
            if len(self._decodable) > self._limit:
                raise ParkingLimitReached(f"{self._limit} facts were parked since start")
        headers = [
            *record.headers,
            ("kulant-parked-reason", reason.encode()),
            ("kulant-parked-from", f"{record.topic}/{record.partition}/{record.offset}".encode()),
        ]
        async with self._lock:
            try:
                producer = await self._ready()
                sent = producer.send_and_wait(self._topic, record.value, key=record.key, headers=headers)
                await asyncio.wait_for(sent, PARK_TIMEOUT_SECONDS)
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
