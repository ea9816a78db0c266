"""One batch of one partition is the unit of work: its effects and its position are committed together, or neither."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from time import perf_counter

import structlog
from aiokafka import ConsumerRecord, TopicPartition
from opentelemetry.trace import SpanKind

from kulant_chassis.database import Database
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
from kulant_chassis.telemetry import TENANT, is_sampled, span, traceparent_of
from kulant_chassis.transaction import Cause, Transaction
from kulant_contracts.envelope import EventData, decode
from kulant_contracts.refusal import Undecodable, UnknownType
from kulant_contracts.registry import by_type, of_topic

_log = structlog.get_logger(__name__)

_SLUG = re.compile("[a-z0-9-]{1,40}")

Readable = Mapping[str, type[EventData]]


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
        # All types of a topic are decoded, for their sequences count; the handler sees those that it asked for.
        self._known: dict[str, Readable] = {topic: by_type(of_topic(topic)) for topic in reads.topics}
        self._wanted = {topic: frozenset(models) for topic, models in reads.topics.items()}

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
            received, _ = self._read(topic, record)
            if received is None:
                return False
            async with self._database.begin() as transaction:
                handled = await self._handle(transaction, topic, [received])
                raise _Undo
        except _Undo:
            return handled > 0
        except Exception:
            return False

    async def park_first(self, partition: TopicPartition, record: ConsumerRecord, *, start: int, reason: str) -> None:
        """Park the record that holds its partition and move past it."""
        topic = partition.topic.removeprefix(self._topic_prefix)
        received, parked = self._read(topic, record)
        if received is not None:
            parked = await self._park(received, reason, counts=True)
        await self._apply(partition, topic, _Content([], [parked] if parked else []), start, record.offset + 1)

    async def _decode(self, topic: str, records: Sequence[ConsumerRecord]) -> tuple[_Content, PartitionStopped | None]:
        """What the records are, up to one that stops the partition."""
        content = _Content([], [])
        for record in records:
            try:
                received, parked = self._read(topic, record)
            except PartitionStopped as stopped:
                return content, stopped
            if received is not None:
                content.received.append(received)
            if parked is not None:
                await self._parking.park(record, parked.reason, counts=False)
                content.parked.append(parked)
        return content, None

    def _read(self, topic: str, record: ConsumerRecord) -> tuple[Received | None, Parked | None]:
        is_foreign = topic in self._reads.foreign
        try:
            event = decode(record.value or b"", record.headers, self._known[topic])
        except UnknownType as unknown:
            if not is_foreign and unknown.is_kulant_own:
                raise PartitionStopped(f"{unknown.type} is not known to this release", record.offset) from None
            EVENTS_SKIPPED.labels(topic, "unknown").inc()
            return None, None
        except Undecodable as problem:
            key_text = problem.key or _text_key(record)
            tenant = key_text.split("/", 1)[0] if key_text else None
            return None, Parked(key_text, tenant, topic, record.partition, record.offset, problem.reason, None)
        envelope = event.envelope
        cause = Cause(
            envelope.traceparent, envelope.tracestate, envelope.correlationid or envelope.id, str(envelope.id)
        )
        return Received(event, envelope.partitionkey, topic, record.partition, record.offset, cause, record), None

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
        return Parked(received.key, tenant, received.topic, received.partition, received.offset, reason, received.event)

    async def _apply(self, partition: TopicPartition, topic: str, content: _Content, start: int, end: int) -> None:
        began = perf_counter()
        async with self._database.begin() as transaction:
            await move(transaction.connection, partition, start, end)
            keys = [received.key for received in content.received]
            keys += [parked.key for parked in content.parked if parked.key is not None]
            await transaction.lock(keys)
            handled = await self._handle(transaction, topic, content.received)
            for parked in content.parked:
                if parked.key is not None:
                    place = f"{parked.topic}/{parked.partition}/{parked.offset}"
                    transaction.key(parked.key).park(place, parked.reason)
                if self._reads.on_parked is not None:
                    await self._reads.on_parked(transaction, parked)
        BATCH_SECONDS.labels(topic).observe(perf_counter() - began)
        EVENTS_APPLIED.labels(topic).inc(handled)
        EVENTS_SKIPPED.labels(topic, "without_effect").inc(len(content.received) - handled)
        self._parking.note_applied(len(content.received))

    async def _handle(self, transaction: Transaction, topic: str, received: Sequence[Received]) -> int:
        """Hand the facts that are new and wanted to the service; returns how many these were."""
        await transaction.lock([one.key for one in received])
        fresh = received if topic in self._reads.foreign else [one for one in received if _take(transaction, one)]
        wanted = [one for one in fresh if type(one.event.data) in self._wanted[topic]]
        if wanted:
            with self._spans(wanted) as traced:
                await self._reads.handle(transaction, traced)
        return len(wanted)

    @contextmanager
    def _spans(self, fresh: Sequence[Received]) -> Iterator[list[Received]]:
        """A `process` span for each message whose trace is sampled; what it leads to continues that span."""
        traced = []
        with ExitStack() as spans:
            for one in fresh:
                if not is_sampled(one.cause.traceparent):
                    traced.append(one)
                    continue
                described = self._reads.describe(one.event) if self._reads.describe else {}
                attributes = {
                    "messaging.system": "kafka",
                    "messaging.operation.type": "process",
                    "messaging.destination.name": one.topic,
                    "messaging.destination.partition.id": str(one.partition),
                    "messaging.kafka.offset": one.offset,
                    TENANT: one.event.envelope.tenantid,
                    **described,
                }
                started = spans.enter_context(
                    span(
                        f"process {one.topic}",
                        parent=one.cause.traceparent,
                        attributes=attributes,
                        kind=SpanKind.CONSUMER,
                    )
                )
                traceparent = traceparent_of(started) or one.cause.traceparent
                cause = Cause(traceparent, one.cause.tracestate, one.cause.correlationid, one.cause.causationid)
                traced.append(Received(one.event, one.key, one.topic, one.partition, one.offset, cause, one.record))
            yield traced


class _Undo(Exception):
    """Rolls a trial back."""


def _take(transaction: Transaction, received: Received) -> bool:
    envelope = received.event.envelope
    assert envelope.sequence is not None  # of our own events the contract demands it
    row = transaction.key(received.key)
    return row.take(envelope.source, received.topic, envelope.sequence, envelope.baseline or 0)


def _text_key(record: ConsumerRecord) -> str | None:
    """The Kafka key of a record that cannot be read, where it looks like ours: its customer is then known."""
    try:
        key = str(record.key or b"", "utf-8")
    except UnicodeDecodeError:
        return None
    tenant, slash, customer_id = key.partition("/")
    is_ours = bool(_SLUG.fullmatch(tenant)) and bool(slash) and 0 < len(customer_id) <= 200 and key.isprintable()
    return key if is_ours else None


def _before(content: _Content, offset: int) -> _Content:
    return _Content(
        [one for one in content.received if one.offset < offset], [one for one in content.parked if one.offset < offset]
    )


def _from(content: _Content, offset: int) -> _Content:
    return _Content(
        [one for one in content.received if one.offset >= offset],
        [one for one in content.parked if one.offset >= offset],
    )
