"""The reader's promises on real Kafka and PostgreSQL: nothing lost, nothing twice, one bad record holds nobody."""

import asyncio

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition
from sqlalchemy import text

from kulant_chassis.batch import Trial
from kulant_chassis.positions import begin
from kulant_chassis.received import Poison, PositionMoved
from kulant_contracts import topics
from libs.chassis.tests.integration.conftest import at, closed, has, read_all, running, send, until


async def test_effects_and_position_are_committed_together(toy, producer, topic):
    for number in range(1, 11):
        await send(producer, topic, closed("C1", f"k{number}", number))

    async with running(toy.consumer()):
        await until(lambda: has(toy, 10))

    assert await toy.effects() == [f"k{number}" for number in range(1, 11)]
    assert await toy.position() == 10


async def test_the_same_message_twice_has_one_effect(toy, producer, topic):
    for number in (1, 1, 2, 2, 1):
        await send(producer, topic, closed("C1", f"k{number}", number))

    async with running(toy.consumer()):
        await until(lambda: at(toy, 5))

    assert await toy.effects() == ["k1", "k2"]


async def test_a_topic_read_again_from_its_beginning_changes_nothing(toy, producer, topic):
    for number in range(1, 6):
        await send(producer, topic, closed("C1", f"k{number}", number))
    async with running(toy.consumer()):
        await until(lambda: at(toy, 5))
    async with toy.database.begin() as transaction:
        await transaction.connection.execute(text("UPDATE consumer_position SET next_offset = 0"))

    async with running(toy.consumer()):
        await until(lambda: at(toy, 5))

    assert len(await toy.effects()) == 5


async def test_a_gap_makes_the_key_incomplete_until_it_is_filled(toy, producer, topic):
    await send(producer, topic, closed("C1", "k3", 3))
    async with running(toy.consumer()):
        await until(lambda: at(toy, 1))
        async with toy.database.begin() as transaction:
            await transaction.lock(["acme/C1"])
            assert not transaction.key("acme/C1").is_complete
            assert transaction.key("acme/C1").had("/kulant/dunning-engine", topics.CASE) == 0
        await send(producer, topic, closed("C1", "k1", 1))
        await send(producer, topic, closed("C1", "k2", 2))
        await until(lambda: at(toy, 3))

    async with toy.database.begin() as transaction:
        await transaction.lock(["acme/C1"])
        assert transaction.key("acme/C1").is_complete
        assert transaction.key("acme/C1").had("/kulant/dunning-engine", topics.CASE) == 3


@pytest.mark.parametrize("failure", ["poison", "bug"])
async def test_one_bad_record_is_parked_and_its_neighbours_get_through(toy, producer, topic, failure):
    def misbehave(received):
        if received.event.data.case_id == "bad":
            if failure == "poison":
                raise Poison(received, "never")
            raise ZeroDivisionError

    toy.misbehave = misbehave
    for number in range(1, 10):
        await send(producer, topic, closed("C1", "bad" if number == 4 else f"k{number}", number))

    async with running(toy.consumer()):
        await until(lambda: at(toy, 9))

    assert await toy.effects() == [f"k{number}" for number in range(1, 10) if number != 4]
    (letter,) = await read_all(toy.bootstrap, toy.prefix + topics.dead_letter("toy"))
    assert letter.value == closed("C1", "bad", 4)
    assert dict(letter.headers)["kulant-parked-from"] == f"{topic}/0/3".encode()
    assert [parked.key for parked in toy.parked if parked.offset == 3][-1] == "acme/C1"
    async with toy.database.begin() as transaction:
        await transaction.lock(["acme/C1"])
        assert not transaction.key("acme/C1").is_complete


async def test_bytes_that_are_no_event_are_parked_and_hold_their_customer(toy, producer, topic):
    await send(producer, topic, b"{not json")
    await send(producer, topic, closed("C2", "k1", 1), key="acme/C2")

    async with running(toy.consumer()):
        await until(lambda: at(toy, 2))

    assert await toy.effects() == ["k1"]
    async with toy.database.begin() as transaction:
        await transaction.lock(["acme/C1", "acme/C2"])
        assert not transaction.key("acme/C1").is_complete
        assert transaction.key("acme/C2").is_complete


async def test_more_parked_facts_than_the_limit_stop_the_consumer(toy, producer, topic):
    def misbehave(received):
        raise Poison(received, "a bad release parks everything")

    toy.misbehave = misbehave
    for number in range(1, 10):
        await send(producer, topic, closed("C1", f"k{number}", number))

    async with running(toy.consumer(parking_limit=3)) as consumer:
        await until(lambda: consumer.stopped_because)

    assert await toy.position() == 0
    assert len(await read_all(toy.bootstrap, toy.prefix + topics.dead_letter("toy"))) == 3


async def test_a_transient_failure_holds_its_partition_while_others_go_on(toy, producer, topic):
    broken = True

    def misbehave(received):
        if broken and received.partition == 0:
            raise ConnectionError

    toy.misbehave = misbehave
    await send(producer, topic, closed("C1", "held", 1), partition=0)
    await send(producer, topic, closed("C2", "free", 1), partition=1, key="acme/C2")

    async with running(toy.consumer()):
        await until(lambda: has(toy, 1))
        assert await toy.effects() == ["free"]
        broken = False
        await until(lambda: has(toy, 2))

    assert await read_all(toy.bootstrap, toy.prefix + topics.dead_letter("toy")) == []


