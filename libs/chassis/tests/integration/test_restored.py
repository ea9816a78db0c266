"""A service whose database was restored to an earlier moment stands still instead of saying things twice."""

import asyncio

import pytest
from sqlalchemy import text

from kulant_chassis.outbox import Relay
from kulant_chassis.restored import OwnTopics, knows_what_it_told
from kulant_chassis.transaction import Draft
from kulant_contracts import topics
from kulant_contracts.case import CaseClosedV1
from libs.chassis.tests.integration.conftest import NOW, closed, send, until

CUSTOMERS = ("C1", "C2", "C3")


async def tell(toy, customers=CUSTOMERS):
    """Say something about each customer, and see it on the topic."""
    async with toy.database.begin() as transaction:
        await transaction.lock([f"acme/{customer}" for customer in customers])
        for customer in customers:
            data = CaseClosedV1(customer_id=customer, case_id="k", creditor_id="main", at=NOW, reason="paid")
            transaction.publish(Draft(f"acme/{customer}", "acme", NOW, data))
    relay = Relay(toy.database, toy.bootstrap, lease_seconds=1.0)
    await relay.start()

    async def is_told():
        async with toy.database.read() as connection:
            return (await connection.execute(text("SELECT count(*) FROM outbox"))).scalar_one() == 0

    await until(is_told)
    await relay.stop()


async def may_work(toy, bootstrap=None, stopping=None, topic=topics.CASE):
    own = OwnTopics(bootstrap or toy.bootstrap, [topic], source="/kulant/toy", topic_prefix=toy.prefix)
    return await knows_what_it_told(toy.database, own, stopping or asyncio.Event())


async def execute(toy, statement):
    async with toy.database.engine.begin() as connection:
        await connection.execute(text(statement))


async def test_a_database_that_knows_all_that_was_told_may_work_also_before_anything_was(toy):
    assert await may_work(toy)
    await tell(toy)
    assert await may_work(toy)


@pytest.mark.parametrize(
    "earlier",
    [
        """UPDATE key_row SET given = '{"kulant.case.v1": 1}' WHERE key = 'acme/C2'""",
        "DELETE FROM key_row",
    ],
    ids=["one event ago", "empty"],
)
async def test_a_database_of_an_earlier_moment_is_noticed_by_the_end_of_its_own_topics(toy, earlier):
    await tell(toy)
    await tell(toy)
    await execute(toy, earlier)

    assert not await may_work(toy)


async def test_what_is_in_the_outbox_yet_or_was_read_again_from_the_beginning_is_no_sign(toy):
    await tell(toy)
    await execute(toy, """UPDATE key_row SET given = '{"kulant.case.v1": 5}'""")
    await execute(toy, "UPDATE consumer_position SET next_offset = 0")

    assert await may_work(toy)


async def test_what_others_put_onto_its_topic_is_no_sign(toy, topic, producer):
    await send(producer, topic, closed("C1", "k", 7))
    await send(producer, topic, b"no event at all")

    assert await may_work(toy)


async def test_a_topic_that_is_not_there_yet_is_no_sign(toy):
    assert await may_work(toy, topic=topics.RESPONSE)


async def test_while_the_broker_is_away_it_waits_until_it_is_told_to_stop(toy):
    stopping = asyncio.Event()
    waiting = asyncio.create_task(may_work(toy, "127.0.0.1:1", stopping))
    await asyncio.sleep(0)
    assert not waiting.done()
    stopping.set()

    assert not await waiting
