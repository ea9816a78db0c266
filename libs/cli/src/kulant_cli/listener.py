"""Reads all of Kulant's topics from outside, without a group, for one tenant."""

import asyncio
from collections.abc import Iterable

from aiokafka import AIOKafkaConsumer, TopicPartition

from kulant_cli.judge import TopicRecord
from kulant_cli.stops import RunStopped
from kulant_contracts import topics

CATCH_UP_SECONDS = 30.0


class TopicsBehind(RunStopped):
    """The topics could not be read to their end in time."""


class Listener:
    """Collects the tenant's records from the moment of its start on, as far as it was last told to catch up.

    In between it asks the broker for nothing: to follow more than a hundred partitions costs broker and reader more
    than to read them once.
    """

    def __init__(self, bootstrap: str, tenant: str, services: Iterable[str]) -> None:
        self._tenant = tenant
        self._topics = (*topics.ALL, *(topics.dead_letter(service) for service in services))
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=bootstrap,
            group_id=None,
            enable_auto_commit=False,
            isolation_level="read_committed",
            max_partition_fetch_bytes=4 * 1024 * 1024,
        )
        self._partitions: list[TopicPartition] = []
        self.records: list[TopicRecord] = []

    async def start(self) -> None:
        """Stand at the end of every partition."""
        await self._consumer.start()
        for topic in self._topics:
            numbers = await _partitions_of(self._consumer, topic)
            self._partitions += [TopicPartition(topic, number) for number in numbers]
        self._consumer.assign(self._partitions)
        self._consumer.pause(*self._partitions)
        for partition, end in (await self._consumer.end_offsets(self._partitions)).items():
            self._consumer.seek(partition, end)

    async def stop(self) -> None:
        """Leave."""
        await self._consumer.stop()

    async def catch_up(self) -> None:
        """Come back when everything that lies on the topics now has been read; raises TopicsBehind."""
        ends = await self._consumer.end_offsets(self._partitions)
        give_up_at = asyncio.get_running_loop().time() + CATCH_UP_SECONDS
        self._consumer.resume(*self._partitions)
        try:
            while behind := [p for p, end in ends.items() if await self._consumer.position(p) < end]:
                if asyncio.get_running_loop().time() > give_up_at:
                    raise TopicsBehind(f"not read to the end: {', '.join(sorted({p.topic for p in behind}))}")
                for records in (await self._consumer.getmany(timeout_ms=500)).values():
                    for record in records:
                        self._take(record.topic, record.key, record.value, record.headers)
        finally:
            self._consumer.pause(*self._partitions)

    def _take(self, topic: str, key: bytes | None, value: bytes | None, headers: Iterable[tuple[str, bytes]]) -> None:
        name = key.decode(errors="replace") if key is not None else None
        if name is not None and (name == self._tenant or name.startswith(f"{self._tenant}/")):
            self.records.append(TopicRecord(topic, name, value or b"", tuple(headers)))


async def _partitions_of(consumer: AIOKafkaConsumer, topic: str) -> list[int]:
    """The partitions of a topic, which the client learns of only after asking for the topic."""
    await consumer._client.add_topic(topic)  # noqa: SLF001  (a group-less consumer has no public way to ask)
    return sorted(consumer.partitions_for_topic(topic) or ())
