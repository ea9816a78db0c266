"""Offsets are committed to Kafka for display alone: a broker that is away holds nobody up."""

import asyncio

from aiokafka import TopicPartition

from kulant_chassis import consumer as module

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


async def test_the_reading_loop_goes_on_although_the_broker_takes_no_offsets(monkeypatch, consumer):
    monkeypatch.setattr(module, "COMMIT_TIMEOUT_SECONDS", 0.001)
    consumer._partitions[PLACE] = module.Partition(7)
    client = Deaf()

    async with asyncio.timeout(5):
        await consumer._show_positions(client)

    assert client.asked == 1
