"""Payments of one customer for another's invoice, on a real PostgreSQL."""

import asyncio
from itertools import permutations

import pytest
from invoice_wire import as_bytes, customer_changed, invoice_issued, payment_received, tenant_changed
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from invoice_service.main import unit_of_work
from kulant_chassis.failures import is_transient
from kulant_chassis.received import Parked
from kulant_contracts import topics

ONE = {"content-type": "application/cloudevents+json"}


async def opens(desk):
    return {row[2]: row[6] for row in await desk.state()}


@pytest.mark.parametrize("payer", ["c0", "c9"])
@pytest.mark.parametrize("order", list(permutations(range(2))))
@pytest.mark.parametrize("door", ["kafka", "http"])
async def test_an_allocation_counts_whoever_paid(desk, client, payer, order, door):
    await desk.deliver(tenant_changed(), customer_changed())
    facts = [invoice_issued(), payment_received(customer_id=payer)]

    for number in order:
        if door == "kafka":
            await desk.deliver(facts[number])
        else:
            answer = await client.call("POST", "/v1/events", content=as_bytes(facts[number]), headers=ONE)
            assert answer.json()["result"] == "accepted"

    assert await opens(desk) == {"inv-1": 0}
    settled = (await desk.told())[-1]
    assert (settled.envelope.type, settled.envelope.partitionkey) == ("kulant.item.settled.v1", "acme/c1")


@pytest.mark.parametrize("order", list(permutations(range(4)))[::5])
async def test_a_corrected_payment_counts_under_its_last_payer_alone(desk, order):
    await desk.deliver(tenant_changed())
    facts = [
        invoice_issued(),
        invoice_issued("inv-2", customer_id="c3"),
        payment_received(customer_id="c0"),
        payment_received(customer_id="c4", version=2, invoice_id="inv-2"),
    ]

    for number in order:
        await desk.deliver(facts[number])

    assert await opens(desk) == {"inv-1": 11900, "inv-2": 0}


async def test_what_was_paid_for_another_is_shown_as_nobodys_credit(desk, client):
    await desk.deliver(tenant_changed(), customer_changed("c0"), invoice_issued(), payment_received(customer_id="c0"))

    shown = (await client.call("GET", "/v1/customers/c0")).json()

    assert (shown["balances"], shown["credits"]) == ([], [])


@pytest.mark.parametrize("invoice_first", [True, False])
async def test_an_invoice_and_its_payment_at_the_same_moment_do_not_miss_each_other(desk, invoice_first):
    await desk.deliver(tenant_changed())
    facts = [invoice_issued(), payment_received(customer_id="c0")]
    first, second = facts if invoice_first else facts[::-1]

    async with desk.database.begin() as transaction:
        await transaction.lock([first.envelope.partitionkey])
        await desk.apply(transaction, first)
        await transaction.flush()
        other = asyncio.create_task(desk.deliver(second))
        await _wait_until_somebody_waits(desk)
    await other

    assert await opens(desk) == {"inv-1": 0}


async def test_who_cannot_lock_the_owner_gives_up_and_may_try_again(desk):
    await desk.deliver(tenant_changed(), invoice_issued())
    payment = payment_received(customer_id="c9")

    async with desk.database.begin() as transaction:
        await transaction.lock(["acme/c1"])
        with pytest.raises(DBAPIError) as failure:
            await desk.deliver(payment)
    assert is_transient(failure.value)

    await desk.deliver(payment)
    assert await opens(desk) == {"inv-1": 0}


async def test_a_parked_payment_holds_its_payer_and_whose_invoice_it_names(desk):
    await desk.deliver(tenant_changed(), invoice_issued())
    await desk.told()
    payment = payment_received(customer_id="c9")

    await desk.park(Parked("acme/c9", "acme", topics.ERP, 3, 17, "too large", payment))

    assert sorted(hold.data.customer_id for hold in await desk.told()) == ["c1", "c9"]


@pytest.mark.parametrize("before", ["20s", "400ms"])
async def test_locks_wait_as_before_after_others_were_locked(desk, before):
    await desk.deliver(tenant_changed(), invoice_issued())

    async with desk.database.begin() as transaction:
        await transaction.connection.execute(text(f"SET LOCAL lock_timeout = '{before}'"))
        await unit_of_work(transaction).lock_too([("acme", "c1")])
        assert (await transaction.connection.execute(text("SHOW lock_timeout"))).scalar_one() == before
        assert transaction.key("acme/c1").tenant == "acme"


async def _wait_until_somebody_waits(desk):
    waiting = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
    async with asyncio.timeout(10):
        while True:
            async with desk.database.glance() as connection:
                if (await connection.execute(waiting)).scalar_one():
                    return
            await asyncio.sleep(0.02)
