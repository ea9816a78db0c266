"""Partitions with few records go through one transaction, and each its own way where that fails."""

import asyncio

import pytest
from aiokafka import TopicPartition
from sqlalchemy import text

from kulant_chassis import positions
from kulant_chassis.metrics import BATCHES_FAILED
from kulant_chassis.positions import Stretch, begin, move
from kulant_chassis.received import Poison, PositionMoved
from kulant_contracts import topics
from libs.chassis.tests.integration.conftest import PARTITIONS, at, closed, has, read_all, running, send, until


async def test_all_effects_and_positions_are_committed_together(toy, producer, topic):
    stretches, records = await _one_fact_on_each_partition(toy, producer, topic)

    assert await toy.consumer()._processor.process_together(stretches, records)

    assert await toy.effects() == ["fact-0", "fact-1", "fact-2"]
    assert (toy.batches, await toy.position()) == ([3], 3)


@pytest.mark.parametrize("failure", [Poison, ValueError, ConnectionError])
async def test_what_fails_together_leaves_nothing_and_goes_through_apart(toy, producer, topic, failure):
    stretches, records = await _one_fact_on_each_partition(toy, producer, topic)
    toy.fails_on, toy.failure = {"fact-1"}, failure

    assert not await toy.consumer()._processor.process_together(stretches, records)
    assert (await toy.effects(), await toy.position(), toy.parked) == ([], 0, [])

    async with running(toy.consumer()):
        await until(lambda: has(toy, 2))
        assert await toy.effects() == ["fact-0", "fact-2"]
        toy.fails_on = set()
        await until(lambda: at(toy, 3))


async def test_none_moves_where_another_replica_moved_one(toy, producer, topic):
    stretches, records = await _one_fact_on_each_partition(toy, producer, topic)
    async with toy.database.begin() as transaction:
        await transaction.connection.execute(text("UPDATE consumer_position SET next_offset = 1 WHERE partition = 2"))

    assert not await toy.consumer()._processor.process_together(stretches, records)

    assert (await toy.effects(), await toy.position()) == ([], 1)


async def test_bytes_that_are_no_event_are_left_to_their_own_partition(toy, producer, topic):
    stretches, records = await _one_fact_on_each_partition(toy, producer, topic, in_the_middle=b"no event")

    assert not await toy.consumer()._processor.process_together(stretches, records)

    assert await toy.position() == 0
    assert await read_all(toy.bootstrap, toy.prefix + topics.dead_letter("toy")) == []


async def test_the_reader_goes_on_from_where_they_came_to_together(toy, producer, topic):
    await _one_fact_on_each_partition(toy, producer, topic)
    dropped = BATCHES_FAILED.labels(topic, "moved")._value

    async with running(toy.consumer()):
        await until(lambda: has(toy, 3))
        assert toy.batches == [3]
        for number in range(PARTITIONS):
            await send(producer, topic, closed(f"C{number}", "more", 2), partition=number, key=f"acme/C{number}")
        await until(lambda: has(toy, 6))

    assert await toy.effects() == [name for number in range(3) for name in (f"fact-{number}", "more")]
    assert dropped.get() == 0


async def test_a_customer_who_is_locked_holds_nobody_else(toy, producer, topic):
    await _one_fact_on_each_partition(toy, producer, topic)
    async with toy.database.begin() as transaction:
        await transaction.connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        await transaction.lock(["acme/C1"])
        async with running(toy.consumer()):
            await until(lambda: _is_somebody_waiting(toy))
            await until(lambda: has(toy, 2), seconds=15)  # a transaction that does not wait briefly waits for twenty
            assert await toy.effects() == ["fact-0", "fact-2"]
            await transaction.connection.rollback()
            await until(lambda: has(toy, 3))


async def test_one_partition_taken_away_in_the_middle_loses_and_repeats_nothing(toy, producer, topic):
    await _one_fact_on_each_partition(toy, producer, topic)
    toy.goes_on.clear()

    async with running(toy.consumer()) as consumer:
        await until(lambda: _began(toy))
        await consumer.forget([TopicPartition(topic, 0)])
        assert await toy.effects() == []
        toy.goes_on.set()
        await until(lambda: at(toy, 3))

    assert await toy.effects() == ["fact-0", "fact-1", "fact-2"]


async def test_a_failure_that_looks_like_being_cancelled_holds_its_partition_alone(toy, producer, topic):
    await _one_fact_on_each_partition(toy, producer, topic)
    is_broken = True

    def misbehave(received):
        if is_broken and received.partition == 1:
            raise asyncio.CancelledError

    toy.misbehave = misbehave
    async with running(toy.consumer()):
        await until(lambda: has(toy, 2))
        assert await toy.effects() == ["fact-0", "fact-2"]
        is_broken = False
        await until(lambda: at(toy, 3))

    assert await toy.effects() == ["fact-0", "fact-1", "fact-2"]


@pytest.mark.parametrize("commits", [True, False])
async def test_who_waits_for_a_position_sees_what_became_of_it(toy, topic, commits):
    places = await _positions(toy, topic)

    async def move_two():
        async with toy.database.begin() as transaction:
            await move(transaction.connection, Stretch(places[2], 0, 9), Stretch(places[1], 0, 9))

    async with toy.database.begin() as transaction:
        await move(transaction.connection, *(Stretch(place, 0, 1) for place in places))
        waiting = asyncio.create_task(move_two())
        await until(lambda: _is_somebody_waiting(toy))
        if not commits:
            await transaction.connection.rollback()
    if commits:
        with pytest.raises(PositionMoved):
            await waiting
    else:
        await waiting

    assert await toy.position() == (3 if commits else 18)


async def test_positions_moved_in_crossed_orders_never_deadlock(toy, topic):
    places = await _positions(toy, topic)

    async def move_again_and_again(order):
        moved = 0
        for _ in range(60):
            async with toy.database.read() as connection:
                now = await positions.stored(connection, [topic])
            try:
                async with toy.database.begin() as transaction:
                    asked = [places[number] for number in order]
                    await move(transaction.connection, *(Stretch(one, now[one], now[one] + 1) for one in asked))
                moved += len(order)
            except PositionMoved:
                pass
        return moved

    moved = await asyncio.gather(*map(move_again_and_again, ([0, 1, 2], [2, 1, 0], [1, 2], [2, 0])))

    assert await toy.position() == sum(moved)


async def _one_fact_on_each_partition(toy, producer, topic, in_the_middle=None):
    """A fact on each partition, and the positions before them; as stretches and records."""
    for number in range(PARTITIONS):
        fact = in_the_middle if in_the_middle and number == 1 else closed(f"C{number}", f"fact-{number}", 1)
        await send(producer, topic, fact, partition=number, key=f"acme/C{number}")
    places = await _positions(toy, topic)
    records = await read_all(toy.bootstrap, topic)
    return [Stretch(place, 0, 1) for place in places], sorted(records, key=lambda record: record.partition)


async def _positions(toy, topic):
    places = [TopicPartition(topic, number) for number in range(PARTITIONS)]
    async with toy.database.begin() as transaction:
        await begin(transaction.connection, dict.fromkeys(places, 0))
    return places


async def _is_somebody_waiting(toy):
    async with toy.database.read() as connection:
        asked = text(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return (await connection.execute(asked)).scalar_one() > 0


async def _began(toy):
    return bool(toy.batches)
