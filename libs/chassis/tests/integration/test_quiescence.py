"""What is left to do, and where the log ends, as the broker and the database tell it."""

from datetime import timedelta

import pytest
from aiokafka import AIOKafkaProducer

from kulant_chassis.clock import MovableClock
from kulant_chassis.quiescence import LogEnds, Quiescence
from libs.chassis.tests.integration.conftest import NOW, closed, send, until
from libs.chassis.tests.integration.test_relay import record, relay_of


@pytest.fixture
async def ends(toy, topic):
    ends = LogEnds(toy.bootstrap, [topic])
    yield ends
    await ends.close()


async def test_an_open_transaction_ends_the_log_before_it(toy, topic, producer, ends):
    await send(producer, topic, closed("C1", "k1", 1))
    erp = AIOKafkaProducer(bootstrap_servers=toy.bootstrap, transactional_id=f"{toy.prefix}erp")
    await erp.start()
    await erp.begin_transaction()
    await erp.send_and_wait(topic, closed("C1", "k2", 2), key=b"acme/C1", partition=0)
    assert sum((await ends.read()).values()) == 1

    await erp.commit_transaction()
    await erp.stop()

    async def is_past_the_marker():  # the broker writes it just after it has acknowledged the commit
        return sum((await ends.read()).values()) == 3

    await until(is_past_the_marker)
    assert len(await ends.read()) == 3


async def test_ends_are_read_after_the_question(producer, topic, ends):
    for number in range(1, 20):
        await send(producer, topic, closed("C1", f"k{number}", number))
        assert sum((await ends.read()).values()) == number


async def test_a_topic_that_does_not_exist_is_no_answer(toy):
    ends = LogEnds(toy.bootstrap, [f"{toy.prefix}nothing"])
    with pytest.raises(TimeoutError):
        await ends.read()
    await ends.close()


async def test_everything_left_to_do_is_counted_until_it_is_done(toy, topic, producer, ends):
    clock = MovableClock(NOW)
    quiescence = Quiescence(
        toy.database, clock, ends, topics=[topic], running_batches=lambda: 0, has_timers=True, in_flight=None
    )
    await send(producer, topic, closed("C1", "k1", 1))
    await record(toy, ["k1", "k2"])
    async with toy.database.begin() as transaction:
        await transaction.follow_tenant("trial", mode="test", test_now_at=NOW, version=1, settings_changed=True)
        await transaction.lock(["trial/C1"])
        transaction.look_at("trial/C1", NOW - timedelta(hours=1))

    left = await quiescence.figures("trial")
    assert (left["clock_at"], left["lag"], left["outbox"], left["due_timers"]) == (NOW, 1, 2, 1)

    consumer, relay = toy.consumer(), relay_of(toy)
    await consumer.start()
    await relay.start()
    async with toy.database.begin() as transaction:
        await transaction.lock(["trial/C1"])
        transaction.look_at("trial/C1", None)

    async def is_done():
        figures = await quiescence.figures("trial")
        return (figures["lag"], figures["outbox"], figures["due_timers"], figures["in_flight"]) == (0, 0, 0, 0)

    await until(is_done)
    await consumer.stop()
    await relay.stop()
    assert sum((await quiescence.figures(None))["positions"].values()) == 3


@pytest.mark.parametrize("tenant", [None, "live-tenant", "unknown"])
async def test_the_clock_of_a_live_or_unknown_tenant_is_none_and_no_error(toy, ends, tenant):
    quiescence = Quiescence(
        toy.database, MovableClock(NOW), ends, topics=[], running_batches=lambda: 2, has_timers=False, in_flight=None
    )
    async with toy.database.begin() as transaction:
        await transaction.follow_tenant("live-tenant", mode="live", test_now_at=None, version=1, settings_changed=True)

    figures = await quiescence.figures(tenant)

    assert (figures["clock_at"], figures["in_flight"]) == (None, 2)
