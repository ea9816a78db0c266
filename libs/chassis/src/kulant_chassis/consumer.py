"""Reads Kafka partition by partition; what is applied, and from where, is the database's word alone."""

import asyncio
import contextlib
from collections.abc import Iterable, Sequence
from time import monotonic

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from kulant_chassis.batch import BatchProcessor
from kulant_chassis.database import Database
from kulant_chassis.failures import is_transient
from kulant_chassis.lenient_records import read_leniently
from kulant_chassis.metrics import BATCHES_FAILED, PARTITIONS_HELD
from kulant_chassis.pacing import Backoff, pause
from kulant_chassis.parking import ParkingPlace
from kulant_chassis.partitions import Part, Partition, groups
from kulant_chassis.positions import Stretch, begin, move, stored
from kulant_chassis.received import ParkingLimitReached, PartitionStopped, PositionMoved, Reads
from kulant_chassis.suspects import SUSPECT_AFTER_FAILURES, apply_suspect

_log = structlog.get_logger(__name__)

POLL_MS = 50
"""While batches run or partitions wait: these are to be taken up again soon after."""
IDLE_POLL_MS = 500
"""While all are idle: a record that comes ends the wait anyway."""
COMMIT_SECONDS = 5.0
COMMIT_TIMEOUT_SECONDS = 2.0
"""The client library asks a broker that is away again and again: the loop must turn, and end when told to."""
STOPPED_SECONDS = 30.0
DRAIN_SECONDS = 10.0
SILENT_SECONDS = 60.0
BATCHES_AT_ONCE = 4
"""Enough to compute while the database works. With all partitions at once each transaction, and the locks that it
holds, would last as long as all of them together."""


