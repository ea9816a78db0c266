"""A fact is suspected only if it fails while its neighbours get through, and not if the database comes and goes."""

import asyncio
from dataclasses import dataclass, field

import pytest
from aiokafka import TopicPartition

from kulant_chassis import suspects
from kulant_chassis.consumer import Consumer, _Partition
from kulant_chassis.database import Database
from kulant_chassis.received import Reads

PLACE = TopicPartition("kulant.case.v1", 0)


@dataclass
class Record:
    offset: int


@dataclass
class Processor:
    """Fails so often with the first record as with a database that is away; others get through while `passing`."""

    failures: int
    passing: bool = True
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
        return self.passing and record.offset != 1

    async def park_first(self, place, record, *, start, reason):
        self.parked.append(record.offset)


async def nothing(*_):
    """Handle no facts."""


def a_consumer_over(processor):
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
    consumer._processor = processor
    return consumer


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch):
    monkeypatch.setattr(suspects, "PAUSE_SECONDS", 0.0)


@pytest.fixture
def partition():
    one = _Partition(1)
    one.backoff.failures = suspects.SUSPECT_AFTER_FAILURES
    return one


@pytest.mark.parametrize(
    ("failures", "parked", "applied"),
    [(1, [], [1, 2, 3]), (2, [], [1, 2, 3]), (3, [1], [2, 3])],
    ids=["the database came back in between", "it came back twice", "it fails each time while others get through"],
)
async def test_who_always_fails_while_others_get_through_is_parked_and_nobody_else(
    failures, parked, applied, partition
):
    processor = Processor(failures)

    await a_consumer_over(processor)._advance(PLACE, partition, [Record(1), Record(2), Record(3)], 4)

    assert (processor.parked, processor.applied) == (parked, applied)
    assert partition.next_offset == 4


async def test_while_none_gets_through_all_wait(partition):
    processor = Processor(failures=1, passing=False)

    with pytest.raises(ConnectionResetError):
        await a_consumer_over(processor)._advance(PLACE, partition, [Record(1), Record(2)], 3)

    assert (processor.parked, processor.applied, partition.next_offset) == ([], [], 1)


async def test_who_is_told_to_stop_parks_nothing_in_haste():
    processor, stopping = Processor(failures=9), asyncio.Event()
    stopping.set()

    with pytest.raises(ConnectionResetError):
        await suspects.settle(processor, PLACE, Record(1), [Record(2)], start=1, end=2, stopping=stopping)

    assert processor.parked == []
