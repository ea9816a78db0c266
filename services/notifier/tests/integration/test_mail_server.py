"""What the mail server may do, and what becomes of the reminder."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from .conftest import World, numbered, until


async def test_a_recipient_that_is_refused_for_good_fails_with_the_servers_code(world: World) -> None:
    await world.know()
    world.sink.at_rcpt = lambda address: "550 5.1.1 No such user here"
    await world.request(*numbered(1))
    await world.start()
    await until(world.all_ended)
    (event,) = await world.events()
    assert (event["is"], event["reason"], event["contact_id"]) == ("bounced", "smtp_550_5.1.1", "k1")
    assert world.sink.mails == []
    assert await world.run("SELECT sequence FROM own_stop") == [{"sequence": 1}]


async def test_a_mail_that_is_refused_for_good_fails(world: World) -> None:
    await world.know()
    world.sink.at_data = lambda: "554 5.7.1 Refused by policy"
    await world.request(*numbered(1))
    await world.start()
    await until(world.all_ended)
    (event,) = await world.events()
    assert (event["is"], event["reason"]) == ("failed", "smtp_554_5.7.1")


@pytest.mark.parametrize("where", ["at_rcpt", "at_data"])
async def test_a_refusal_for_now_goes_back_to_the_gate_and_is_asked_anew(world: World, where: str) -> None:
    await world.know()
    answers = ["451 4.7.1 Greylisted", "250 Ok"]
    setattr(world.sink, where, lambda *_: answers.pop(0) if answers else "250 Ok")
    await world.request(*numbered(1))
    await world.start()
    await until(world.all_ended)
    (event,) = await world.events()
    assert event["is"] == "sent"
    assert len(world.sink.mails) == 1
    assert world.gate.asked.count(("invoice-service", 1)) == 2


async def test_a_sender_that_the_server_does_not_take_makes_it_wait_and_fails_nobody(world: World) -> None:
    await world.know()
    world.sink.at_mail = lambda: "553 5.7.1 Not yours"
    await world.request(*numbered(1))
    await world.start()
    await until(lambda: _waiting_for(world, "smtp_553_5.7.1"))
    world.sink.at_mail = lambda: "250 Ok"
    await until(world.all_ended)
    assert [event["is"] for event in await world.events()] == ["sent"]


async def _waiting_for(world: World, reason: str) -> bool:
    return [row["waiting_for"] for row in await world.run("SELECT waiting_for FROM reminder")] == [reason]


async def test_a_connection_lost_after_data_is_unknown_and_never_sent_again(world: World) -> None:
    await world.know()
    world.sink.at_data = lambda: ""
    await world.request(*numbered(1))
    await world.start()
    await until(world.all_ended)
    (event,) = await world.events()
    assert (event["is"], event["reason"], event["gateway"]) == ("unknown", "connection_lost", "smtp")
    assert event["content_sha256"]


async def test_a_server_that_is_away_is_waited_for_without_asking_the_gate(world: World) -> None:
    await world.know()
    port, world.sink.port = world.sink.port, 1
    await world.request(*numbered(1))
    sender = await world.start()
    await until(lambda: _waiting_for(world, "mail_server_unreachable"))
    assert world.gate.asked == []
    await sender.stop()
    world.sink.port = port
    await world.start()
    await until(world.all_ended)
    assert len(world.sink.mails) == 1


async def test_connections_are_kept_for_the_next_mail(world: World) -> None:
    await world.know(customers=40)
    await world.request(*numbered(40))
    await world.start()
    await until(world.all_ended, 60)
    assert len(world.sink.mails) == 40
    assert world.sink.connections <= 8


class LateClock:
    """The wall clock, late by what it is told."""

    late = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.late


async def test_a_clearance_that_grew_old_before_data_is_not_used(world: World) -> None:
    await world.know()
    clock, at_rcpt = LateClock(), ["250 slow", "250 Ok"]

    def recipient(_: str) -> str:
        """Between the first clearance and its DATA two seconds pass."""
        reply = at_rcpt.pop(0) if at_rcpt else "250 Ok"
        clock.late = timedelta(seconds=2) if reply == "250 slow" else timedelta(0)
        return reply

    async def time_runs_on(_: str) -> None:
        clock.late = timedelta(0)

    world.sink.at_rcpt, world.gate.before = recipient, time_runs_on
    await world.request(*numbered(1))
    await world.start(clock=clock)
    await until(world.all_ended)
    rows = await world.run("SELECT outcome FROM delivery ORDER BY delivery_id")
    assert [row["outcome"] for row in rows] == ["deferred", "sent"]
    assert len(await world.run("SELECT delivery_id FROM content")) == 1
    assert len(world.sink.mails) == 1
    assert world.gate.asked.count(("invoice-service", 1)) == 2


async def test_stopping_finishes_the_mail_in_hand(world: World) -> None:
    await world.know()
    going = asyncio.get_running_loop().create_future()
    world.sink.before_reply = lambda: going
    await world.request(*numbered(1))
    sender = await world.start()
    await until(lambda: world.sink.mails)
    stopping = asyncio.create_task(sender.stop())
    await asyncio.sleep(0)
    going.set_result(None)
    await stopping
    assert [event["is"] for event in await world.events()] == ["sent"]
    assert await world.run("SELECT owner FROM sender_lease") == []
