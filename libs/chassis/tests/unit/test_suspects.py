"""A fact is suspected only if it fails while its neighbours get through, and not if the database comes and goes."""

from dataclasses import dataclass, field

import pytest
from aiokafka import TopicPartition

from kulant_chassis.batch import Trial
from kulant_chassis.partitions import Partition
from kulant_chassis.suspects import SUSPECT_AFTER_FAILURES

PLACE = TopicPartition("kulant.case.v1", 0)


@dataclass
class Record:
    offset: int


@dataclass
class Processor:
    """Fails so often with the first record as with a database that is away; what others would do is told for each."""

    failures: int
    error: Exception = field(default_factory=ConnectionResetError)
    trials: list[Trial] = field(default_factory=lambda: [Trial.PASSES] * 9)
    parked: list[int] = field(default_factory=list)
    applied: list[int] = field(default_factory=list)

    async def process(self, place, records, *, start, end):
        (record,) = records
        if record.offset == 1 and self.failures:
            self.failures -= 1
            raise self.error
        assert (start, end) == (record.offset, record.offset + 1)
        self.applied.append(record.offset)

    async def try_alone(self, place, record, *, start):
        assert start == 1
        return self.trials.pop(0)

    async def park_first(self, place, record, *, start, reason):
        self.parked.append(record.offset)


async def attempts(consumer, processor, count):
    """So many attempts at a partition that has failed often; returns how far it came and which of them failed."""
    consumer._processor = processor
    partition, failed = Partition(1), []
    for number in range(count):
        partition.backoff.failures = SUSPECT_AFTER_FAILURES + number
        try:
            await consumer._advance(PLACE, partition, [Record(1), Record(2), Record(3)], 4)
        except ConnectionResetError:
            failed.append(number)
        else:
            break
    return partition.next_offset, failed


async def test_who_fails_three_times_while_others_pass_is_parked_and_they_get_through(consumer):
    processor = Processor(failures=9)

    assert await attempts(consumer, processor, 3) == (4, [0, 1])
    assert (processor.parked, processor.applied) == ([1], [2, 3])


async def test_nobody_is_parked_for_a_database_that_came_back_in_between(consumer):
    processor = Processor(failures=2)

    assert await attempts(consumer, processor, 3) == (4, [0, 1])
    assert (processor.parked, processor.applied) == ([], [1, 2, 3])


async def test_each_time_that_others_fail_too_it_begins_anew(consumer):
    fails, passes = Trial.FAILS, Trial.PASSES
    processor = Processor(failures=9, trials=[passes, passes, fails, fails, passes, passes, passes])

    assert await attempts(consumer, processor, 5) == (1, [0, 1, 2, 3, 4])
    assert processor.parked == []
    assert await attempts(consumer, processor, 1) == (1, [0])


@pytest.mark.parametrize(
    ("trials", "parked"),
    [
        ([Trial.NOTHING, Trial.PASSES], [1]),
        ([Trial.NOTHING, Trial.NOTHING], [1]),
        ([Trial.NOTHING, Trial.FAILS], []),
        ([Trial.FAILS, Trial.PASSES], [1]),
        ([Trial.FAILS, Trial.FAILS], []),
    ],
)
async def test_those_without_an_effect_are_looked_past_and_speak_only_where_none_fails(consumer, trials, parked):
    processor = Processor(failures=9, trials=trials * 3)

    await attempts(consumer, processor, 3)

    assert processor.parked == parked


async def test_a_fault_of_the_release_is_no_suspicion(consumer):
    processor = Processor(failures=9, error=ZeroDivisionError())

    for _ in range(4):
        with pytest.raises(ZeroDivisionError):
            await attempts(consumer, processor, 1)
    assert (processor.parked, len(processor.trials)) == ([], 9)
