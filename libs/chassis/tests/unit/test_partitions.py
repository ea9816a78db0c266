"""Whose records are applied in one transaction, and that nobody's are whose partition is gone."""

from aiokafka import TopicPartition

from kulant_chassis.consumer import Consumer
from kulant_chassis.partitions import FEW_RECORDS, Part, Partition, groups
from kulant_chassis.positions import Stretch
from kulant_chassis.received import Reads


def part(topic: str, number: int, records: int, failures: int = 0) -> Part:
    partition = Partition(0)
    partition.backoff.failures = failures
    return Part(Stretch(TopicPartition(topic, number), 0, records), partition, [object()] * records)


def test_few_records_of_one_topic_go_together():
    few = [part("fact", number, FEW_RECORDS) for number in range(3)]
    other = part("answer", 0, 1)

    assert groups([*few, other]) == [few, [other]]


def test_many_records_and_what_failed_and_what_is_empty_go_alone():
    apart = [part("fact", 0, FEW_RECORDS + 1), part("fact", 1, 1, failures=1), part("fact", 2, 0)]
    few = [part("fact", 3, 1), part("fact", 4, 1)]

    assert groups([*apart, *few]) == [*([one] for one in apart), few]


async def test_a_partition_taken_away_while_others_ask_for_their_position_is_not_begun():
    async def handle(transaction, batch):
        raise AssertionError("nothing is handled here")

    consumer = Consumer(
        "toy", None, Reads({}, handle), bootstrap="", topic_prefix="", batch_records=1, session_timeout_ms=1,
        parking_limit=1,
    )  # fmt: skip
    first, second = (TopicPartition("fact", number) for number in range(2))
    taken = consumer._partitions[first] = Partition(0)
    consumer._partitions[second] = Partition(0)

    class Client:
        def assignment(self):
            return {first, second}

        async def position(self, place):
            if place == second:
                await consumer.forget([first, second])
            return 1

    await consumer._begin_work(Client(), [first, second], {first: [object()], second: [object()]})

    assert taken.work is None
