"""What people do over the API: written down, decided on at once, refused in words."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from engine_builders import at, item
from engine_fakes import NOW, WHOSE, FakeWork, causes, engine, work_with

from dunning_engine.domain.answers import About, Dispute, DisputeDecision, Hold, Question
from dunning_engine.domain.learned import HoldLearned
from dunning_engine.usecases.answer_question import answer_question
from dunning_engine.usecases.asked import HoldAsked, NotThere, PromiseAsked, Refused, Sum
from dunning_engine.usecases.decide_dispute import decide_dispute
from dunning_engine.usecases.finish_task import finish_task
from dunning_engine.usecases.lift_hold import lift_hold
from dunning_engine.usecases.note_promise import note_promise
from dunning_engine.usecases.ports import Known, KnownTask
from dunning_engine.usecases.set_hold import set_hold

ENGINE = engine()
OF_API = Hold("h-1", "customer", None, "manual", source="api")
CONTESTED = Dispute("d-1", at("2026-03-08"), About("1", "EUR", None, "inv-1"), 5000, "defective")
ASKED = Question("q-1", "question", at("2026-03-08"), About("1", None, None, "inv-1"))
TASK = KnownTask(UUID(int=7), "ladder_done", "inv-1/1")


async def test_a_hold_is_set_at_the_tenants_time_and_decided_on_at_once():
    work = FakeWork()

    hold = await set_hold(work, ENGINE, WHOSE, HoldAsked("customer", "hardship", until_on=date(2026, 4, 1)))

    assert (hold.source, hold.set_at, hold.until_on, hold.amount_minor) == ("api", NOW, date(2026, 4, 1), None)
    assert work.learned == [HoldLearned("acme/c-1", hold, is_set=True, version=1)]
    assert causes(work) == [("api.hold_set",)]
    assert work.saved[0].facts.holds == (hold,)
    assert work.saved[0].decision.requests == ()


async def test_a_hold_of_a_part_keeps_its_sum_and_a_persons_words_beside_it():
    asked = HoldAsked("item", "manual", "1", "inv-1", Sum(5000, "EUR"), note="Called, will look.")
    work = FakeWork()

    hold = await set_hold(work, ENGINE, WHOSE, asked)

    assert (hold.invoice_id, hold.amount_minor, hold.currency) == ("inv-1", 5000, "EUR")
    assert work.notes == {hold.hold_id: "Called, will look."}


@pytest.mark.parametrize(
    "asked",
    [
        HoldAsked("invoice", "manual", "inv-9"),
        HoldAsked("item", "manual", "9", "inv-1"),
        HoldAsked("item", "manual", "1", "inv-9"),
        HoldAsked("item", "manual", "1", "inv-1", Sum(5000, "USD")),
        HoldAsked("customer", "manual", money=Sum(5000, "USD")),
    ],
)
async def test_a_hold_of_something_on_which_nothing_is_owed_is_refused(asked):
    with pytest.raises(Refused, match="Nothing is owed"):
        await set_hold(FakeWork(), ENGINE, WHOSE, asked)


@pytest.mark.parametrize(
    ("until_on", "is_taken"),
    [
        pytest.param(date(2026, 3, 8), False, id="through yesterday"),
        pytest.param(date(2026, 3, 9), True, id="through today"),
    ],
)
async def test_a_hold_that_is_over_before_it_begins_is_refused(until_on, is_taken):
    asked = HoldAsked("customer", "manual", until_on=until_on)
    if is_taken:
        assert (await set_hold(FakeWork(), ENGINE, WHOSE, asked)).until_on == until_on
    else:
        with pytest.raises(Refused, match="today or later"):
            await set_hold(FakeWork(), ENGINE, WHOSE, asked)


@pytest.mark.parametrize("scope_id", ["inv-1"])
async def test_a_hold_of_an_invoice_that_is_owed_is_taken(scope_id):
    hold = await set_hold(FakeWork(), ENGINE, WHOSE, HoldAsked("invoice", "manual", scope_id))

    assert hold.scope_id == scope_id


async def test_nothing_is_done_about_a_customer_who_is_not_known():
    with pytest.raises(NotThere):
        await set_hold(FakeWork({}), ENGINE, WHOSE, HoldAsked("customer", "manual"))


async def test_a_lifted_hold_is_a_higher_version_and_decided_on():
    work = work_with(holds=(OF_API,))

    lifted = await lift_hold(work, ENGINE, WHOSE, "h-1")

    assert not lifted.is_set
    assert work.learned == [HoldLearned("acme/c-1", lifted, is_set=False, version=2)]
    assert causes(work) == [("api.hold_lifted",)]


@pytest.mark.parametrize(
    "hold",
    [replace(OF_API, hold_id="h-2"), replace(OF_API, source="erp"), replace(OF_API, is_set=False)],
    ids=["another one", "the ERP's", "lifted before"],
)
async def test_only_a_set_hold_of_a_person_can_be_lifted(hold):
    with pytest.raises(NotThere):
        await lift_hold(work_with(holds=(hold,)), ENGINE, WHOSE, "h-1")


async def test_a_promise_by_phone_rests_what_it_is_about():
    work = FakeWork()

    promise = await note_promise(work, ENGINE, WHOSE, PromiseAsked(date(2026, 3, 20), Sum(11900, "EUR")))

    assert (promise.on, promise.amount_minor, promise.about) == (date(2026, 3, 20), 11900, About(None, "EUR"))
    assert causes(work) == [("api.promise_noted",)]
    assert {reason.rule for reason in work.saved[0].decision.reasons} == {"promised"}


async def test_a_promise_without_a_sum_is_about_all_of_what_it_names():
    promise = await note_promise(FakeWork(), ENGINE, WHOSE, PromiseAsked(NOW.date(), None, "inv-1", "1"))

    assert (promise.amount_minor, promise.about) == (None, About("1", None, None, "inv-1"))


async def test_a_promise_for_a_day_that_is_over_where_the_customer_is_is_refused():
    with pytest.raises(Refused, match="today or later"):
        await note_promise(FakeWork(), ENGINE, WHOSE, PromiseAsked(NOW.date() - timedelta(days=1)))


async def test_a_promise_about_something_that_is_not_owed_is_refused():
    with pytest.raises(Refused, match="Nothing is owed"):
        await note_promise(FakeWork(), ENGINE, WHOSE, PromiseAsked(date(2026, 3, 20), None, "inv-9"))


@pytest.mark.parametrize("outcome", ["accepted", "rejected", "withdrawn"])
async def test_a_dispute_is_decided_once(outcome):
    work = work_with(disputes=(CONTESTED,))

    decided = await decide_dispute(work, ENGINE, WHOSE, "d-1", outcome, None)

    assert decided.decision == DisputeDecision(outcome, NOW)
    assert work.saved[0].facts.disputes == (decided,)
    with pytest.raises(Refused, match="decided before") as raised:
        await decide_dispute(work, ENGINE, WHOSE, "d-1", "rejected", None)
    assert raised.value.code == "already-decided"


async def test_a_part_can_be_accepted():
    decided = await decide_dispute(
        work_with(disputes=(CONTESTED,)), ENGINE, WHOSE, "d-1", "partly_accepted", Sum(5000, "EUR")
    )

    assert decided.decision == DisputeDecision("partly_accepted", NOW, 5000)


@pytest.mark.parametrize(
    ("outcome", "accepted"),
    [
        ("partly_accepted", None),
        ("accepted", Sum(100, "EUR")),
        ("partly_accepted", Sum(100, "USD")),
        ("partly_accepted", Sum(5001, "EUR")),
    ],
)
async def test_what_is_accepted_has_to_fit(outcome, accepted):
    with pytest.raises(Refused) as raised:
        await decide_dispute(work_with(disputes=(CONTESTED,)), ENGINE, WHOSE, "d-1", outcome, accepted)

    assert raised.value.code == "accepted-sum"


async def test_a_part_of_a_dispute_without_a_sum_can_be_accepted():
    whole = replace(CONTESTED, amount_minor=None, about=About("1"))

    decided = await decide_dispute(work_with(disputes=(whole,)), ENGINE, WHOSE, "d-1", "partly_accepted", Sum(1, "EUR"))

    assert decided.decision == DisputeDecision("partly_accepted", NOW, 1)


async def test_a_dispute_that_is_not_there_cannot_be_decided():
    with pytest.raises(NotThere):
        await decide_dispute(FakeWork(), ENGINE, WHOSE, "d-1", "rejected", None)


async def test_a_question_is_answered_once():
    work = work_with(questions=(ASKED,))

    assert (await answer_question(work, ENGINE, WHOSE, "q-1")).answered_at == NOW
    assert causes(work) == [("api.question_answered",)]
    with pytest.raises(Refused) as raised:
        await answer_question(work, ENGINE, WHOSE, "q-1")
    assert raised.value.code == "already-answered"


async def test_a_question_that_is_not_there_cannot_be_answered():
    with pytest.raises(NotThere):
        await answer_question(work_with(questions=(ASKED,)), ENGINE, WHOSE, "q-2")


async def test_a_task_is_finished():
    work = work_with(tasks=(TASK,))

    assert await finish_task(work, ENGINE, WHOSE, TASK.task_id) == TASK
    assert work.finished == [TASK.task_id]
    assert work.saved == []


async def test_a_finished_task_about_a_question_answers_it():
    task = replace(TASK, code="answer_question", about="q-1")
    work = work_with(tasks=(task,), questions=(ASKED,))

    await finish_task(work, ENGINE, WHOSE, task.task_id)

    assert work.saved[0].facts.questions[0].answered_at == NOW


@pytest.mark.parametrize(
    ("task", "error"),
    [
        (replace(TASK, task_id=UUID(int=8)), NotThere),
        (replace(TASK, is_finished=True), Refused),
        (replace(TASK, code="decide_dispute"), Refused),
    ],
    ids=["another one", "finished before", "a decision is wanted"],
)
async def test_a_task_that_cannot_be_finished(task, error):
    with pytest.raises(error):
        await finish_task(work_with(tasks=(task,)), ENGINE, WHOSE, TASK.task_id)


def test_a_task_belongs_to_what_is_known():
    assert Known(tasks=(TASK,)).tasks[0].about == "/".join(item().key)
