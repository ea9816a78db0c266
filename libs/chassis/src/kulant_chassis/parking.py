"""The dead letters: what can never work is kept with its original bytes before the position moves past it."""

import asyncio
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import replace

import structlog
from aiokafka import AIOKafkaProducer, ConsumerRecord

from kulant_chassis.metrics import EVENTS_PARKED
from kulant_chassis.outbox import new_producer, throw_away
from kulant_chassis.received import ParkingLimitReached
from kulant_contracts.topics import dead_letter

_log = structlog.get_logger(__name__)

MAX_DEAD_LETTER_BYTES = 2_000_000
WHOLE_BYTES = 1_900_000
KEPT_BYTES = 1_000_000
"""Of a record that is larger than a dead letter may be: compressed, many times that gets past the broker."""
KEPT_HEADER_BYTES = 100_000
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

    async def park(self, found: Sequence[tuple[ConsumerRecord, str]], *, counts: bool) -> None:
        """Keep bytes and headers of records, each with its reason; returns once the broker has them all.

        Raises ParkingLimitReached, and what Kafka raises: the position must not move then. What the broker did not take
        counts for nothing: a batch that waits for it is tried again and again.
        """
        # One that is kept already belongs to a batch that was rolled back after.
        new = [(record, reason) for record, reason in found if _place(record) not in self._kept]
        if not new:
            return
        async with self._lock:
            if counts:
                self._check_limit(len(new))
            try:
                async with asyncio.timeout(PARK_TIMEOUT_SECONDS):
                    await self._send(new)
            except BaseException:
                await self._drop()
                raise
            if counts:
                self._counted += [self._applied] * len(new)
        for record, reason in new:
            self._kept.add(_place(record))
            EVENTS_PARKED.labels(record.topic).inc()
            _log.error(
                "a record was parked",
                action="batch.parked",
                topic=record.topic,
                partition=record.partition,
                offset=record.offset,
                reason=reason,
            )

    def note_indexed(self, records: Iterable[ConsumerRecord]) -> None:
        """The batch of these records is committed: they will not come again."""
        self._kept.difference_update(map(_place, records))

    async def _send(self, new: Sequence[tuple[ConsumerRecord, str]]) -> None:
        producer = await self._ready()
        sent = []
        for record, reason in new:
            headers = [
                *record.headers,
                ("kulant-parked-reason", reason.encode()),
                ("kulant-parked-from", "/".join(map(str, _place(record))).encode()),
            ]
            sent.append(await producer.send(self._topic, record.value, key=record.key, headers=headers))
        await asyncio.gather(*sent)

    def _check_limit(self, more: int) -> None:
        while self._counted and self._counted[0] < self._applied - WINDOW * self._limit:
            self._counted.popleft()
        if len(self._counted) + more > self._limit:
            raise ParkingLimitReached(f"more than {self._limit} facts were parked, few got through")

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


def keepable(record: ConsumerRecord, reason: str) -> tuple[ConsumerRecord, str]:
    """Record and reason as they are kept: of what is too large only the beginning, and the reason says so."""
    headers = sum(len(name) * 4 + len(value or b"") + 10 for name, value in record.headers)
    if len(record.key or b"") + len(record.value or b"") + headers <= WHOLE_BYTES:
        return record, reason
    kept, room = [], KEPT_HEADER_BYTES
    for name, value in record.headers:
        room -= len(name) * 4 + len(value or b"") + 10
        if room < 0:
            break
        kept.append((name, value))
    key = record.key[:KEPT_HEADER_BYTES] if record.key is not None else None
    value = record.value[:KEPT_BYTES] if record.value is not None else None
    return replace(record, key=key, value=value, headers=tuple(kept)), f"{reason}; too large to be kept whole"


def _place(record: ConsumerRecord) -> tuple[str, int, int]:
    return record.topic, record.partition, record.offset
