"""What is parked is kept before anything moves past it; and when so much is that the release itself must be wrong."""

from itertools import count

import pytest
from aiokafka import ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaConnectionError

from kulant_chassis.batch import BatchProcessor
from kulant_chassis.parking import ParkingPlace
from kulant_chassis.received import ParkingLimitReached, Reads

LIMIT = 3


class Place(ParkingPlace):
    """Dead letters whose broker takes everything, or is away."""

    def __init__(self):
        super().__init__("toy", "nowhere", limit=LIMIT, topic_prefix="")
        self.is_away = False
        self._offsets = count()

    async def _send(self, new):
        if self.is_away:
            raise KafkaConnectionError

    async def take(self, number=1, *, counts=True):
        """So many facts of a batch."""
        await self.park([(record(next(self._offsets)), "failed: KeyError") for _ in range(number)], counts=counts)


def record(offset):
    return ConsumerRecord("kulant.case.v1", 0, offset, 0, 0, b"acme/C1", b"{}", None, -1, -1, ())


@pytest.mark.parametrize("batches", [(1, 1, 1, 1), (2, 2), (4,)], ids=["one by one", "two by two", "at once"])
async def test_a_release_that_parks_everything_stops(batches):
    place = Place()
    for number in batches[:-1]:
        await place.take(number)

    with pytest.raises(ParkingLimitReached):
        await place.take(batches[-1])


async def test_a_few_bad_facts_among_very_many_good_ones_stop_nobody():
    place = Place()
    for _ in range(100):
        await place.take()
        place.note_applied(21)


async def test_what_strangers_sent_wrong_never_counts():
    place = Place()
    await place.take(100, counts=False)
    await place.take(LIMIT)


async def test_one_bad_fact_that_waits_for_the_broker_for_long_counts_once():
    place, bad = Place(), [(record(7), "failed: KeyError")]
    place.is_away = True
    for _ in range(100):
        with pytest.raises(KafkaConnectionError):
            await place.park(bad, counts=True)
    place.is_away = False
    await place.park(bad, counts=True)

    await place.take(LIMIT - 1)
    with pytest.raises(ParkingLimitReached):
        await place.take()


class NoDatabase:
    """Nobody may write here."""

    def begin(self, **_):
        raise AssertionError("a position was to be moved")


async def test_a_record_that_nobody_can_read_is_not_passed_over_while_the_broker_cannot_keep_it():
    place = Place()
    place.is_away = True
    reads = Reads({"kulant.case.v1": ()}, handle=None)
    processor = BatchProcessor(NoDatabase(), reads, place, topic_prefix="")

    with pytest.raises(KafkaConnectionError):
        await processor.park_first(TopicPartition("kulant.case.v1", 0), record(7), start=7, reason="it stays")
