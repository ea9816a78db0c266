"""Finds the one fact that keeps its neighbours waiting, and never takes a database that is away for such a fact."""

import asyncio
from collections.abc import Sequence

from aiokafka import ConsumerRecord, TopicPartition

from kulant_chassis.batch import BatchProcessor
from kulant_chassis.failures import is_transient
from kulant_chassis.pacing import pause

SUSPECT_AFTER_FAILURES = 5
NEIGHBOURS = 5
TRIALS = 3
PAUSE_SECONDS = 1.0


async def settle(
    processor: BatchProcessor,
    place: TopicPartition,
    record: ConsumerRecord,
    neighbours: Sequence[ConsumerRecord],
    *,
    start: int,
    end: int,
    stopping: asyncio.Event,
) -> int:
    """Apply a record that its partition has waited for again and again; returns the position behind it.

    It is parked once it has failed in every trial and, after each, one of the next few records would have got through:
    a database that comes and goes fails for all of them alike. Raises its failure where none gets through.
    """
    failure: Exception | None = None
    for _ in range(TRIALS):
        if failure is not None:
            await pause(stopping, PAUSE_SECONDS)
            if stopping.is_set():
                raise failure
        try:
            await processor.process(place, [record], start=start, end=end)
        except Exception as error:
            if not is_transient(error) or not await _does_any_pass(processor, neighbours):
                raise
            failure = error
        else:
            return end
    reason = f"failed again and again while its neighbours get through: {type(failure).__name__}"
    await processor.park_first(place, record, start=start, reason=reason)
    return int(record.offset) + 1


async def _does_any_pass(processor: BatchProcessor, neighbours: Sequence[ConsumerRecord]) -> bool:
    for neighbour in neighbours:
        if await processor.applies_alone(neighbour):
            return True
    return False
