"""Notices at a process' start that its database was restored to an earlier moment than its own topics know of.

Such a service would give numbers that its readers have had, and say again what it does not know that it said. It stands
still instead: nothing is written, cleared or sent until its database is one that knows all it has told.
"""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from sqlalchemy import text

from kulant_chassis.database import Database
from kulant_chassis.failures import is_transient
from kulant_chassis.lenient_records import read_leniently
from kulant_chassis.pacing import Backoff, pause
from kulant_contracts.envelope import decode
from kulant_contracts.refusal import Undecodable, UnknownType
from kulant_contracts.registry import by_type, of_topic

_log = structlog.get_logger(__name__)

TAIL_RECORDS = 50
"""So many records at the end of a partition: a relay that was killed may have told older ones again behind newer."""
READ_SECONDS = 20.0
_GIVEN = text("SELECT key, given::text AS given FROM key_row WHERE key = ANY(CAST(:keys AS text[]))")


@dataclass(frozen=True, slots=True)
class Told:
    """An event of this service's own, as it lies on its topic."""

    topic: str
    key: str
    sequence: int


class OwnTopics:
    """The ends of the topics that this service writes."""

    def __init__(self, bootstrap: str, topics: Sequence[str], *, source: str, topic_prefix: str) -> None:
        self._bootstrap = bootstrap
        self._topics = {topic_prefix + topic: topic for topic in topics}
        self._source = source
        self._known = {topic: by_type(of_topic(topic)) for topic in topics}

    async def newest(self) -> list[Told]:
        """The last events of each partition. Raises KafkaError, OSError or TimeoutError."""
        consumer = AIOKafkaConsumer(bootstrap_servers=self._bootstrap, enable_auto_commit=False)
        try:
            await consumer.start()
            return await self._newest(consumer)
        finally:
            await consumer.stop()

    async def _newest(self, consumer: AIOKafkaConsumer) -> list[Told]:
        cluster = await consumer._client.fetch_all_metadata()  # noqa: SLF001 -- as in LogEnds
        places = [
            TopicPartition(topic, number)
            for topic in self._topics
            for number in cluster.partitions_for_topic(topic) or ()
        ]
        if not places:  # a new installation
            return []
        consumer.assign(places)
        beginnings, ends = await consumer.beginning_offsets(places), await consumer.end_offsets(places)
        left = {place: end for place, end in ends.items() if end > beginnings[place]}
        for place, end in left.items():
            consumer.seek(place, max(beginnings[place], end - TAIL_RECORDS))
        found: list[Told] = []
        give_up_at = monotonic() + READ_SECONDS
        while left:
            for records in (await consumer.getmany(*left, timeout_ms=200)).values():
                found += filter(None, map(self._read, records))
            left = {place: end for place, end in left.items() if await consumer.position(place) < end}
            if left and monotonic() > give_up_at:
                raise TimeoutError("own topics could not be read to their end")
        return found

    def _read(self, record: ConsumerRecord) -> Told | None:
        topic = self._topics[record.topic]
        try:
            envelope = decode(record.value, record.headers, self._known[topic]).envelope
        except UnknownType as newer:  # a release that was rolled back may have told it
            envelope = newer.envelope
        except Undecodable:
            return None  # somebody else's, who had no business here
        is_ours = envelope.source == self._source and envelope.sequence is not None
        return Told(topic, envelope.partitionkey, envelope.sequence or 0) if is_ours else None


async def unknown_to(database: Database, told: Sequence[Told]) -> list[Told]:
    """Those of these events that the database does not know to have been told."""
    async with database.read() as connection:
        rows = await connection.execute(_GIVEN, {"keys": sorted({one.key for one in told})})
        given = {row.key: json.loads(row.given) for row in rows}
    return [one for one in told if one.sequence > given.get(one.key, {}).get(one.topic, 0)]


async def knows_what_it_told(database: Database, own: OwnTopics, stopping: asyncio.Event) -> bool:
    """Whether the service may begin to work; waits for broker and database, or until told to stop.

    Topics are read first: whatever lies there was committed before.
    """
    backoff = Backoff()
    while not stopping.is_set():
        try:
            unknown = await unknown_to(database, await own.newest())
        except UnicodeDecodeError:
            read_leniently()
            await pause(stopping, backoff.next_seconds())
            continue
        except Exception as error:
            if not is_transient(error):
                raise
            _log.warning("what was told cannot be read yet", action="restored.waits", error=type(error).__name__)
            await pause(stopping, backoff.next_seconds())
            continue
        if unknown:
            _log.critical(
                "the database was restored to an earlier moment: it does not know what this service has told",
                action="restored.found",
                topic=unknown[0].topic,
                count=len({one.key for one in unknown}),
                reason="docs/howto/when-a-database-was-restored.md says what to do",
            )
        return not unknown
    return False