class Consumer:
    """One member of this service's consumer group.

    Each partition goes its own way: a failure holds that partition alone, with growing pauses, and is retried for as
    long as it lasts. Where several have few records these are applied together, and apart if that fails. A rebalance
    cancels the running batch; its transaction rolls back, or its position moved already.
    """

    name = "consume"

    def __init__(
        self,
        service: str,
        database: Database,
        reads: Reads,
        *,
        bootstrap: str,
        topic_prefix: str,
        batch_records: int,
        session_timeout_ms: int,
        parking_limit: int,
    ) -> None:
        self._group = f"{topic_prefix}{service}.facts"
        self._topics = [topic_prefix + topic for topic in reads.topics]
        self._bootstrap = bootstrap
        self._session_timeout_ms = session_timeout_ms
        self._batch_records = batch_records
        self._give_way = frozenset(topic_prefix + topic for topic in reads.give_way)
        self._database = database
        self._parking = ParkingPlace(service, bootstrap, limit=parking_limit, topic_prefix=topic_prefix)
        self._processor = BatchProcessor(database, reads, self._parking, topic_prefix=topic_prefix)
        self._partitions: dict[TopicPartition, Partition] = {}
        self._slots = asyncio.Semaphore(BATCHES_AT_ONCE)
        self._refused_until: dict[TopicPartition, float] = {}
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._turned_at = monotonic()
        self._committed_at = 0.0
        self.stopped_because: str | None = None

    async def start(self) -> None:
        """Begin to read in the background; waits for the broker as long as it takes."""
        self._task = asyncio.create_task(self._run(), name=self.name)

    async def stop(self) -> None:
        """Stop fetching, finish the running batches (ten seconds at most), leave the group."""
        self._stopping.set()
        if self._task is not None:
            await self._task
        await self._parking.close()

    def is_alive(self) -> bool:
        """Does the loop still turn? A dead or stuck one wants a restart."""
        is_over = self._task is not None and self._task.done() and not self._stopping.is_set()
        return not is_over and monotonic() - self._turned_at < SILENT_SECONDS

    @property
    def running(self) -> int:
        """Partitions at work right now."""
        return sum(partition.work is not None for partition in self._partitions.values())

    async def _run(self) -> None:
        backoff = Backoff()
        while not self._stopping.is_set():
            consumer = AIOKafkaConsumer(
                bootstrap_servers=self._bootstrap,
                group_id=self._group,
                enable_auto_commit=False,
                auto_offset_reset="earliest",
                isolation_level="read_committed",
                session_timeout_ms=self._session_timeout_ms,
                heartbeat_interval_ms=min(1000, self._session_timeout_ms // 3),
                max_poll_interval_ms=300_000,
                fetch_max_wait_ms=200,
                metadata_max_age_ms=30_000,
            )
            try:
                await consumer.start()
                consumer.subscribe(self._topics, listener=_Rebalance(self))
                await self._read(consumer, backoff)
            except (KafkaError, OSError) as error:
                _log.warning("the broker cannot be read", action="consumer.waits", error=type(error).__name__)
            except UnicodeDecodeError:
                _log.error("a header's name is no UTF-8", action="consumer.reads_leniently")
                read_leniently()
            finally:
                await self.forget(self._partitions, drain=True)
                with contextlib.suppress(KafkaError, OSError):
                    await consumer.stop()
            self._turned_at = monotonic()
            await pause(self._stopping, backoff.next_seconds())

    async def _read(self, consumer: AIOKafkaConsumer, backoff: Backoff) -> None:
        while not self._stopping.is_set():
            self._turned_at = monotonic()
            if self.stopped_because is not None:
                await pause(self._stopping, 1.0)
                continue
            await self._load_positions(consumer)
            now = monotonic()
            PARTITIONS_HELD.set(sum(partition.held_until > now for partition in self._partitions.values()))
            idle = [place for place, partition in self._partitions.items() if partition.is_idle(now)]
            if not consumer.assignment():
                await consumer.getmany(timeout_ms=POLL_MS)  # raises what keeps this member out of its group
                continue
            if not idle:
                await pause(self._stopping, 0.02)
                continue
            waits = POLL_MS if len(idle) < len(self._partitions) else IDLE_POLL_MS
            batches = await self._fetch(consumer, idle, waits)
            backoff.reset()
            await self._begin_work(consumer, idle, batches)
            await self._show_positions(consumer)

    async def _fetch(
        self, consumer: AIOKafkaConsumer, idle: list[TopicPartition], waits: int
    ) -> dict[TopicPartition, list[ConsumerRecord]]:
        """Records of idle partitions; those of topics that give way only where nothing else is there or in work."""
        first = [place for place in idle if place.topic not in self._give_way]
        if len(first) == len(idle):
            return dict(await consumer.getmany(*idle, timeout_ms=waits, max_records=self._batch_records))
        batches = {}
        if first:
            batches = await consumer.getmany(*first, timeout_ms=0, max_records=self._batch_records)
        if batches:
            return dict(batches)
        if self._is_first_at_work():
            await pause(self._stopping, 0.02)
            return {}
        return dict(await consumer.getmany(*idle, timeout_ms=waits, max_records=self._batch_records))

    def _is_first_at_work(self) -> bool:
        """Does a batch run of a topic that gives way to none, or wait to be done again?"""
        now = monotonic()
        places = [place for place in self._partitions if place.topic not in self._give_way]
        return any(not self._partitions[place].is_idle(now) for place in places)

    async def _begin_work(
        self,
        consumer: AIOKafkaConsumer,
        idle: Iterable[TopicPartition],
        batches: dict[TopicPartition, list[ConsumerRecord]],
    ) -> None:
        assigned = consumer.assignment()
        found: list[Part] = []
        for place in idle:
            partition = self._partitions.get(place)
            if partition is None or place not in assigned or not partition.is_idle(monotonic()):
                continue
            try:
                # Past the last record, and past the markers of transactions behind it.
                end = await consumer.position(place)
            except KafkaError:  # taken away in this very moment
                continue
            if end > partition.next_offset:
                found.append(Part(Stretch(place, partition.next_offset, end), partition, batches.get(place, [])))
        for group in groups(found):
            # Some may have been taken away while the positions of others were asked for.
            parts = [part for part in group if self._is_ours(part)]
            if len(parts) > 1:
                shared = asyncio.create_task(self._work_together(consumer, parts))
                for part in parts:
                    part.partition.work = shared
            else:
                self._begin_alone(consumer, parts)

    def _begin_alone(self, consumer: AIOKafkaConsumer, parts: Iterable[Part]) -> None:
        for part in parts:
            part.partition.work = asyncio.create_task(self._work(consumer, part))

    def _is_ours(self, part: Part) -> bool:
        return self._partitions.get(part.place) is part.partition

    def _give_up(self, parts: Iterable[Part]) -> None:
        """The client has read past what is applied: these begin again from what is stored."""
        for part in parts:
            if self._is_ours(part):
                del self._partitions[part.place]

    async def _work_together(self, consumer: AIOKafkaConsumer, parts: Sequence[Part]) -> None:
        try:
            async with self._slots:
                records = [record for part in parts for record in part.records]
                is_done = await self._processor.process_together([part.stretch for part in parts], records)
        except asyncio.CancelledError:
            if _is_cancelled():
                self._give_up(parts)
                raise
            is_done = False
        ours = [part for part in parts if self._is_ours(part)]
        if not is_done:
            self._begin_alone(consumer, ours)
            return
        for part in ours:
            part.partition.next_offset = part.stretch.end
            part.partition.work = None

    async def _work(self, consumer: AIOKafkaConsumer, part: Part) -> None:
        place, partition, records = part.place, part.partition, part.records
        start, end = part.stretch.start, part.stretch.end
        try:
            if records:
                async with self._slots:
                    await self._advance(place, partition, records, end)
            else:
                async with self._database.begin() as transaction:
                    await move(transaction.connection, part.stretch)
                partition.next_offset = end
            partition.backoff.reset()
            partition.held_until = 0.0
        except PositionMoved:
            BATCHES_FAILED.labels(place.topic, "moved").inc()
            _log.warning(
                "a batch was dropped: its position has moved",
                action="consumer.dropped",
                topic=place.topic,
                partition=place.partition,
                offset=start,
            )
            self._give_up([part])
        except ParkingLimitReached as limit:
            self.stopped_because = str(limit)
            _log.critical("the consumer stops", action="consumer.stopped", reason=str(limit))
        except (Exception, asyncio.CancelledError) as error:
            if isinstance(error, asyncio.CancelledError) and _is_cancelled():
                self._give_up([part])
                raise
            if records:  # what was halved may be done in part
                partition.next_offset = max(partition.next_offset, self._processor.reached(place))
            self._hold(consumer, place, partition, error)
        finally:
            partition.work = None

    async def _advance(
        self, place: TopicPartition, partition: Partition, records: Sequence[ConsumerRecord], end: int
    ) -> None:
        """Apply a batch; after several failures one by one, so that one fact cannot hold its neighbours for ever."""
        if partition.backoff.failures < SUSPECT_AFTER_FAILURES:
            await self._processor.process(place, records, start=partition.next_offset, end=end)
            partition.next_offset = end
            return
        for number, record in enumerate(records):
            after = end if number == len(records) - 1 else record.offset + 1
            if partition.backoff.failures < SUSPECT_AFTER_FAILURES:
                await self._processor.process(place, [record], start=partition.next_offset, end=after)
            else:
                after = await apply_suspect(
                    self._processor,
                    place,
                    record,
                    records[number + 1 :],
                    start=partition.next_offset,
                    end=after,
                    suspicion=partition.suspicion,
                )
            partition.next_offset = after
            partition.backoff.reset()
            partition.backoff.failures = SUSPECT_AFTER_FAILURES - 1 if number < len(records) - 1 else 0

    def _hold(
        self, consumer: AIOKafkaConsumer, place: TopicPartition, partition: Partition, error: BaseException
    ) -> None:
        seconds = partition.backoff.next_seconds()
        why = "transient"
        if isinstance(error, PartitionStopped):
            seconds, why = STOPPED_SECONDS, "stopped"
            partition.next_offset = max(partition.next_offset, error.offset)
            _log.critical(
                "a partition is stopped",
                action="consumer.partition_stopped",
                topic=place.topic,
                partition=place.partition,
                reason=str(error),
            )
        elif not is_transient(error):
            why = "bug"
            _log.exception("a batch failed", action="consumer.failed", topic=place.topic, partition=place.partition)
        BATCHES_FAILED.labels(place.topic, why).inc()
        _log.warning(
            "a partition waits",
            action="consumer.held",
            topic=place.topic,
            partition=place.partition,
            offset=partition.next_offset,
            error=type(error).__name__,
            seconds=round(seconds, 2),
        )
        partition.held_until = monotonic() + seconds
        with contextlib.suppress(KafkaError, AssertionError):
            consumer.seek(place, partition.next_offset)

    async def _load_positions(self, consumer: AIOKafkaConsumer) -> None:
        """Seek each newly assigned partition to its stored position; one that has none begins with the log."""
        now = monotonic()
        assigned = consumer.assignment()
        unknown = [place for place in assigned if place not in self._partitions]
        new = [place for place in unknown if self._refused_until.get(place, 0.0) <= now]
        if not new:
            return
        try:
            beginnings = await consumer.beginning_offsets(new)
            async with self._database.begin() as transaction:
                await begin(transaction.connection, beginnings)
                positions = await stored(transaction.connection, {place.topic for place in new})
            ends = await consumer.end_offsets(new)  # after the positions, which another replica may be moving
        except Exception as error:
            if not is_transient(error):
                raise
            _log.warning("positions cannot be read", action="consumer.waits", error=type(error).__name__)
            await pause(self._stopping, 0.5)
            return
        for place in set(new) & consumer.assignment():
            position = positions[place]
            if beginnings[place] <= position <= ends[place]:
                consumer.seek(place, position)
                self._partitions[place] = Partition(position)
                continue
            # The log no longer holds what comes next, or never did: going on would lose facts silently.
            self._refused_until[place] = now + STOPPED_SECONDS
            _log.critical(
                "a stored position is outside the log",
                action="consumer.partition_stopped",
                topic=place.topic,
                partition=place.partition,
                offset=position,
            )

    async def _show_positions(self, consumer: AIOKafkaConsumer) -> None:
        """Commit offsets to Kafka now and then; nothing rests on them but displays."""
        now = monotonic()
        if now - self._committed_at < COMMIT_SECONDS:
            return
        self._committed_at = now
        offsets = {
            place: partition.next_offset
            for place, partition in self._partitions.items()
            if place in consumer.assignment() and partition.held_until == 0.0
        }
        if offsets:
            with contextlib.suppress(KafkaError, TimeoutError):
                async with asyncio.timeout(COMMIT_TIMEOUT_SECONDS):
                    await consumer.commit(offsets)

    async def forget(self, places: Iterable[TopicPartition], *, drain: bool = False) -> None:
        """Give up partitions: wait a little for their batches if told to, then cancel what still runs."""
        partitions = [partition for place in list(places) if (partition := self._partitions.pop(place, None))]
        work = [partition.work for partition in partitions if partition.work is not None]
        if not work:
            return
        _, running = await asyncio.wait(work, timeout=DRAIN_SECONDS if drain else 0)
        for task in running:
            task.cancel()
        await asyncio.gather(*work, return_exceptions=True)


def _is_cancelled() -> bool:
    """Was this very task told to end? A library's own cancelled future is a failure like others."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


class _Rebalance(ConsumerRebalanceListener):  # type: ignore[misc]
    """Drops running batches of partitions that are taken away; assignment is noticed by the reading loop."""

    def __init__(self, consumer: Consumer) -> None:
        self._consumer = consumer

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        """Called before the group hands partitions to others."""
        await self._consumer.forget(revoked)

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """Called after: whatever was known before is read anew."""
        await self._consumer.forget(assigned)