async def test_a_failure_that_stays_with_one_fact_parks_it_once_its_neighbours_would_pass(toy, producer, topic):
    def misbehave(received):
        if received.event.data.case_id == "stuck":
            raise ConnectionError

    toy.misbehave = misbehave
    for number, name in enumerate(["k1", "stuck", "k3"], start=1):
        await send(producer, topic, closed("C1", name, number))

    async with running(toy.consumer()):
        await until(lambda: at(toy, 3), seconds=60)

    assert await toy.effects() == ["k1", "k3"]
    (letter,) = await read_all(toy.bootstrap, toy.prefix + topics.dead_letter("toy"))
    assert letter.value == closed("C1", "stuck", 2)


async def test_records_that_have_no_effect_do_not_hide_those_who_would_pass(toy, producer, topic):
    toy.fails_on, toy.failure = {"stuck"}, ConnectionError
    for name, number in [("k1", 1), ("stuck", 2), *[("k1", 1)] * 7, ("k3", 3)]:
        await send(producer, topic, closed("C1", name, number))

    async with running(toy.consumer()):
        await until(lambda: at(toy, 10), seconds=60)

    assert await toy.effects() == ["k1", "k3"]


async def test_a_trial_does_all_but_the_commit(toy, producer, topic):
    toy.fails_on, toy.failure = {"stuck"}, ConnectionError
    for name, number in [("k1", 1), ("k1", 1), ("k2", 2), ("stuck", 3)]:
        await send(producer, topic, closed("C1", name, number))
    place, records = TopicPartition(topic, 0), await read_all(toy.bootstrap, topic)
    async with toy.database.begin() as transaction:
        await begin(transaction.connection, {place: 0})
    processor = toy.consumer()._processor
    await processor.process(place, records[:1], start=0, end=1)

    trials = [await processor.try_alone(place, record, start=1) for record in records[1:]]

    assert trials == [Trial.NOTHING, Trial.PASSES, Trial.FAILS]
    assert await processor.try_alone(place, records[2], start=0) is Trial.FAILS  # the position could not be moved
    assert (await toy.effects(), await toy.position()) == (["k1"], 1)


async def test_an_unknown_type_of_ours_stops_its_partition_and_is_not_skipped(toy, producer, topic):
    unknown = closed("C1", "k2", 2).replace(b"kulant.case.closed.v1", b"kulant.case.danced.v1")
    await send(producer, topic, closed("C1", "before", 1))
    await send(producer, topic, unknown)
    await send(producer, topic, closed("C1", "behind", 3))
    await send(producer, topic, closed("C2", "free", 1), partition=1, key="acme/C2")

    async with running(toy.consumer()):
        await until(lambda: has(toy, 2))

    assert await toy.effects() == ["before", "free"]
    assert await toy.position() == 2


async def test_a_batch_whose_position_was_moved_by_another_replica_is_dropped(toy, producer, topic):
    for number in range(1, 4):
        await send(producer, topic, closed("C1", f"k{number}", number))
    consumer = toy.consumer()
    records = await read_all(toy.bootstrap, topic)
    async with toy.database.begin() as transaction:
        await transaction.connection.execute(
            text("INSERT INTO consumer_position VALUES (:topic, 0, 2)"), {"topic": topic}
        )

    with pytest.raises(PositionMoved):
        await consumer._processor.process(TopicPartition(topic, 0), records, start=0, end=3)

    assert await toy.effects() == []


async def test_two_replicas_share_partitions_and_a_rebalance_loses_nothing(toy, producer, topic):
    async def feed():
        for number in range(1, 61):
            for partition in range(3):
                key = f"C{partition}"
                await send(
                    producer, topic, closed(key, f"{key}-{number}", number), partition=partition, key=f"acme/{key}"
                )

    toy.slowly = 0.05
    async with running(toy.consumer(batch_records=5)):
        feeding = asyncio.create_task(feed())
        await until(lambda: has(toy, 20))
        async with running(toy.consumer(batch_records=5)):
            await feeding
            await until(lambda: has(toy, 100), seconds=60)
        await until(lambda: has(toy, 180), seconds=60)

    effects = await toy.effects()
    assert len(effects) == len(set(effects)) == 180


async def test_the_position_passes_the_markers_of_transactions(toy, topic):
    """An ERP that writes in transactions leaves markers behind its records; an aborted one leaves only those."""
    producer = AIOKafkaProducer(bootstrap_servers=toy.bootstrap, transactional_id=f"{toy.prefix}erp")
    await producer.start()
    async with producer.transaction():
        await producer.send(topic, closed("C1", "kept", 1), key=b"acme/C1", partition=0)
    await producer.begin_transaction()
    await producer.send(topic, closed("C1", "undone", 2), key=b"acme/C1", partition=0)
    await producer.abort_transaction()
    await producer.stop()

    async with running(toy.consumer()):
        await until(lambda: at(toy, 4))

    assert await toy.effects() == ["kept"]


async def test_what_a_message_leads_to_continues_its_chain(toy, producer, topic):
    causes = []
    toy.misbehave = lambda received: causes.append(received.cause)
    traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"
    await send(producer, topic, closed("C1", "k1", 1, traceparent=traceparent, correlationid="erp-1"))

    async with running(toy.consumer()):
        await until(lambda: at(toy, 1))

    assert (causes[0].traceparent, causes[0].correlationid, causes[0].causationid) == (traceparent, "erp-1", "C1-1")
