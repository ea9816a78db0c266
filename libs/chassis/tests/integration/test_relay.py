"""The relay's promises: in order, no gap, whatever fails; repeated at worst, with the same sequences."""

import asyncio

import pytest
from sqlalchemy import text

from kulant_chassis import outbox
from kulant_chassis.failures import EventTooLarge
from kulant_chassis.outbox import Relay
from kulant_chassis.transaction import Cause, Draft
from kulant_contracts.case import CaseClosedV1
from kulant_contracts.envelope import decode
from kulant_contracts.registry import EVENTS
from libs.chassis.tests.integration.conftest import NOW, read_all, until


async def record(toy, case_ids, cause=None):
    async with toy.database.begin() as transaction:
        await transaction.lock(["acme/C1"])
        for case_id in case_ids:
            data = CaseClosedV1(customer_id="C1", case_id=case_id, creditor_id="main", at=NOW, reason="paid")
            transaction.publish(Draft("acme/C1", "acme", NOW, data, cause))


async def outbox_rows(toy):
    async with toy.database.read() as connection:
        return (await connection.execute(text("SELECT count(*) FROM outbox"))).scalar_one()


async def is_empty(toy):
    return await outbox_rows(toy) == 0


def relay_of(toy, **settings):
    return Relay(toy.database, toy.bootstrap, **{"lease_seconds": 1.0, **settings})


def as_told(records):
    events = [decode(record.value, record.headers, EVENTS) for record in sorted(records, key=lambda r: r.offset)]
    return [(event.envelope.sequence, event.data.case_id) for event in events]


def without_repetitions(told):
    return list(dict.fromkeys(told))


async def test_events_reach_the_topic_in_order_with_sequences_and_trace_and_leave_the_outbox(toy, topic):
    traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    relay = relay_of(toy)
    await relay.start()
    await record(toy, ["k1", "k2"], Cause(traceparent, None, "erp-1", "erp-1"))
    await record(toy, ["k3"])

    await until(lambda: is_empty(toy))
    await relay.stop()

    records = await read_all(toy.bootstrap, topic)
    assert as_told(records) == [(1, "k1"), (2, "k2"), (3, "k3")]
    first = min(records, key=lambda record: record.offset)
    assert first.key == b"acme/C1"
    assert dict(first.headers)["traceparent"] == traceparent.encode()
    assert dict(first.headers)["kulant-outbox-number"].isdigit()
    envelope = decode(first.value, first.headers, EVENTS).envelope
    assert (envelope.traceparent, envelope.correlationid, envelope.source) == (traceparent, "erp-1", "/kulant/toy")


async def test_a_rolled_back_transaction_publishes_nothing_and_uses_up_no_sequence(toy, topic):
    async def fail():
        async with toy.database.begin() as transaction:
            await transaction.lock(["acme/C1"])
            data = CaseClosedV1(customer_id="C1", case_id="undone", creditor_id="main", at=NOW, reason="paid")
            transaction.publish(Draft("acme/C1", "acme", NOW, data))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()

    relay = relay_of(toy)
    await relay.start()
    await record(toy, ["k1"])
    await until(lambda: is_empty(toy))
    await relay.stop()

    assert as_told(await read_all(toy.bootstrap, topic)) == [(1, "k1")]


async def test_two_relays_leave_no_gap_while_both_are_killed_and_restarted(toy, topic):
    relays = [relay_of(toy), relay_of(toy)]
    for relay in relays:
        await relay.start()
    for number in range(60):
        await record(toy, [f"k{number * 2}", f"k{number * 2 + 1}"])
        if number % 20 == 10:
            victim = relays.pop(0)
            victim._task.cancel()  # as sudden as a kill: nothing is given back, what was sent may be sent again
            await asyncio.gather(victim._task, return_exceptions=True)
            await victim._drop_producer()
            relays.append(relay_of(toy))
            await relays[-1].start()
    await until(lambda: is_empty(toy))
    for relay in relays:
        await relay.stop()

    told = without_repetitions(as_told(await read_all(toy.bootstrap, topic)))
    assert told == [(number + 1, f"k{number}") for number in range(120)]


async def test_a_failed_send_throws_the_producer_away_and_begins_again_with_the_oldest_row(toy, topic, monkeypatch):
    made = []
    new_producer = outbox.new_producer

    def flaky(bootstrap, **settings):
        producer = new_producer(bootstrap, **settings)
        made.append(producer)
        if len(made) == 1:
            send = producer.send

            async def fail_on_second(topic_name, value, **options):
                if b'"k1"' in value:
                    raise ConnectionError
                return await send(topic_name, value, **options)

            producer.send = fail_on_second
        return producer

    monkeypatch.setattr(outbox, "new_producer", flaky)
    await record(toy, ["k0", "k1", "k2"])
    relay = relay_of(toy)
    await relay.start()
    await until(lambda: is_empty(toy))
    await relay.stop()

    assert len(made) == 2
    told = without_repetitions(as_told(await read_all(toy.bootstrap, topic)))
    assert told == [(1, "k0"), (2, "k1"), (3, "k2")]


async def test_the_lease_keeps_a_second_relay_silent_until_the_first_is_gone(toy, topic):
    first, second = relay_of(toy, lease_seconds=60), relay_of(toy, lease_seconds=60)
    await first.start()
    await record(toy, ["k1"])
    await until(lambda: is_empty(toy))

    await second.start()
    await record(toy, ["k2"])
    await until(lambda: is_empty(toy))
    assert second._producer is None

    await first.stop()
    await record(toy, ["k3"])
    await until(lambda: is_empty(toy))
    await second.stop()
    assert [case_id for _, case_id in as_told(await read_all(toy.bootstrap, topic))] == ["k1", "k2", "k3"]


async def test_an_event_over_900_kb_is_refused_inside_the_transaction(toy):
    data = CaseClosedV1(customer_id="C1", case_id="k1", creditor_id="main", at=NOW, reason="paid")
    large = data.model_copy(update={"reason": "x" * 900_001})

    async with toy.database.begin() as transaction:
        await transaction.lock(["acme/C1"])
        with pytest.raises(EventTooLarge):
            transaction.publish(Draft("acme/C1", "acme", NOW, large))
