"""The use cases on a unit of work in memory: who ends what, and when nothing may."""

from datetime import timedelta
from uuid import UUID, uuid4

import notifier_builders as make
import pytest
from fake_work import OWNER, WALL, FakeWork
from sending_scene import TRACE, Gate, Scene, command, page_url

from notifier.domain.attempt import Claim, Clearance, State
from notifier.domain.decision import Answer
from notifier.usecases.ask_gate import ask_gate
from notifier.usecases.ports import (
    Accepted,
    Command,
    Lost,
    Refused,
    Unreachable,
)
from notifier.usecases.prepare_batch import MOST_ITEMS, prepare_batch
from notifier.usecases.record_commands import record_commands
from notifier.usecases.recover_reminders import Abandoned, recover_reminders
from notifier.usecases.send_reminders import Batch, send_reminders


async def test_a_command_is_recorded_once() -> None:
    work, one = FakeWork(), command()
    await record_commands(work, [one], {}, uuid4)
    await record_commands(work, [one], {}, uuid4)
    assert len(work.reminders.rows) == 1
    assert work.published == []


async def test_a_withdrawal_ends_a_reminder_whichever_comes_first() -> None:
    for withdrawal_first in (False, True):
        work, one = FakeWork(), command()
        withdrawals = {one.reminder.reminder_id: "paid"}
        if withdrawal_first:
            await record_commands(work, [], withdrawals, uuid4)
            await record_commands(work, [one], {}, uuid4)
        else:
            await record_commands(work, [one], {}, uuid4)
            await record_commands(work, [], withdrawals, uuid4)
        assert work.ends == [("suppressed", "withdrawn")]


async def test_a_withdrawal_of_an_unknown_tenants_reminder_waits_for_the_sender() -> None:
    work, one = FakeWork(now=None), command()
    await record_commands(work, [one], {one.reminder.reminder_id: "paid"}, uuid4)
    assert work.published == []
    work.now = make.NOW
    assert await prepare_batch(work, await work.claimed(one, withdrawn=True), page_url) == []
    assert work.ends == [("suppressed", "withdrawn")]


async def test_preparing_gives_a_letter_with_its_link() -> None:
    work = FakeWork()
    (claimed,) = await work.claimed(command())
    (ready,) = await prepare_batch(work, [claimed], page_url)
    assert ready.letter.page_url == page_url(claimed.claim.reminder_id)
    assert work.locked == [{"nordlicht/C-1001"}]


async def test_a_failure_makes_the_next_one_about_this_customer_stale() -> None:
    work = FakeWork()
    await prepare_batch(work, await work.claimed(command(channels=("post",))), page_url)
    await prepare_batch(work, await work.claimed(command()), page_url)
    assert work.ends == [("failed", "no_contact"), ("suppressed", "stale")]


async def test_what_waits_waits_longer_each_time() -> None:
    work, one = FakeWork(), command(seen={"invoice-service": 9})
    waits = []
    for _ in range(3):
        await prepare_batch(work, await work.claimed(one), page_url)
        row = work.reminders.rows[one.reminder.reminder_id]
        assert (row.state, row.waiting_for) == (State.REQUESTED, "behind_invoice-service")
        waits.append(row.retry_at - WALL)
    assert waits == sorted(set(waits))


async def test_a_batch_takes_no_more_items_than_a_question_may_hold() -> None:
    work = FakeWork()
    lines = tuple(make.line(f"R-{number}") for number in range(500))
    batch = await work.claimed(*(Command(make.reminder(*lines, reminder_id=uuid4()), TRACE) for _ in range(21)))
    assert len(await prepare_batch(work, batch, page_url)) == MOST_ITEMS // 500
    (left,) = [row for row in work.reminders.rows.values() if row.state is State.REQUESTED]
    assert (left.retry_at, left.waits) == (WALL, 0)


async def test_a_tenant_without_clock_makes_its_reminders_wait() -> None:
    work, one = FakeWork(now=None), command()
    assert await prepare_batch(work, await work.claimed(one), page_url) == []
    assert work.reminders.rows[one.reminder.reminder_id].waiting_for == "tenant_unknown"


async def test_invoice_service_is_asked_first_and_its_no_spares_the_others() -> None:
    clock = iter(WALL + timedelta(seconds=second) for second in range(9))
    gate = Gate(lambda service: Answer("stale", 9))
    verdicts = await ask_gate(gate, [make.reminder()], lambda: next(clock), lambda: 0.0)
    assert gate.asked == ["invoice-service"]
    assert verdicts.clearance.asked_at == WALL
    assert verdicts.by_id[make.REMINDER_ID].reason == "stale"


