"""Where this service stands in each partition; the database's word counts, Kafka's committed offsets only show it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from aiokafka import TopicPartition
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from kulant_chassis.received import PositionMoved

# Locked in one order: two replicas that both believe they have some partitions wait for one another, never deadlock.
_MOVE = text(
    "WITH asked AS (SELECT * FROM unnest(CAST(:topics AS text[]), CAST(:partitions AS integer[]),"
    " CAST(:starts AS bigint[]), CAST(:ends AS bigint[])) AS asked(topic, partition, start_offset, end_offset)),"
    " held AS MATERIALIZED (SELECT topic, partition, start_offset, end_offset"
    " FROM consumer_position JOIN asked USING (topic, partition)"
    " ORDER BY topic, partition FOR UPDATE OF consumer_position)"
    " UPDATE consumer_position AS stored SET next_offset = held.end_offset FROM held"
    " WHERE stored.topic = held.topic AND stored.partition = held.partition AND stored.next_offset = held.start_offset"
)
_BEGIN = text(
    "INSERT INTO consumer_position (topic, partition, next_offset)"
    " SELECT * FROM unnest(CAST(:topics AS text[]), CAST(:partitions AS integer[]), CAST(:offsets AS bigint[]))"
    " AS asked(topic, partition, next_offset) ORDER BY topic, partition ON CONFLICT DO NOTHING"
)
_ALL = text("SELECT topic, partition, next_offset FROM consumer_position")


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of one partition's log: from a stored position to the one that follows."""

    place: TopicPartition
    start: int
    end: int


async def move(connection: AsyncConnection, *stretches: Stretch) -> None:
    """Move positions from start to end, all or none; raises PositionMoved where one is not at its start."""
    asked = {
        "topics": [stretch.place.topic for stretch in stretches],
        "partitions": [stretch.place.partition for stretch in stretches],
        "starts": [stretch.start for stretch in stretches],
        "ends": [stretch.end for stretch in stretches],
    }
    if (await connection.execute(_MOVE, asked)).rowcount != len(stretches):
        told = (f"{one.place.topic}/{one.place.partition} at {one.start}" for one in stretches)
        raise PositionMoved(f"not (all) there any more: {', '.join(told)}")


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
