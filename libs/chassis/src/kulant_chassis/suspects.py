"""Finds the one fact that keeps its neighbours waiting, and never takes a database that is away for such a fact."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiokafka import ConsumerRecord, TopicPartition

from kulant_chassis.batch import BatchProcessor, Trial
from kulant_chassis.failures import is_transient

SUSPECT_AFTER_FAILURES = 5
TRIALS = 3
FAILING_NEIGHBOURS = 5


@dataclass(slots=True)
class Suspicion:
    """How often in a row the record at this offset failed while others would have got through."""

    offset: int = -1
    trials: int = 0


async def apply_suspect(
    processor: BatchProcessor,
    place: TopicPartition,
    record: ConsumerRecord,
    behind: Sequence[ConsumerRecord],
    *,
    start: int,
    end: int,
    suspicion: Suspicion,
) -> int:
    """Apply a record that its partition has waited for again and again; returns the position behind it.

    It is parked once it has failed three times in a row, with the partition's pause after each, and records behind it
    would have got through every time: a database that comes and goes fails for all alike. Raises its failure before.
    """
    try:
        await processor.process(place, [record], start=start, end=end)
    except Exception as error:
        if not is_transient(error):
            raise
        if suspicion.offset != record.offset:
            suspicion.offset, suspicion.trials = record.offset, 0
        if not await _do_others_pass(processor, place, behind, start):
            suspicion.trials = 0
            raise
        suspicion.trials += 1
        if suspicion.trials < TRIALS:
            raise
        reason = f"failed again and again while its neighbours get through: {type(error).__name__}"
        await processor.park_first(place, record, start=start, reason=reason)
        return int(record.offset) + 1
    return end


async def _do_others_pass(
    processor: BatchProcessor, place: TopicPartition, behind: Sequence[ConsumerRecord], start: int
) -> bool:
    """Does one have its effect? Where none of those behind has any, it is enough that none fails."""
    failing = 0
    for neighbour in behind:
        trial = await processor.try_alone(place, neighbour, start=start)
        if trial is Trial.PASSES:
            return True
        failing += trial is Trial.FAILS
        if failing == FAILING_NEIGHBOURS:
            break
    return bool(behind) and not failing
