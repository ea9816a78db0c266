"""Holds a question until all that the broker had accepted before it is in the database."""

import asyncio
from collections.abc import Iterable
from time import perf_counter

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from invoice_service.telemetry import BARRIER_REFUSALS, BARRIER_SECONDS
from invoice_service.usecases.ports import CannotKnow, Goals
from kulant_chassis.database import Database
from kulant_chassis.positions import stored
from kulant_chassis.quiescence import LogEnds

PATIENCE_SECONDS = 30.0
POLL_SECONDS = 0.02

Offsets = dict[TopicPartition, int]


class BrokerBarrier:
    """Implements the port `Barrier` for the topics whose acknowledgement by the broker counts."""

    def __init__(
        self,
        database: Database,
        log_ends: LogEnds,
        topics: Iterable[str],
        *,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        self._database = database
        self._log_ends = log_ends
        self._topics = frozenset(topics)
        self._patience_seconds = patience_seconds

    async def pass_through(self) -> None:
        """Returns once the stored positions of all partitions have reached the stable ends read after this call.

        Raises CannotKnow after the patience, without a broker, or where a position lies beyond its log's end: then
        the log is not the one that was read.
        """
        began = perf_counter()
        try:
            async with asyncio.timeout(self._patience_seconds):
                goals = await self._ends()
                positions = await self._reach(goals)
                is_beyond = _is_beyond(positions, goals) and _is_beyond(positions, await self._ends())
        except (TimeoutError, KafkaError, OSError) as error:
            BARRIER_REFUSALS.inc()
            raise CannotKnow("not everything acknowledged is read") from error
        if is_beyond:
            BARRIER_REFUSALS.inc()
            raise CannotKnow("a position lies beyond the end of its log")
        BARRIER_SECONDS.observe(perf_counter() - began)

    async def goals(self) -> Goals:
        """For each partition of the one topic the stable end, read after this call.

        Raises CannotKnow without a broker, or where a position lies beyond its log's end.
        """
        try:
            ends = await self._ends()
        except (TimeoutError, KafkaError, OSError) as error:
            raise CannotKnow("the ends of the log cannot be read") from error
        async with self._database.read() as connection:
            positions = await stored(connection, self._topics)
        if _is_beyond(positions, ends) and _is_beyond(positions, await self._ends()):
            raise CannotKnow("a position lies beyond the end of its log")
        return {place.partition: end for place, end in ends.items()}

    async def positions(self) -> Goals:
        """For each partition of the one topic how far it is read."""
        async with self._database.read() as connection:
            positions = await stored(connection, self._topics)
        return {place.partition: position for place, position in positions.items()}

    async def _reach(self, goals: Offsets) -> Offsets:
        while True:
            async with self._database.read() as connection:
                positions = await stored(connection, self._topics)
            if all(place in positions and positions[place] >= goal for place, goal in goals.items()):
                return positions
            await asyncio.sleep(POLL_SECONDS)

    async def _ends(self) -> Offsets:
        ends = await self._log_ends.read()
        return {place: end for place, end in ends.items() if place.topic in self._topics}


def _is_beyond(positions: Offsets, ends: Offsets) -> bool:
    return any(position > ends.get(place, 0) for place, position in positions.items())
