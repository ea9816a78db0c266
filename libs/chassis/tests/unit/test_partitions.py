"""Whose records are applied in one transaction, and what becomes of them when it is cancelled."""

import asyncio

from aiokafka import TopicPartition

from kulant_chassis.consumer import Consumer
from kulant_chassis.partitions import FEW_RECORDS, Part, Partition, companies
from kulant_chassis.received import Reads


def part(topic: str, number: int, records: int, failures: int = 0) -> Part:
    partition = Partition(0)
    partition.backoff.failures = failures
    return Part(TopicPartition(topic, number), partition, [object()] * records, records)


def test_few_records_of_one_topic_go_together():
    few = [part("fact", number, FEW_RECORDS) for number in range(3)]
    other = part("answer", 0, 1)

    assert companies([*few, other]) == [few, [other]]


def test_many_records_and_what_failed_and_what_is_empty_go_alone():
    apart = [part("fact", 0, FEW_RECORDS + 1), part("fact", 1, 1, failures=1), part("fact", 2, 0)]
    few = [part("fact", 3, 1), part("fact", 4, 1)]

    assert companies([*apart, *few]) == [*([one] for one in apart), few]


async def test_those_who_shared_a_cancelled_transaction_begin_again_from_what_is_stored():
    async def handle(transaction, batch):
        raise AssertionError("nothing is handled here")

    consumer = Consumer(
        "toy", None, Reads({}, handle), bootstrap="", topic_prefix="", batch_records=1, session_timeout_ms=1,
        parking_limit=1,
    )  # fmt: skip
    shared, own = (asyncio.create_task(asyncio.Event().wait()) for _ in range(2))
    places = [TopicPartition("fact", number) for number in range(3)]
    for place, work in zip(places, (shared, shared, own), strict=True):
        consumer._partitions[place] = Partition(0, work=work)

    await consumer.forget(places[:1])

    assert shared.cancelled()
    assert list(consumer._partitions) == [places[2]]
    own.cancel()
