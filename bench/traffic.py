"""Puts many events on a topic, and finds out when how many have become readable."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from kulant_contracts.envelope import CONTENT_TYPE_HEADER, Envelope, EventData, encode, key_of

Message = tuple[str, bytes]
"""Key and value."""
LONGEST_RUN_SECONDS = 600.0


def event(tenant: str, data: EventData, *, source: str, time: datetime, number: int, sequence: int | None) -> Message:
    """An event as bytes on the wire."""
    key = key_of(tenant, data)
    envelope = Envelope(
        id=f"{tenant}-{number}",
        source=source,
        type=data.TYPE,
        time=time,
        tenantid=tenant,
        partitionkey=key,
        sequence=sequence,
    )
    return key, encode(envelope, data)


async def publish(bootstrap: str, topic: str, messages: Iterable[Message]) -> None:
    """Hand messages over and come back when all are acknowledged."""
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap, acks="all", enable_idempotence=True, linger_ms=5, max_batch_size=262_144
    )
    await producer.start()
    try:
        waiting = []
        for key, value in messages:
            sent = await producer.send(topic, value, key=key.encode(), headers=[CONTENT_TYPE_HEADER])
            waiting.append(sent)
            if len(waiting) >= 10_000:
                await asyncio.gather(*waiting)
                waiting.clear()
        await asyncio.gather(*waiting)
    finally:
        await producer.stop()


class Reader:
    """Looks at topics from where they ended when the reader was started."""

    def __init__(self, bootstrap: str, *topics: str) -> None:
        self._consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)
        self._topics = topics
        self._places: list[TopicPartition] = []
        self._begin: Mapping[TopicPartition, int] = {}

    async def start(self) -> None:
        """Note where the topics end."""
        await self._consumer.start()
        cluster = await self._consumer._client.fetch_all_metadata()  # noqa: SLF001
        self._places = [
            TopicPartition(topic, partition)
            for topic in self._topics
            for partition in cluster.partitions_for_topic(topic) or ()
        ]
        self._begin = await self._consumer.end_offsets(self._places)

    async def stop(self) -> None:
        """Disconnect."""
        await self._consumer.stop()

    @property
    def begin(self) -> Mapping[str, Mapping[int, int]]:
        """Where the partitions of each topic ended when this began to look."""
        found: dict[str, dict[int, int]] = {topic: {} for topic in self._topics}
        for place, offset in self._begin.items():
            found[place.topic][place.partition] = offset
        return found

    async def count(self) -> int:
        """How many records have come since."""
        ends = await self._consumer.end_offsets(self._places)
        return sum(ends.values()) - sum(self._begin.values())

    async def until(self, count: int) -> None:
        """Wait until so many have come; raises TimeoutError."""
        async with asyncio.timeout(LONGEST_RUN_SECONDS):
            while await self.count() < count:  # noqa: ASYNC110 -- the broker cannot call us
                await asyncio.sleep(0.1)

    async def read_until_still(
        self, counts: Callable[[bytes], bool], seconds: float = 1.5
    ) -> tuple[int, datetime | None]:
        """How many of the records that came count, and when the last of them became readable (the broker's time).

        Reads until nothing has come for a while: what comes too many, or in between, has come then. Raises
        TimeoutError.
        """
        self._consumer.assign(self._places)
        for place in self._places:
            self._consumer.seek(place, self._begin[place])
        found, last_ms, before = 0, 0, -1
        async with asyncio.timeout(LONGEST_RUN_SECONDS):
            while (now := await self.count()) != before:
                before = now
                _, times = await asyncio.gather(asyncio.sleep(seconds), self._read(counts))
                found, last_ms = found + len(times), max([last_ms, *times])
        return found, datetime.fromtimestamp(last_ms / 1000, UTC) if found else None

    async def _read(self, counts: Callable[[bytes], bool]) -> Sequence[int]:
        """When the records became readable that count, of all that lie between what was read and the ends."""
        times: list[int] = []
        ends = await self._consumer.end_offsets(self._places)
        while [place for place in self._places if await self._consumer.position(place) < ends[place]]:
            for records in (await self._consumer.getmany(timeout_ms=500, max_records=5_000)).values():
                times += [record.timestamp for record in records if counts(record.value)]
        return times
