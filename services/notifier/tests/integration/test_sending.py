"""From command to mail: what leaves, what does not, and what is said about it."""

import asyncio
from datetime import timedelta
from email import message_from_bytes, policy
from hashlib import sha256

import notifier_builders as make

from notifier.domain.decision import Answer

from .conftest import BUSINESS, World, numbered, until


async def test_a_due_reminder_becomes_one_mail_and_one_sent_event(world: World) -> None:
    await world.know()
    (reminder,) = numbered(1)
    await world.request(reminder)
    await world.start()
    await until(world.all_ended)
    (mail,) = world.sink.mails
    (event,) = await world.events()
    assert event["is"] == "sent"
    assert event["content_sha256"] == sha256(mail).hexdigest()
    assert event["reminder_id"] == str(reminder.reminder_id)
    assert event["deadline_on"] == "2026-03-19"
    assert event["total"] == {"amount": "119.00", "currency": "EUR"}
    assert event["asked_at"] <= event["cleared_at"]
    assert event["at"] == "2026-03-12T08:14:00Z"
    assert event["provider_id"] == "2.0.0 Ok: queued as 4AB1C"
    assert "anna" not in str(event)
    parsed = message_from_bytes(mail, policy=policy.default)
    assert parsed["X-Kulant-Reminder"] == str(reminder.reminder_id)
    assert parsed["X-Kulant-Delivery"] == event["delivery_id"]
    assert world.gate.asked == [("invoice-service", 1), ("dunning-engine", 1), ("feedback-service", 1)]


async def test_the_same_command_again_sends_nothing_more(world: World) -> None:
    await world.know()
    (reminder,) = numbered(1)
    await world.request(reminder)
    await world.start()
    await until(world.all_ended)
    await world.request(reminder)
    assert await world.states() == {"sent": 1}
    assert len(await world.events()) == 1


async def test_nothing_leaves_before_its_time_on_the_tenants_clock(world: World) -> None:
    await world.know()
    (reminder,) = numbered(1, not_before_at=BUSINESS + timedelta(hours=1))
    await world.request(reminder)
    assert await world.in_flight() == 0
    await world.move_clock(BUSINESS + timedelta(hours=1))
    assert await world.in_flight() == 1
    await world.start()
    await until(world.all_ended)
    assert len(world.sink.mails) == 1
    assert await world.in_flight() == 0


async def test_a_live_tenant_goes_by_the_wall_clock_beside_a_test_tenant_far_ahead(world: World) -> None:
    await world.know("live-one", test_now_at=None)
    await world.know("ahead", test_now_at=BUSINESS + timedelta(days=3650))
    later = BUSINESS + timedelta(days=3000)
    await world.request(*numbered(1, "live-one", not_before_at=later, not_after_at=later + timedelta(days=900)))
    await world.request(*numbered(1, "ahead", not_before_at=later, not_after_at=later + timedelta(days=900)))
    await world.start()
    await until(lambda: len(world.sink.mails) == 1)
    await until(lambda: _ended(world, 1))
    assert await world.states() == {"requested": 1, "sent": 1}


async def _ended(world: World, count: int) -> bool:
    return len(await world.events()) == count


async def test_an_expired_one_ends_suppressed_also_while_the_mail_server_is_away(world: World) -> None:
    await world.know()
    world.sink.port = 1
    await world.request(*numbered(1, not_after_at=BUSINESS))
    await world.start()
    await until(world.all_ended)
    (event,) = await world.events()
    assert (event["is"], event["reason"]) == ("suppressed", "expired")


async def test_a_customer_without_usable_contact_fails_and_makes_older_decisions_stale(world: World) -> None:
    await world.know()
    async with world.database.begin() as transaction:
        from notifier.store.parties import PartyStore

        nobody = make.customer(make.contact(is_unusable=True))
        await PartyStore(transaction).save_customers([("nordlicht/C-1001", nobody, 2)])
    first, second = (numbered(1)[0] for _ in range(2))
    await world.request(first)
    await world.start()
    await until(world.all_ended)
    await world.request(second)
    await until(world.all_ended)
    failed, suppressed = await world.events()
    assert (failed["is"], failed["reason"]) == ("failed", "no_contact")
    assert (suppressed["is"], suppressed["reason"], suppressed["seen"]) == ("suppressed", "stale", {"notifier": 1})
    assert world.sink.mails == []


async def test_it_waits_until_it_has_itself_read_what_the_decision_rested_on(world: World) -> None:
    await world.know()
    (reminder,) = numbered(1)
    await world.request(reminder, has_read=False)
    await world.start()
    await until(lambda: _waits_for(world, "behind_invoice-service"))
    assert world.gate.asked == []
    await world.read_up_to(3)
    await until(world.all_ended)
    assert len(world.sink.mails) == 1


