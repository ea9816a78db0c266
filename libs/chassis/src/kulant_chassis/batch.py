"""A batch is the unit of work: its effects and its partition's position are committed together, or neither."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from time import perf_counter

import structlog
from aiokafka import ConsumerRecord, TopicPartition

from kulant_chassis.applying import Applying
from kulant_chassis.database import Database
from kulant_chassis.dead_letters import keep
from kulant_chassis.failures import TOO_LARGE, is_transient
from kulant_chassis.lock_waits import wait_briefly
from kulant_chassis.metrics import BATCH_SECONDS, BATCHES_FAILED, EVENTS_APPLIED, EVENTS_SKIPPED
from kulant_chassis.parking import ParkingPlace, keepable
from kulant_chassis.positions import Stretch, move
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

    received: list[Received] = field(default_factory=list)
    parked: list[Parked] = field(default_factory=list)
    skipped: list[int] = field(default_factory=list)
    """Offsets of events of no known type."""


class Trial(Enum):
    """What a record would do if it were applied."""

    PASSES = auto()
    NOTHING = auto()
    """It has no effect: it was had, nobody wants it, or it is no event."""
    FAILS = auto()


class BatchProcessor:
    """Turns the records of partitions into committed effects."""

    def __init__(self, database: Database, reads: Reads, parking: ParkingPlace, *, topic_prefix: str) -> None:
        self._database = database
        self._reads = reads
        self._parking = parking
        self._topic_prefix = topic_prefix
        self._applying = Applying(reads)
        self._reached: dict[TopicPartition, int] = {}

    def reached(self, partition: TopicPartition) -> int:
        """How far the last batch of this partition came, be it that its end failed."""
        return self._reached[partition]

    async def process(
        self, partition: TopicPartition, records: Sequence[ConsumerRecord], *, start: int, end: int
    ) -> None:
        """Apply all records and move the stored position from `start` to `end`.

        A record that can never work is parked first; a batch that fails is halved down to that record. Raises
        PositionMoved, PartitionStopped, ParkingLimitReached, and whatever is transient; nothing of the failing part
        is applied then.
        """
        topic = self._topic(partition)
        self._reached[partition] = start
        content, stopped = await self._decode(topic, records)
        if stopped is None:
            await self._apply_or_halve(Stretch(partition, start, end), topic, content)
            return
        if stopped.offset > start:
            await self._apply_or_halve(Stretch(partition, start, stopped.offset), topic, content)
        raise stopped

    async def process_together(self, stretches: Sequence[Stretch], records: Sequence[ConsumerRecord]) -> bool:
        """Apply records of several partitions of one topic in one transaction, and move all their positions.

        False where that did not work, whatever the reason: `process` tells for each partition what there is to do;
        where only the answer to the commit was lost, that raises PositionMoved.
        """
        topic = self._topic(stretches[0].place)
        try:
            content, stopped = self._read(topic, records)
            if stopped is None and not content.parked:
                await self._apply(stretches, topic, content, waits_briefly=True)
                return True
        except (Poison, PositionMoved):
            pass
        except Exception as error:
            if not is_transient(error) and not isinstance(error, TOO_LARGE):
                _log.warning(
                    "a batch of several partitions failed", action="batch.separated", topic=topic, exc_info=True
                )
        BATCHES_FAILED.labels(stretches[0].place.topic, "separated").inc()
        return False

    async def try_alone(self, partition: TopicPartition, record: ConsumerRecord, *, start: int) -> Trial:
        """Would this single record get through now? All is done but the commit, and rolled back."""
        topic = self._topic(partition)
        handled = 0
        try:
            received, _ = self._applying.read(topic, record)
            async with self._database.begin() as transaction:
                await move(transaction.connection, Stretch(partition, start, record.offset + 1))
                if received is not None:
                    handled = await self._applying.handle(transaction, topic, [received])
                await transaction.flush()
                raise _Undo
        except _Undo:
            return Trial.PASSES if handled else Trial.NOTHING
        except Exception:
            return Trial.FAILS

    async def park_first(self, partition: TopicPartition, record: ConsumerRecord, *, start: int, reason: str) -> None:
        """Park the record that holds its partition, then move past it. Raises as `process`: what is not kept stays."""
        topic = self._topic(partition)
        content, stopped = await self._decode(topic, [record])
        if stopped is not None:
            raise stopped
        if content.received:
            content = await self._without(content, [(content.received[0], reason)], counts=True)
        await self._apply([Stretch(partition, start, record.offset + 1)], topic, content)

    def _topic(self, partition: TopicPartition) -> str:
        return str(partition.topic).removeprefix(self._topic_prefix)

    async def _decode(self, topic: str, records: Sequence[ConsumerRecord]) -> tuple[_Content, PartitionStopped | None]:
        """What the records are, up to one that stops the partition; those that can never be applied are parked."""
        content, stopped = self._read(topic, records)
        await self._parking.park([(one.record, one.reason) for one in content.parked if one.record], counts=False)
        return content, stopped

    def _read(self, topic: str, records: Sequence[ConsumerRecord]) -> tuple[_Content, PartitionStopped | None]:
        content, stopped = _Content(), None
        for record in records:
            try:
                received, parked = self._applying.read(topic, record)
            except PartitionStopped as found:
                stopped = found
                break
            if received is not None:
                content.received.append(received)
            if parked is not None:
                kept, reason = keepable(record, parked.reason)
                content.parked.append(replace(parked, record=kept, reason=reason))
            if received is None and parked is None:
                content.skipped.append(record.offset)
        return content, stopped

    async def _apply_or_halve(self, stretch: Stretch, topic: str, content: _Content) -> None:
        while True:
            try:
                await self._apply([stretch], topic, content)
            except Poison as poison:
                # Refusing what others sent wrong is no fault of this release; refusing our own facts may be.
                counts = topic not in self._reads.foreign
                found = [(one.received, one.reason) for one in (poison, *poison.more)]
                content = await self._without(content, found, counts=counts)
            except (PositionMoved, PartitionStopped, ParkingLimitReached):
                raise
            except Exception as error:
                if is_transient(error):
                    raise
                if len(content.received) > 1:
                    middle = content.received[len(content.received) // 2].offset
                    await self._apply_or_halve(replace(stretch, end=middle), topic, _before(content, middle))
                    await self._apply_or_halve(replace(stretch, start=middle), topic, _from(content, middle))
                    return
                if not content.received:
                    raise
                reason = f"failed: {type(error).__name__}"
                if is_too_large := isinstance(error, TOO_LARGE):
                    reason = "what it leads to is larger than an event may be"
                else:
                    _log.exception("a fact cannot be applied", action="batch.poison", topic=topic, offset=stretch.start)
                content = await self._without(content, [(content.received[0], reason)], counts=not is_too_large)
            else:
                return

    async def _without(self, content: _Content, found: Sequence[tuple[Received, str]], *, counts: bool) -> _Content:
        """The batch with these facts parked."""
        parked = []
        for received, why in found:
            record, reason = keepable(received.record, why)
            tenant = received.event.envelope.tenantid
            place = (received.topic, received.partition, received.offset)
            parked.append(Parked(received.key, tenant, *place, reason, received.event, record))
        await self._parking.park([(one.record, one.reason) for one in parked if one.record], counts=counts)
        gone = {received.offset for received, _ in found}
        rest = [received for received in content.received if received.offset not in gone]
        return _Content(rest, [*content.parked, *parked], content.skipped)

    async def _apply(
        self, stretches: Sequence[Stretch], topic: str, content: _Content, *, waits_briefly: bool = False
    ) -> None:
        began = perf_counter()
        async with self._database.begin(applies_facts=True) as transaction:
            if waits_briefly:  # one customer who is locked must not hold those who only share a transaction
                await wait_briefly(transaction.connection)
            await move(transaction.connection, *stretches)
            keys = [received.key for received in content.received]
            keys += [parked.key for parked in content.parked if parked.key is not None]
            await transaction.lock(keys)
            handled = await self._applying.handle(transaction, topic, content.received)
            for parked in content.parked:
                await keep(transaction, self._reads, parked)
        self._reached.update((stretch.place, stretch.end) for stretch in stretches)
        BATCH_SECONDS.labels(topic).observe(perf_counter() - began)
        EVENTS_APPLIED.labels(topic).inc(handled)
        EVENTS_SKIPPED.labels(topic, "without_effect").inc(len(content.received) - handled)
        EVENTS_SKIPPED.labels(topic, "unknown").inc(len(content.skipped))
        self._parking.note_applied(len(content.received))
        self._parking.note_indexed(parked.record for parked in content.parked if parked.record is not None)


class _Undo(Exception):
    """Rolls a trial back."""


def _before(content: _Content, offset: int) -> _Content:
    return _Content(
        [one for one in content.received if one.offset < offset],
        [one for one in content.parked if one.offset < offset],
        [one for one in content.skipped if one < offset],
    )


def _from(content: _Content, offset: int) -> _Content:
    return _Content(
        [one for one in content.received if one.offset >= offset],
        [one for one in content.parked if one.offset >= offset],
        [one for one in content.skipped if one >= offset],
    )