async def test_the_clearance_ages_from_the_earlier_of_the_last_two_answers() -> None:
    clock = iter(WALL + timedelta(seconds=second) for second in range(9))
    verdicts = await ask_gate(Gate(), [make.reminder()], lambda: next(clock), lambda: 0.0)
    assert verdicts.clearance == Clearance(WALL, WALL + timedelta(seconds=1))


async def test_the_clock_that_nobody_sets_is_read_at_the_same_moments() -> None:
    ticks = iter([0.0, 5.0, 6.0])
    verdicts = await ask_gate(Gate(), [make.reminder()], lambda: WALL, lambda: next(ticks))
    assert verdicts.cleared_tick == 5.0


async def test_cleared_mails_leave_once_and_tell_of_it() -> None:
    scene = Scene()
    commands = [command() for _ in range(5)]
    batch = await scene.send(*commands)
    assert scene.work.ends == [("sent", None)] * 5
    assert len(scene.server.mails) == 5
    assert (batch.open, batch.left_over) == ({}, 0)
    outcome, trace = scene.work.published[0]
    assert trace.traceparent == "00-" + "c" * 32 + "-" + "d" * 16 + "-01"
    assert (outcome.contact_id, outcome.address, outcome.provider_id) == ("k1", "a***@h***.example", "q1")
    assert scene.gate.asked == ["invoice-service", "dunning-engine", "feedback-service"]


@pytest.mark.parametrize(
    ("answer", "ends", "state", "content"),
    [
        pytest.param(Lost(), [("unknown", "connection_lost")], State.UNKNOWN, 1, id="lost"),
        pytest.param(RuntimeError(), [("unknown", "connection_lost")], State.UNKNOWN, 1, id="a bug after the mark"),
        pytest.param(Refused("smtp_554", is_permanent=True), [("failed", "smtp_554")], State.FAILED, 1, id="for good"),
        pytest.param(Refused("smtp_451", is_permanent=False), [], State.REQUESTED, 0, id="for now"),
    ],
)
async def test_what_the_server_says_to_data_decides(answer, ends: list, state: State, content: int) -> None:
    scene, one = Scene(), command()
    scene.server.at_data = lambda: answer
    batch = await scene.send(one)
    assert scene.work.ends == ends
    assert scene.state_of(one) is state
    assert batch.open == {}
    assert len(scene.work.reminders.contents) == content


@pytest.mark.parametrize(
    ("answer", "ends", "state"),
    [
        pytest.param(Refused("smtp_554", is_permanent=True), [("failed", "smtp_554")], State.FAILED, id="for good"),
        pytest.param(
            Refused("smtp_550", is_permanent=True, is_of_mailbox=True),
            [("bounced", "smtp_550")],
            State.BOUNCED,
            id="no such mailbox",
        ),
        pytest.param(Refused("smtp_450", is_permanent=False), [], State.REQUESTED, id="for now"),
        pytest.param(Unreachable(), [], State.REQUESTED, id="away"),
    ],
)
async def test_what_the_server_says_before_data_leaves_no_mark(answer, ends: list, state: State) -> None:
    scene, one = Scene(), command()
    scene.server.at_open = lambda: answer
    await scene.send(one)
    assert scene.work.ends == ends
    assert scene.state_of(one) is state
    assert scene.work.reminders.contents == {}


async def test_after_an_unreachable_server_the_rest_is_left_to_be_given_back() -> None:
    scene = Scene()
    scene.server.at_open = Unreachable
    batch = await scene.send(*(command() for _ in range(5)))
    assert len(batch.open) == 3
    assert batch.left_over == 5


async def test_an_old_clearance_is_not_used() -> None:
    scene, one = Scene(), command()

    def jump() -> None:
        scene.wall += timedelta(seconds=2)

    scene.server.at_open = jump
    batch = await scene.send(one)
    assert scene.server.mails == []
    assert scene.server.abandoned == 1
    row = scene.work.reminders.rows[one.reminder.reminder_id]
    assert (row.state, row.waiting_for, row.waits) == (State.REQUESTED, "clearance_too_old", 0)
    assert batch.left_over == 1
    assert scene.work.reminders.contents == {}


async def test_a_claim_that_was_lost_before_the_mark_hands_nothing_over() -> None:
    scene, one = Scene(), command()

    def steal() -> None:
        scene.work.reminders.rows[one.reminder.reminder_id].epoch += 1

    scene.server.at_open = steal
    await scene.send(one)
    assert scene.server.mails == []
    assert scene.server.abandoned == 1
    assert scene.work.published == []


async def test_a_bounce_that_came_while_the_gate_was_asked_hands_nothing_over() -> None:
    scene, one = Scene(), command()

    def come_back() -> None:
        scene.work.reminders.own_stops[one.reminder.key] = 1

    scene.server.at_open = come_back
    batch = await scene.send(one)
    assert scene.server.mails == []
    assert scene.server.abandoned == 1
    assert list(batch.open) == [one.reminder.reminder_id], "it is given back, and ends as stale before the next gate"


