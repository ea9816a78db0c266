"""Break a process, a broker, a database in mid-flow: nothing is lost, nothing is said twice."""

import asyncio
import signal

import asyncpg
import pytest

from kulant_cli.facts import invoice_issued
from kulant_contracts import topics
from kulant_contracts.delivery import DeliverySentV1, DeliveryUnknownV1
from kulant_contracts.envelope import decode
from kulant_contracts.invoice import HoldChangedV1, InvoiceRegisteredV1
from kulant_contracts.registry import EVENTS
from kulant_contracts.reminder import ReminderRequestedV1
from tests.integration.story import BEFORE_REMINDER, REMINDED_AT, Story, until

CUSTOMERS = 12
WHOLE = {
    "invoice-service": ["invoice-service.api+relay+timers", "invoice-service.consume"],
    "dunning-engine": ["dunning-engine.api+relay+timers", "dunning-engine.consume"],
    "notifier": ["notifier.api+consume+relay"],
    "feedback-service": ["feedback-service.api+consume", "feedback-service.relay"],
}


async def many_debts(story: Story, count: int = CUSTOMERS) -> None:
    for number in range(1, count + 1):
        invoice = story.invoice(f"i{number}", customer=number)
        await story.say(story.customer(number), invoice_issued(invoice))
    await story.settle()
    await story.day(BEFORE_REMINDER)


async def assert_each_heard_once_or_unknown(story: Story, count: int = CUSTOMERS) -> None:
    unknown = [event.data.customer_id for event in await story.events(DeliveryUnknownV1)]
    for number in range(1, count + 1):
        letters, doubts = len(story.letters(number)), unknown.count(f"C{number}")
        assert letters <= 1
        assert letters == 1 or doubts == 1
        assert doubts <= 1
    assert len(await commands(story)) == count
    assert_no_gaps(story)


async def commands(story: Story) -> set[str]:
    """The reminders asked for. A relay that lost its database after sending sends again: the same event, same id."""
    return {event.envelope.id for event in await story.events(ReminderRequestedV1)}


def assert_no_gaps(story: Story) -> None:
    """Sequences on every topic of ours are contiguous for each key, repetitions aside."""
    seen: dict[tuple[str, str, str], set[int]] = {}
    for record in story.listener.records:
        if record.topic != topics.ERP and ".dead-letter." not in record.topic:
            envelope = decode(record.value, record.headers, EVENTS).envelope
            seen.setdefault((record.topic, envelope.source, envelope.partitionkey), set()).add(envelope.sequence)
    for numbers in seen.values():
        assert numbers == set(range(1, max(numbers) + 1))


@pytest.mark.parametrize("service", list(WHOLE))
async def test_kill_9_of_a_service_between_command_and_sending(story, service):
    await many_debts(story)
    await story.stop("notifier.send")
    await story.move(REMINDED_AT)
    await story.wait_for(ReminderRequestedV1, count=CUSTOMERS)
    for name in WHOLE[service]:
        await story.kill(name)
    assert story.letters() == []

    await story.start(*WHOLE[service], "notifier.send")
    await story.settle()

    await assert_each_heard_once_or_unknown(story)


async def test_kill_9_of_the_sender_again_and_again_while_mails_leave(story):
    await many_debts(story, 30)
    await story.move(REMINDED_AT)
    for seen in (1, 8, 16):
        await until(lambda seen=seen: len(story.letters()) >= seen)
        await story.kill("notifier.send")
        await story.start("notifier.send")

    await story.settle()

    await assert_each_heard_once_or_unknown(story, 30)


async def test_a_malformed_fact_is_parked_its_neighbours_get_through_and_its_customer_is_held(story):
    for number in (1, 2):
        await story.say(story.customer(number), invoice_issued(story.invoice(f"i{number}", customer=number)))
    await story.erp._producer.send_and_wait(topics.ERP, b'{"specversion": "1.0"', key=f"{story.tenant}/C1".encode())
    await story.say(invoice_issued(story.invoice("i3", customer=2)))

    await story.settle()
    await story.day(REMINDED_AT)

    assert story.letters(1) == []
    assert len(story.letters(2)) == 1
    await story.listener.catch_up()
    letters = [record for record in story.listener.records if record.topic == topics.dead_letter("invoice-service")]
    assert [letter.value for letter in letters] == [b'{"specversion": "1.0"']
    assert "kulant-parked-reason" in dict(letters[0].headers)
    (hold,) = await story.events(HoldChangedV1)
    assert (hold.data.customer_id, hold.data.state, hold.data.reason) == ("C1", "set", "unread_fact")


async def test_a_consumer_stopped_past_its_session_and_continued_drops_its_batch_and_effects_stand_once(story):
    await story.say(story.customer())
    await story.settle()
    connection = await asyncpg.connect(story.system.info.database_urls["invoice-service"])
    holding = connection.transaction()
    await holding.start()
    await connection.execute("SELECT 1 FROM key_row WHERE key = $1 FOR UPDATE", f"{story.tenant}/C1")
    await story.say(*(invoice_issued(story.invoice(f"i{number}")) for number in range(1, 6)))
    await until(lambda: _waits_for_lock(connection))

    story.system.signal_process("invoice-service.consume", signal.SIGSTOP)
    replica = await asyncio.to_thread(story.system.add_replica, "invoice-service", ["consume"])
    await holding.rollback()
    await connection.close()
    try:
        registered = await story.wait_for(InvoiceRegisteredV1, count=5)
    finally:
        story.system.signal_process("invoice-service.consume", signal.SIGCONT)
    await story.say(invoice_issued(story.invoice("i6")))
    await story.wait_for(InvoiceRegisteredV1, count=6)
    await story.stop(replica)
    await story.settle()

    assert sorted(event.data.invoice_id for event in registered) == [f"i{number}" for number in range(1, 6)]
    assert len(await story.events(InvoiceRegisteredV1)) == 6
    assert_no_gaps(story)


async def test_two_relays_one_killed_again_and_again_leave_no_gap(story):
    replica = await asyncio.to_thread(story.system.add_replica, "invoice-service", ["relay"])
    await story.say(story.customer())
    for number in range(1, 31):
        await story.say(invoice_issued(story.invoice(f"i{number}")))
        if number in (8, 16, 24):
            victim = replica if number == 16 else "invoice-service.api+relay+timers"
            await story.kill(victim)
            await story.start(victim)

    await story.settle()

    assert len({event.data.invoice_id for event in await story.events(InvoiceRegisteredV1)}) == 30
    assert_no_gaps(story)
    await story.stop(replica)


@pytest.mark.parametrize("server", ["kafka", "postgres"])
async def test_a_restart_of_broker_or_database_in_mid_flow_loses_nothing(story, server):
    await many_debts(story)
    await story.move(REMINDED_AT)
    await story.wait_for(ReminderRequestedV1)
    victim = getattr(story.system.servers, server)
    await asyncio.to_thread(victim.kill)
    await asyncio.to_thread(victim.start)

    await story.settle()

    await assert_each_heard_once_or_unknown(story)
    assert len({event.data.delivery_id for event in await story.events(DeliverySentV1)}) >= CUSTOMERS - 1


async def _waits_for_lock(connection: asyncpg.Connection) -> bool:
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    return bool(await connection.fetchval(waiting))
