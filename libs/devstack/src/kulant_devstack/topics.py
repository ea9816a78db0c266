"""Creates topics the way Kulant's contract wants them: never compacted, thirty days, the broker's own time."""

import asyncio
from collections.abc import Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic, RecordsToDelete
from aiokafka.errors import TopicAlreadyExistsError, for_code

PARTITIONS = 12
_SHOWN_SECONDS = 30.0
_ALL = -1
_DAY_MS = 24 * 60 * 60 * 1000
_SETTINGS = {
    "cleanup.policy": "delete",
    "retention.ms": str(30 * _DAY_MS),
    "message.timestamp.type": "LogAppendTime",
}
# A dead letter is the original bytes of an event, which may be larger than an event that Kulant itself writes.
_DEAD_LETTER_BYTES = str(2 * 1024 * 1024)


async def create_topics(
    bootstrap: str, topics: Iterable[str], dead_letters: Iterable[str] = (), *, partitions: int = PARTITIONS
) -> None:
    """Create the topics that do not exist yet and come back when clients see them; those that exist stay as they are.

    Raises TimeoutError where the broker does not show them.
    """
    large = {**_SETTINGS, "max.message.bytes": _DEAD_LETTER_BYTES}
    wanted = [
        *(NewTopic(name, partitions, 1, topic_configs=_SETTINGS) for name in topics),
        *(NewTopic(name, partitions, 1, topic_configs=large) for name in dead_letters),
    ]
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        answer = await admin.create_topics(wanted, timeout_ms=30_000)
        for name, code, *message in answer.topic_errors:
            error = for_code(code)
            if code != 0 and error is not TopicAlreadyExistsError:
                raise error(f"Topic {name} was not created: {' '.join(str(part) for part in message)}")
        await _until_shown(admin, {topic.name for topic in wanted})
    finally:
        await admin.close()


async def _until_shown(admin: AIOKafkaAdminClient, names: set[str]) -> None:
    """The controller answers when it has written a topic down; the broker tells clients of it a moment later."""
    async with asyncio.timeout(_SHOWN_SECONDS):
        while not names <= set(await admin.list_topics()):  # noqa: ASYNC110 -- the broker cannot call us
            await asyncio.sleep(0.01)


async def delete_topics(bootstrap: str, prefix: str) -> None:
    """Delete all topics whose names begin so."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        names = [name for name in await admin.list_topics() if name.startswith(prefix)]
        if names:
            await admin.delete_topics(names)
    finally:
        await admin.close()


async def delete_records(bootstrap: str, topics: Iterable[str]) -> None:
    """Delete all records of these topics; offsets go on where they were."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        places = [
            TopicPartition(each["topic"], partition["partition"])
            for each in await admin.describe_topics(list(topics))
            for partition in each["partitions"]
        ]
        await admin.delete_records({place: RecordsToDelete(before_offset=_ALL) for place in places}, timeout_ms=30_000)
    finally:
        await admin.close()


def run_apart(work: Coroutine[Any, Any, None]) -> None:
    """Run a coroutine to its end for a caller that is not asynchronous, even below a running event loop."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, work).result()