async def test_a_mark_that_fails_leaves_the_claims_to_be_given_back() -> None:
    scene, one = Scene(), command()

    async def fail(*_: object) -> None:
        raise ConnectionError

    scene.work.reminders.mark_handing_over = fail  # type: ignore[assignment]
    batch = Batch(await scene.work.claimed(one))
    with pytest.raises(ConnectionError):
        await send_reminders(scene.sending, batch)
    assert set(batch.open) == {one.reminder.reminder_id}
    assert scene.server.abandoned == 1


async def test_a_batch_that_is_cut_off_during_data_keeps_no_claim_to_give_back() -> None:
    scene, one = Scene(), command()
    batch = Batch(await scene.work.claimed(one))

    def cut() -> Exception:
        assert batch.open == {}
        return RuntimeError()

    scene.server.at_data = cut
    await send_reminders(scene.sending, batch)
    assert scene.work.ends == [("unknown", "connection_lost")]


async def test_no_answer_of_the_gate_means_wait_and_a_no_ends_it() -> None:
    scene, one = Scene(), command()
    scene.gate.says = lambda service: None if service == "dunning-engine" else Answer("clear", 3)
    await scene.send(one)
    assert scene.work.reminders.rows[one.reminder.reminder_id].waiting_for == "no_answer_dunning-engine"
    scene.gate.says = lambda service: Answer("stop", 5, "promise")
    await scene.send(one)
    assert scene.work.ends == [("suppressed", "promise")]
    assert scene.work.published[0][0].seen == {"invoice-service": 5}


async def test_a_letter_that_cannot_be_written_fails_alone() -> None:
    scene = Scene()
    scene.work.parties.known_customers["nordlicht/C-2"] = make.customer(customer_id="C-2", name="Unwritable", kind="x")
    scene.work.parties.known_customers["nordlicht/C-2"] = make.customer(
        make.contact(), customer_id="C-2", name="Unwritable"
    )
    await scene.send(command(customer_id="C-2"), command())
    assert sorted(scene.work.ends) == [("failed", "no_words"), ("sent", None)]


async def test_where_no_letter_can_be_written_nobody_is_asked() -> None:
    scene = Scene()
    scene.work.parties.known_customers["nordlicht/C-1001"] = make.customer(name="Unwritable")
    await scene.send(command())
    assert scene.gate.asked == []
    assert scene.work.ends == [("failed", "no_words")]


async def test_without_a_mail_server_nobody_is_asked() -> None:
    scene, one = Scene(), command()
    scene.server.ready = False
    batch = await scene.send(one)
    assert scene.gate.asked == []
    assert scene.work.reminders.rows[one.reminder.reminder_id].waiting_for == "mail_server_unreachable"
    assert batch.open == {}


async def test_a_stopping_sender_begins_no_further_chunk() -> None:
    scene = Scene()
    scene.stopping = True
    batch = await scene.send(command())
    assert scene.server.mails == []
    assert len(batch.open) == 1


def abandoned(one: Command, delivery_id: UUID) -> Abandoned:
    claim = Claim(one.reminder.reminder_id, OWNER, 1)
    return Abandoned(
        one, claim, delivery_id, "email", "k1", "a***@h***.example", "smtp", "0" * 64, Clearance(WALL, WALL)
    )


async def test_what_a_dead_sender_was_handing_over_is_unknown_once() -> None:
    work, one, delivery_id = FakeWork(), command(), uuid4()
    await work.claimed(one)
    work.reminders.rows[one.reminder.reminder_id].state = State.HANDING_OVER
    assert await recover_reminders(work, [abandoned(one, delivery_id)]) == 1
    assert await recover_reminders(work, [abandoned(one, delivery_id)]) == 0
    assert work.ends == [("unknown", "sender_lost")]


async def test_recovery_waits_for_the_tenants_clock() -> None:
    work, one = FakeWork(now=None), command()
    await work.claimed(one)
    work.reminders.rows[one.reminder.reminder_id].state = State.HANDING_OVER
    assert await recover_reminders(work, [abandoned(one, uuid4())]) == 0


async def test_proof_that_comes_late_corrects_unknown() -> None:
    scene, one = Scene(), command()
    row: dict[str, UUID] = {}

    def die_meanwhile() -> Accepted:
        kept = scene.work.reminders.rows[one.reminder.reminder_id]
        kept.state, kept.owner, kept.epoch = State.UNKNOWN, None, kept.epoch + 1
        row["delivery"] = kept.delivery_id or uuid4()
        return Accepted("q1")

    scene.server.at_data = die_meanwhile
    await scene.send(one)
    assert scene.work.ends == [("sent", None)]
    assert scene.work.published[0][0].delivery_id == row["delivery"]
