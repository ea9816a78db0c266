"""Where this service stands in each partition; the database's word counts, Kafka's committed offsets only show it."""

from collections.abc import Iterable, Mapping

from aiokafka import TopicPartition
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from kulant_chassis.received import PositionMoved

_MOVE = text(
    "UPDATE consumer_position SET next_offset = :end"
    " WHERE topic = :topic AND partition = :partition AND next_offset = :start"
)
_BEGIN = text(
    "INSERT INTO consumer_position (topic, partition, next_offset)"
    " SELECT * FROM unnest(CAST(:topics AS text[]), CAST(:partitions AS integer[]), CAST(:offsets AS bigint[]))"
    " AS asked(topic, partition, next_offset) ORDER BY topic, partition ON CONFLICT DO NOTHING"
)
_ALL = text("SELECT topic, partition, next_offset FROM consumer_position")


async def move(connection: AsyncConnection, partition: TopicPartition, start: int, end: int) -> None:
    """Move one position by compare-and-set; raises PositionMoved where it is not at `start`."""
    place = {"topic": partition.topic, "partition": partition.partition, "start": start, "end": end}
    if (await connection.execute(_MOVE, place)).rowcount != 1:
        raise PositionMoved(f"{partition.topic}/{partition.partition} is not at {start}")


async def begin(connection: AsyncConnection, beginnings: Mapping[TopicPartition, int]) -> None:
    """Store a first position for partitions that have none."""
    places = list(beginnings)
    await connection.execute(
        _BEGIN,
        {
            "topics": [place.topic for place in places],
            "partitions": [place.partition for place in places],
            "offsets": [beginnings[place] for place in places],
        },
    )


async def stored(connection: AsyncConnection, topics: Iterable[str]) -> dict[TopicPartition, int]:
    """The stored positions of all partitions of these topics, by all replicas."""
    wanted = set(topics)
    rows = await connection.execute(_ALL)
    return {TopicPartition(row.topic, row.partition): row.next_offset for row in rows if row.topic in wanted}
