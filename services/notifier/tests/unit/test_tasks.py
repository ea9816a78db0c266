"""What is left for people: tasks come with the end of a reminder, and their end is told."""

from uuid import UUID

import notifier_builders as make
import pytest
from fake_work import FakeWork
from pydantic import ValidationError
from sending_scene import Scene

from notifier.api.tasks import FinishRequest
from notifier.domain.attempt import State
from notifier.domain.outcome import NO_CONTACT, Outcome
from notifier.usecases.end_reminders import end_reminders
from notifier.usecases.finish_task import Decision, OutcomeUnfit, TaskDone, finish_task
from notifier.usecases.pace import Pace
from notifier.usecases.ports import Command, Ending, OpenTask, Trace

NEW_ID = UUID(int=99)


async def with_task(state: State, reason: str) -> tuple[FakeWork, OpenTask]:
    """A reminder that ended in a way that only a person can go on with."""
    work = FakeWork()
    await work.claimed(Command(make.reminder(), Trace()))
    sent = {"channel": "email", "contact_id": "k1", "gateway": "smtp"} if state is State.UNKNOWN else {}
    outcome = Outcome(state, make.reminder(), make.DELIVERY_ID, make.NOW, reason=reason, **sent)
    await end_reminders(work, [Ending(outcome, Trace(), frozenset({State.CLAIMED}))])
    task = await work.tasks.find("nordlicht", make.DELIVERY_ID)
    assert task is not None
    return work, task


@pytest.mark.parametrize(
    ("state", "reason", "kind"),
    [(State.UNKNOWN, "connection_lost", "unknown"), (State.FAILED, NO_CONTACT, "no_contact")],
)
async def test_an_end_that_nobody_can_go_on_from_is_a_task(state: State, reason: str, kind: str) -> None:
    work, task = await with_task(state, reason)
    assert (task.kind, task.state) == (kind, "open")
    assert list(work.tasks.rows) == [make.DELIVERY_ID]


async def test_any_other_failure_is_none() -> None:
    work = FakeWork()
    await work.claimed(Command(make.reminder(), Trace()))
    outcome = Outcome(State.FAILED, make.reminder(), make.DELIVERY_ID, make.NOW, reason="smtp_554")
    await end_reminders(work, [Ending(outcome, Trace(), frozenset({State.CLAIMED}))])
    assert work.tasks.rows == {}


@pytest.mark.parametrize(
    ("said", "ends", "state"),
    [
        pytest.param("sent", ("sent", None), State.SENT, id="it was sent"),
        pytest.param("not_sent", ("failed", "person_says_not_sent"), State.FAILED, id="it was not"),
    ],
)
async def test_a_person_settles_what_nobody_knew(said: str, ends: tuple, state: State) -> None:
    work, task = await with_task(State.UNKNOWN, "sender_lost")
    await finish_task(work, task, Decision(said, "anna"), lambda: NEW_ID)
    assert work.ends[1:] == [ends]
    assert work.published[-1][0].delivery_id == make.DELIVERY_ID
    assert work.reminders.rows[make.REMINDER_ID].state is state
    assert work.tasks.finished == {make.DELIVERY_ID: said}


async def test_what_a_person_did_in_another_way_counts_as_delivered() -> None:
    work, task = await with_task(State.FAILED, NO_CONTACT)
    await finish_task(work, task, Decision("done", "anna", channel="post"), lambda: NEW_ID)
    outcome = work.published[-1][0]
    assert (outcome.state, outcome.channel, outcome.gateway) == (State.DELIVERED, "post", "person")
    assert (outcome.delivery_id, outcome.contact_id) == (NEW_ID, "by_hand")


async def test_a_closed_task_says_nothing_new() -> None:
    work, task = await with_task(State.FAILED, NO_CONTACT)
    await finish_task(work, task, Decision("closed", "anna", "we know them"), lambda: NEW_ID)
    assert len(work.published) == 1
    assert work.tasks.finished == {make.DELIVERY_ID: "closed"}


async def test_a_task_ends_in_its_own_ways_and_once() -> None:
    work, task = await with_task(State.FAILED, NO_CONTACT)
    with pytest.raises(OutcomeUnfit, match="closed or done, not as sent"):
        await finish_task(work, task, Decision("sent", "anna"), lambda: NEW_ID)
    await finish_task(work, task, Decision("closed", "anna"), lambda: NEW_ID)
    with pytest.raises(TaskDone):
        await finish_task(
            work, await work.tasks.find("nordlicht", make.DELIVERY_ID), Decision("closed", "bo"), lambda: NEW_ID
        )


async def test_a_task_whose_reminder_went_on_by_itself_is_done() -> None:
    work, task = await with_task(State.UNKNOWN, "sender_lost")
    work.reminders.rows[make.REMINDER_ID].state = State.BOUNCED
    with pytest.raises(TaskDone):
        await finish_task(work, task, Decision("sent", "anna"), lambda: NEW_ID)


async def test_proof_that_a_mail_left_closes_its_task() -> None:
    work, _ = await with_task(State.UNKNOWN, "sender_lost")
    proof = Outcome(State.SENT, make.reminder(), make.DELIVERY_ID, make.NOW, contact_id="k1", gateway="smtp")
    await end_reminders(work, [Ending(proof, Trace(), frozenset({State.UNKNOWN}))])
    assert work.tasks.finished == {make.DELIVERY_ID: "settled"}


def test_no_more_than_configured_leave_in_a_second_over_all_and_for_a_tenant() -> None:
    seconds = 0.0
    pace = Pace(per_second=10, per_tenant=4, ticks=lambda: seconds)
    assert [pace.take("a", 9), pace.take("b", 9), pace.take("c", 9), pace.take("a", 1)] == [4, 4, 2, 0]
    seconds = 0.5
    assert [pace.take("a", 9), pace.take("b", 9)] == [2, 2]
    seconds = 60.0
    assert pace.take("a", 99) == 4


def test_without_a_limit_all_leave() -> None:
    assert Pace(None, None, lambda: 0.0).take("a", 500) == 500
    assert Pace(None, 3, lambda: 0.0).take("a", 500) == 3
    assert Pace(0.5, None, lambda: 0.0).take("a", 500) == 1


async def test_what_is_over_the_limit_goes_back_to_the_gate_and_is_not_lost() -> None:
    scene = Scene(per_second=1)
    commands = [Command(make.reminder(reminder_id=UUID(int=number)), Trace()) for number in range(1, 4)]
    batch = await scene.send(*commands)
    assert (batch.handed, batch.left_over, len(batch.open)) == (1, 2, 2)


@pytest.mark.parametrize("words", [{"note": "a\0b"}, {"contact_id": "a\0b"}, {"contact_id": "a\nb"}])
def test_words_that_no_table_or_event_takes_are_refused_at_the_door(words: dict[str, str]) -> None:
    assert FinishRequest(outcome="done", note="called", contact_id="k1").contact_id == "k1"
    with pytest.raises(ValidationError):
        FinishRequest.model_validate({"outcome": "done", **words})
