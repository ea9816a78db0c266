"""A sender that dies, or sleeps too long, between any two steps: nobody gets two mails, and nothing is left lying."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

import pytest

from kulant_chassis.ids import uuid7
from notifier.bus.outgoing import draft_of
from notifier.domain.attempt import Clearance
from notifier.domain.reminder import Reminder
from notifier.sender import _traced
from notifier.store.claims import beat, claim_due
from notifier.store.work import open_work
from notifier.usecases.hand_over import HandingOver, Result, record_results
from notifier.usecases.pace import Pace
from notifier.usecases.places import Places
from notifier.usecases.ports import HandOver
from notifier.usecases.prepare_batch import prepare_batch

from .conftest import World, numbered, until


def stands_still() -> float:
    """The walker's watch: between two steps of a test no clearance grows old, however busy the machine is."""
    return 0.0


class Walker:
    """A sender that walks step by step and can be left at any of them."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.owner: UUID = uuid7()
        parts = world.sender()._parts
        self.parts = parts
        self.open_work = open_work(world.database, draft_of)
        self.over = HandingOver(
            parts.gateway,
            self.open_work,
            Places(4),
            Pace(None, None, stands_still),
            lambda: self.cleared_at,  # a clearance does not age while this one is slow
            stands_still,
            _traced,
        )
        self.cleared_at = datetime.now(UTC)
        self.mails: list[HandOver] = []

    async def claim(self) -> int:
        async with self.world.database.begin() as transaction:
            await beat(transaction.connection, self.owner, 5)
            claimed, _ = await claim_due(
                transaction.connection,
                owner=self.owner,
                wall=transaction.started_at,
                busy=[],
                per_tenant=100,
                most=100,
            )
        async with self.open_work() as work:
            ready = await prepare_batch(work, claimed, self.parts.page_url)
        now = self.cleared_at
        for one in ready:
            mail = await self.parts.renderer.render(one.letter, str(one.claimed.delivery_id), now)
            self.mails.append(
                HandOver(one.claimed, one.letter, mail, Clearance(now, now), stands_still(), one.test_now_at)
            )
        return len(claimed)

    async def mark(self) -> int:
        return len(await self.over.mark(self.mails))

    async def give(self) -> Sequence[Result]:
        results = []
        for mail in self.mails:
            session = await self.over.announce(mail)
            results.append(await self.over.give(mail, session))
        return results

    async def record(self, results: Sequence[Result]) -> None:
        async with self.open_work() as work:
            await record_results(work, results, "smtp")


@pytest.fixture
async def walker(world: World) -> Walker:
    await world.know()
    await world.request(*numbered(1))
    return Walker(world)


async def test_a_claim_of_a_dead_sender_goes_back_to_the_gate(world: World, walker: Walker) -> None:
    assert await walker.claim() == 1
    assert await world.in_flight() == 1
    await world.silence()
    await world.start()
    await until(world.all_ended)
    assert [event["is"] for event in await world.events()] == ["sent"]
    assert len(world.sink.mails) == 1
    assert ("invoice-service", 1) in world.gate.asked


@pytest.mark.parametrize("mails", [pytest.param(0, id="before DATA"), pytest.param(1, id="after DATA")])
async def test_a_hand_over_of_a_dead_sender_is_unknown_and_not_sent_again(
    world: World, walker: Walker, mails: int
) -> None:
    await walker.claim()
    assert await walker.mark() == 1
    if mails:
        await walker.give()
    await world.silence()
    await world.start()
    await until(world.all_ended)
    (event,) = await world.events()
    assert (event["is"], event["reason"], event["contact_id"]) == ("unknown", "sender_lost", "k1")
    assert event["asked_at"]
    assert len(world.sink.mails) == mails
    assert await world.in_flight() == 0


async def test_a_sender_that_slept_after_claiming_hands_nothing_over(world: World, walker: Walker) -> None:
    await walker.claim()
    await world.silence()
    await world.start()
    await until(world.all_ended)
    assert await walker.mark() == 0
    assert len(world.sink.mails) == 1


async def test_late_proof_corrects_unknown(world: World, walker: Walker) -> None:
    await walker.claim()
    await walker.mark()
    results = await walker.give()
    await world.silence()
    await world.start()
    await until(world.all_ended)
    await walker.record(results)
    assert [event["is"] for event in await world.events()] == ["unknown", "sent"]
    assert await world.states() == {"sent": 1}
    assert len(world.sink.mails) == 1
    await walker.record(results)
    assert len(await world.events()) == 2


async def test_a_live_sender_keeps_its_claims(world: World, walker: Walker) -> None:
    await walker.claim()
    other = await world.start()
    await other._beat()
    await other._recover()
    assert await world.states() == {"claimed": 1}


async def test_two_senders_never_share_a_reminder(world: World) -> None:
    await world.know(customers=60)
    await world.request(*numbered(60))
    await world.start()
    await world.start()
    await until(world.all_ended, 60)
    assert len(world.sink.mails) == 60
    assert [event["is"] for event in await world.events()] == ["sent"] * 60


async def test_without_a_lease_nothing_is_claimed(world: World, walker: Walker) -> None:
    async with world.database.begin() as transaction:
        claimed, _ = await claim_due(
            transaction.connection, owner=uuid7(), wall=transaction.started_at, busy=[], per_tenant=9, most=9
        )
    assert claimed == []


async def test_a_row_that_cannot_be_read_holds_nobody_else(world: World) -> None:
    await world.know(customers=3)
    bad, *good = numbered(3)
    await world.request(bad, *good)
    await world.run("UPDATE reminder SET command = '{}' WHERE reminder_id = :id", id=bad.reminder_id)
    await world.start()
    await until(lambda: len(world.sink.mails) == 2)
    (left,) = await world.run(
        "SELECT state, owner, waiting_for FROM reminder WHERE reminder_id = :id", id=bad.reminder_id
    )
    assert (left["state"], left["owner"], left["waiting_for"]) == ("requested", None, "unreadable")


async def test_a_row_that_cannot_be_read_holds_no_recovery(world: World) -> None:
    await world.know(customers=2)
    await world.request(*numbered(2))
    walker = Walker(world)
    await walker.claim()
    await walker.mark()
    bad = _only(walker).reminder_id
    await world.run("UPDATE reminder SET command = '{}' WHERE reminder_id = :id", id=bad)
    await world.silence()
    await world.start()
    await until(lambda: _ended(world))
    assert await world.states() == {"handing_over": 1, "unknown": 1}


async def _ended(world: World) -> bool:
    return len(await world.events()) == 1


async def test_a_withdrawal_wins_before_the_request_was_read(world: World) -> None:
    await world.know()
    (reminder,) = numbered(1)
    await world.withdraw(reminder)
    assert await world.events() == []
    await world.request(reminder)
    assert _told(await world.events()) == [("suppressed", "withdrawn")]
    assert await world.states() == {"suppressed": 1}


async def test_a_withdrawal_wins_over_a_claim(world: World, walker: Walker) -> None:
    await walker.claim()
    await world.withdraw(_only(walker))
    assert await walker.mark() == 0
    assert _told(await world.events()) == [("suppressed", "withdrawn")]


async def test_a_withdrawal_comes_too_late_once_hand_over_has_begun(world: World, walker: Walker) -> None:
    await walker.claim()
    await walker.mark()
    await world.withdraw(_only(walker))
    assert await world.events() == []
    await walker.record(await walker.give())
    assert [event["is"] for event in await world.events()] == ["sent"]


async def test_a_withdrawn_one_that_comes_back_from_hand_over_ends_before_the_gate(
    world: World, walker: Walker
) -> None:
    await walker.claim()
    await walker.mark()
    world.sink.at_data = lambda: "451 4.3.0 Later"
    results = await walker.give()
    await world.withdraw(_only(walker))
    await walker.record(results)
    world.gate.asked.clear()
    await world.start()
    await until(world.all_ended)
    assert _told(await world.events()) == [("suppressed", "withdrawn")]
    assert world.gate.asked == []


async def test_a_reminder_withdrawn_twice_ends_once(world: World) -> None:
    await world.know()
    (reminder,) = numbered(1)
    await world.request(reminder)
    await world.withdraw(reminder)
    await world.withdraw(reminder)
    assert len(await world.events()) == 1


def _only(walker: Walker) -> Reminder:
    return walker.mails[0].claimed.command.reminder


def _told(events: list) -> list[tuple[str, str | None]]:
    return [(event["is"], event.get("reason")) for event in events]