async def test_a_gap_in_what_was_read_about_a_customer_holds_it(world: World) -> None:
    await world.know()
    (reminder,) = numbered(1)
    await world.request(reminder)
    async with world.database.begin() as transaction:
        await transaction.lock([reminder.key])
        transaction.key(reminder.key).take("/kulant/invoice-service", "kulant.invoice.v1", 5)
    await world.start()
    await until(lambda: _waits_for(world, "facts_missing"))
    assert world.gate.asked == []
    async with world.database.begin() as transaction:
        await transaction.lock([reminder.key])
        transaction.key(reminder.key).take("/kulant/invoice-service", "kulant.invoice.v1", 4)
    await until(world.all_ended)


async def _waits_for(world: World, reason: str) -> bool:
    rows = await world.run("SELECT waiting_for FROM reminder")
    return [row["waiting_for"] for row in rows] == [reason]


async def test_any_owner_that_does_not_answer_makes_it_wait_and_then_it_goes_on(world: World) -> None:
    await world.know()
    for owner in ("invoice-service", "dunning-engine", "feedback-service"):
        (reminder,) = numbered(1)
        world.gate.says = lambda service, one, away=owner: None if service == away else Answer("clear", 3)
        await world.request(reminder)
        sender = await world.start()
        await until(lambda name=owner: _waits_for(world, f"no_answer_{name}"))
        assert world.sink.mails == []
        world.gate.says = lambda service, one: Answer("clear", 3)
        await until(world.all_ended)
        assert len(world.sink.mails) == 1
        await sender.stop()
        world.sink.mails.clear()
        await world.run("DELETE FROM reminder")


async def test_stale_and_stop_suppress_with_the_owners_sequences(world: World) -> None:
    await world.know(customers=2)
    first, second = numbered(2)
    answers = {
        ("invoice-service", first.reminder_id): Answer("stale", 9),
        ("feedback-service", second.reminder_id): Answer("stop", 4, "promise"),
    }
    world.gate.says = lambda service, one: answers.get((service, one.reminder_id), Answer("clear", 3))
    await world.request(first, second)
    await world.start()
    await until(world.all_ended)
    told = {event["reminder_id"]: event for event in await world.events()}
    stale, stop = told[str(first.reminder_id)], told[str(second.reminder_id)]
    assert (stale["is"], stale["reason"], stale["seen"]) == ("suppressed", "stale", {"invoice-service": 9})
    assert (stop["reason"], stop["seen"]["feedback-service"]) == ("promise", 4)
    assert world.sink.mails == []
    assert ("dunning-engine", 1) in world.gate.asked


async def test_many_tenants_are_served_side_by_side(world: World) -> None:
    held = asyncio.Event()
    for tenant in ("big", "small"):
        await world.know(tenant, customers=200)
    await world.request(*numbered(200, "big"))
    await world.request(*numbered(1, "small"))

    async def hold_big(service: str) -> None:
        if len(world.gate.asked) == 1:
            await held.wait()

    world.gate.before = hold_big
    await world.start()
    await until(lambda: len(world.sink.mails) >= 1)
    held.set()
    await until(world.all_ended, 60)
    assert len(world.sink.mails) == 201
    assert len({event["reminder_id"] for event in await world.events()}) == 201


async def test_two_batches_of_a_tenant_go_side_by_side_and_no_more(world: World) -> None:
    await world.know(customers=150)
    await world.request(*numbered(150))
    held, going_on = asyncio.Event(), asyncio.Event()
    waiting: list[int] = []

    async def hold_all_but_the_second(service: str) -> None:
        if service == "invoice-service" and not going_on.is_set():
            waiting.append(1)
            await (going_on if len(waiting) == 2 else held).wait()

    world.gate.before = hold_all_but_the_second
    sender = await world.start()
    await until(lambda: len(waiting) == 2)
    assert await world.states() == {"claimed": 100, "requested": 50}
    await sender._claim()
    assert await world.states() == {"claimed": 100, "requested": 50}
    going_on.set()
    await until(lambda: len(world.sink.mails) == 100)
    held.set()
    await until(world.all_ended)
    assert len({event["reminder_id"] for event in await world.events()}) == len(world.sink.mails) == 150


async def test_the_outcome_continues_the_trace_of_its_command(world: World) -> None:
    from notifier.usecases.ports import Trace

    await world.know()
    traceparent = "00-" + "a" * 32 + "-" + "b" * 16 + "-01"
    await world.request(*numbered(1), trace=Trace(traceparent, None, "chain", "cause"))
    await world.start()
    await until(world.all_ended)
    (event,) = await world.events()
    assert event["envelope"]["traceparent"].split("-")[1] == "a" * 32
    assert event["envelope"]["correlationid"] == "chain"
    assert event["envelope"]["causationid"] == "cause"
