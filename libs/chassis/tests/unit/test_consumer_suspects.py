"""A fact is suspected only if it fails while its neighbours get through, and not if the database just came back."""

from dataclasses import dataclass, field

import pytest
from aiokafka import TopicPartition

from kulant_chassis.consumer import SUSPECT_AFTER_FAILURES, Consumer, _Partition
from kulant_chassis.database import Database
from kulant_chassis.received import Reads

PLACE = TopicPartition("kulant.case.v1", 0)


@dataclass
class Record:
    offset: int


@dataclass
class Processor:
    """Fails so often with the first record as with a database that is away; all others get through."""

    failures: int
    parked: list[int] = field(default_factory=list)
    applied: list[int] = field(default_factory=list)

    async def process(self, place, records, *, start, end):
        (record,) = records
        if record.offset == 1 and self.failures:
            self.failures -= 1
            raise ConnectionResetError
        assert (start, end) == (record.offset, record.offset + 1)
        self.applied.append(record.offset)

    async def applies_alone(self, record):
        return record.offset != 1

    async def park_first(self, place, record, *, start, reason):
        self.parked.append(record.offset)


async def nothing(*_):
    """Handle no facts."""


@pytest.mark.parametrize(
    ("failures", "parked", "applied"),
    [(1, [], [1, 2, 3]), (2, [1], [2, 3])],
    ids=["the database came back in between", "it fails again while others get through"],
)
async def test_who_fails_once_more_while_others_get_through_is_parked_and_nobody_else(failures, parked, applied):
    consumer = Consumer(
        "toy",
        Database("postgresql://nobody@127.0.0.1:1/none"),
        Reads({"kulant.case.v1": ()}, nothing),
        bootstrap="127.0.0.1:1",
        topic_prefix="",
        batch_records=10,
        session_timeout_ms=6_000,
        parking_limit=1,
    )
    consumer._processor = processor = Processor(failures)
    partition = _Partition(1)
    partition.backoff.failures = SUSPECT_AFTER_FAILURES

    await consumer._advance(PLACE, partition, [Record(1), Record(2), Record(3)], 4)

    assert (processor.parked, processor.applied) == (parked, applied)
    assert partition.next_offset == 4
