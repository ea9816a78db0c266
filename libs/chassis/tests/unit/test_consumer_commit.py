"""Offsets are committed to Kafka for display alone: a broker that is away holds nobody up."""

import asyncio

from aiokafka import TopicPartition

from kulant_chassis import consumer as module
from kulant_chassis.consumer import Consumer
from kulant_chassis.database import Database
from kulant_chassis.received import Reads

PLACE = TopicPartition("kulant.case.v1", 0)


class Deaf:
    """A client whose broker is away: it would ask for ever."""

    asked = 0

    def assignment(self):
        return {PLACE}

    async def commit(self, offsets):
        self.asked += 1
        assert offsets == {PLACE: 7}
        await asyncio.Event().wait()


async def nothing(*_):
    """Handle no facts."""


async def test_the_reading_loop_goes_on_although_the_broker_takes_no_offsets(monkeypatch):
    monkeypatch.setattr(module, "COMMIT_TIMEOUT_SECONDS", 0.001)
    database = Database("postgresql://nobody@127.0.0.1:1/none")
    consumer = Consumer(
        "toy",
        database,
        Reads({"kulant.case.v1": ()}, nothing),
        bootstrap="127.0.0.1:1",
        topic_prefix="",
        batch_records=1,
        session_timeout_ms=6_000,
        parking_limit=1,
    )
    consumer._partitions[PLACE] = module._Partition(7)
    client = Deaf()

    async with asyncio.timeout(5):
        await consumer._show_positions(client)

    assert client.asked == 1
