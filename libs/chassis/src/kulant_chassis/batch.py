"""One batch of one partition is the unit of work: its effects and its position are committed together, or neither."""

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter

import structlog
from aiokafka import ConsumerRecord, TopicPartition

from kulant_chassis.applying import Applying
from kulant_chassis.database import Database
from kulant_chassis.dead_letters import keep
from kulant_chassis.failures import is_transient
from kulant_chassis.metrics import BATCH_SECONDS, EVENTS_APPLIED, EVENTS_SKIPPED
from kulant_chassis.parking import ParkingPlace
from kulant_chassis.positions import move
from kulant_chassis.received import (
    Parked,
    ParkingLimitReached,
    PartitionStopped,
    Poison,
    PositionMoved,
    Reads,
    Received,
)

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Content:
    """What the records of a batch turned out to be."""

    received: list[Received]
    parked: list[Parked]


class BatchProcessor:
    """Turns the records of one partition into committed effects."""

    def __init__(self, database: Database, reads: Reads, parking: ParkingPlace, *, topic_prefix: str) -> None:
        self._database = database
        self._reads = reads
        self._parking = parking
        self._topic_prefix = topic_prefix
        self._applying = Applying(reads)

    async def process(
        self, partition: TopicPartition, records: Sequence[ConsumerRecord], *, start: int, end: int
    ) -> None:
        """Apply all records and move the stored position from `start` to `end`.

        A record that can never work is parked first; a batch that fails is halved down to that record. Raises
        PositionMoved, PartitionStopped, ParkingLimitReached, and whatever is transient; nothing of the failing part
        is applied then.
        """
        topic = partition.topic.removeprefix(self._topic_prefix)
        content, stopped = await self._decode(topic, records)
        if stopped is None:
            await self._apply_or_halve(partition, topic, content, start, end)
            return
        if stopped.offset > start:
            await self._apply_or_halve(partition, topic, content, start, stopped.offset)
        raise stopped

    async def applies_alone(self, record: ConsumerRecord) -> bool:
        """Would this single record get through now, with effects? They are rolled back."""
        topic = record.topic.removeprefix(self._topic_prefix)
        handled = 0
        try:
            received, _ = self._applying.read(topic, record)
            if received is None:
                return False
            async with self._database.begin() as transaction:
                handled = await self._applying.handle(transaction, topic, [received])
                raise _Undo
        except _Undo:
            return handled > 0
        except Exception:
            return False

    async def park_first(self, partition: TopicPartition, record: ConsumerRecord, *, start: int, reason: str) -> None:
        """Park the record that holds its partition and move past it."""
        topic = partition.topic.removeprefix(self._topic_prefix)
        received, parked = self._applying.read(topic, record)
        if received is not None:
            parked = await self._park(received, reason, counts=True)
        await self._apply(partition, topic, _Content([], [parked] if parked else []), start, record.offset + 1)

    async def _decode(self, topic: str, records: Sequence[ConsumerRecord]) -> tuple[_Content, PartitionStopped | None]:
        """What the records are, up to one that stops the partition."""
        content = _Content([], [])
        for record in records:
            try:
                received, parked = self._applying.read(topic, record)
            except PartitionStopped as stopped:
                return content, stopped
            if received is not None:
                content.received.append(received)
            if parked is not None:
                await self._parking.park(record, parked.reason, counts=False)
                content.parked.append(parked)
        return content, None

    async def _apply_or_halve(
        self, partition: TopicPartition, topic: str, content: _Content, start: int, end: int
    ) -> None:
        while True:
            try:
                await self._apply(partition, topic, content, start, end)
            except Poison as poison:
                # Refusing what others sent wrong is no fault of this release; refusing our own facts may be.
                counts = topic not in self._reads.foreign
                content = await self._without(content, poison.received, poison.reason, counts=counts)
            except (PositionMoved, PartitionStopped, ParkingLimitReached):
                raise
            except Exception as error:
                if is_transient(error):
                    raise
                if len(content.received) > 1:
                    middle = content.received[len(content.received) // 2].offset
                    await self._apply_or_halve(partition, topic, _before(content, middle), start, middle)
                    await self._apply_or_halve(partition, topic, _from(content, middle), middle, end)
                    return
                if not content.received:
                    raise
                _log.exception("a fact cannot be applied", action="batch.poison", topic=topic, offset=start)
                reason = f"failed: {type(error).__name__}"
                content = await self._without(content, content.received[0], reason, counts=True)
            else:
                return

    async def _without(self, content: _Content, poison: Received, reason: str, *, counts: bool) -> _Content:
        parked = await self._park(poison, reason, counts=counts)
        rest = [received for received in content.received if received.offset != poison.offset]
        return _Content(rest, [*content.parked, parked])

    async def _park(self, received: Received, reason: str, *, counts: bool) -> Parked:
        await self._parking.park(received.record, reason, counts=counts)
        tenant = received.event.envelope.tenantid
        place = (received.topic, received.partition, received.offset)
        return Parked(received.key, tenant, *place, reason, received.event, received.record)

    async def _apply(self, partition: TopicPartition, topic: str, content: _Content, start: int, end: int) -> None:
        began = perf_counter()
        async with self._database.begin(applies_facts=True) as transaction:
            await move(transaction.connection, partition, start, end)
            keys = [received.key for received in content.received]
            keys += [parked.key for parked in content.parked if parked.key is not None]
            await transaction.lock(keys)
            handled = await self._applying.handle(transaction, topic, content.received)
            for parked in content.parked:
                await keep(transaction, self._reads, parked)
        BATCH_SECONDS.labels(topic).observe(perf_counter() - began)
        EVENTS_APPLIED.labels(topic).inc(handled)
        EVENTS_SKIPPED.labels(topic, "without_effect").inc(len(content.received) - handled)
        self._parking.note_applied(len(content.received))


class _Undo(Exception):
    """Rolls a trial back."""


def _before(content: _Content, offset: int) -> _Content:
    return _Content(
        [one for one in content.received if one.offset < offset], [one for one in content.parked if one.offset < offset]
    )


def _from(content: _Content, offset: int) -> _Content:
    return _Content(
        [one for one in content.received if one.offset >= offset],
        [one for one in content.parked if one.offset >= offset],
    )
