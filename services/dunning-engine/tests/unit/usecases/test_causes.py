"""Facts, the clock and what is missing lead to decisions; what is tenant-wide leaves customers behind."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

import pytest
from engine_builders import CREDITOR, CUSTOMER, TENANT, at, facts, item, reminder, settled
from engine_fakes import NOW, FakeWork, NotedTracing, engine, work_with

from dunning_engine.domain.clearance import Standing
from dunning_engine.domain.facts import Delivery
from dunning_engine.domain.learned import CreditorLearned, ItemLearned, PaymentsCheckedLearned, TenantLearned
from dunning_engine.usecases.answer_clearances import answer_clearances
from dunning_engine.usecases.evaluate_customers import evaluate_customers
from dunning_engine.usecases.look_again import look_again
from dunning_engine.usecases.ports import Known, News, Occasion
from dunning_engine.usecases.record_facts import record_facts
from kulant_chassis.transaction import Cause

TENANT_FACT = TenantLearned("acme", TENANT, "test", NOW, 1, 1)
CREDITOR_FACT = CreditorLearned("acme", CREDITOR, 1)
PAYMENTS_FACT = PaymentsCheckedLearned("acme", "main", NOW, 1)
CAUSE = Cause(correlationid="chain", causationid="fact")
OCCASION = Occasion("acme/c-1", "acme", CAUSE, ("kulant.item.overdue.v1",), ("e-1",))


@pytest.mark.parametrize(
    ("learned", "news", "whole", "behind"),
    [
        pytest.param(CREDITOR_FACT, News(), frozenset(), [], id="a creditor as it was"),
        pytest.param(CREDITOR_FACT, News(creditors_of=frozenset({"acme"})), frozenset(), ["acme"], id="a creditor"),
        pytest.param(PAYMENTS_FACT, News(), frozenset(), [], id="payments leave nobody behind"),
        pytest.param(PAYMENTS_FACT, News(), frozenset({"acme"}), ["acme"], id="the last missing fact"),
    ],
)
async def test_a_tenant_wide_fact_leaves_behind_whom_it_concerns(learned, news, whole, behind):
    work = FakeWork(news=news, whole=whole)

    await record_facts(work, engine(), [learned], [])

    assert work.behind == behind
    assert work.saved == []


@pytest.mark.parametrize("is_news", [True, False])
async def test_a_tenants_clock_is_followed_whatever_else_is_new(is_news):
    work = FakeWork(news=News(tenants=frozenset({"acme"} if is_news else ())))

    await record_facts(work, engine(), [TENANT_FACT], [])

    assert work.followed == [("acme", is_news)]


async def test_a_fact_is_taken_and_its_customer_decided_on_with_its_cause():
    work = FakeWork()

    await record_facts(work, engine(), [ItemLearned("acme/c-1", item())], [OCCASION])

    ((decided, cause),) = work.announced
    assert decided.decision.outcome == "remind"
    assert cause == CAUSE
    assert decided.reminder_ids[0].version == 7
    assert work.looks["acme/c-1"] == decided.decision.next_look_at


async def test_what_was_settled_just_now_is_looked_at_once_more():
    gone = settled(item())
    work = work_with(items=())
    work.news = News(items={"acme/c-1": (gone, item(2))})

    await record_facts(work, engine(), [], [OCCASION])

    assert work.saved[0].facts.items == (gone,)


async def test_the_clock_goes_on_in_the_chain_of_the_items():
    work = FakeWork()

    await look_again(work, engine(), [("acme/c-1", "acme")])

    ((decided, cause),) = work.announced
    assert decided.occasion.is_clock
    assert cause == Cause(correlationid="the clock's")


async def test_nothing_is_given_out_where_nothing_was_decided():
    work = work_with(items=(), cases=())

    await look_again(work, engine(), [("acme/c-1", "acme")])

    assert len(work.saved) == 1
    assert work.announced == []


async def test_nobody_to_look_at_is_nothing_to_do():
    work = FakeWork()

    assert await evaluate_customers(work, engine(), []) == []
    assert work.saved == []


async def test_a_missing_fact_holds_the_customer():
    work = FakeWork(is_complete=False)

    await look_again(work, engine(), [("acme/c-1", "acme")])

    assert [reason.rule for reason in work.saved[0].decision.reasons] == ["fact_missing"]


async def test_a_case_that_opens_gets_a_name():
    work = work_with(cases=())

    await look_again(work, engine(), [("acme/c-1", "acme")])

    assert isinstance(work.saved[0].case_ids["main", "EUR"], UUID)


@pytest.mark.parametrize("by_clock", [True, False])
async def test_a_person_is_called_once_when_a_refusal_is_read_that_nothing_explains(by_clock):
    refused = Delivery(reminder().reminder_id, "suppressed", at("2026-03-07", 10), reason="stale")
    given = facts(reminders=(reminder(),), deliveries=(replace(refused, seen=reminder().seen),))
    tracing, work = NotedTracing(), FakeWork({"acme/c-1": Known(CUSTOMER, given)})
    occasion = Occasion("acme/c-1", "acme") if by_clock else OCCASION

    await evaluate_customers(work, engine(tracing), [occasion])

    assert tracing.called == ([] if by_clock else [str(reminder().reminder_id)])


class Gate:
    def __init__(self, **standings):
        self._standings = standings

    async def standings(self, tenant, asked):
        return {uid: Standing(**self._standings) for uid in asked}


@pytest.mark.parametrize(
    ("standing", "reason"),
    [
        ({"is_known": True, "is_complete": True}, None),
        ({"is_known": True, "is_complete": True, "is_withdrawn": True}, "withdrawn"),
        ({"is_known": True, "is_complete": True, "has_ended": True}, "ended"),
        ({"is_known": True}, "fact_missing"),
        ({"is_known": True, "kind": "service"}, None),
        ({"is_known": True, "kind": "promise_note"}, None),
        ({"is_known": True, "kind": "service", "is_withdrawn": True}, "withdrawn"),
        ({}, "reminder_unknown"),
    ],
)
async def test_the_gate_answers_from_how_a_message_stands(standing, reason):
    (answer,) = await answer_clearances(Gate(**standing), "acme", [(str(reminder().reminder_id), "c-1")])

    assert answer.reason == reason


async def test_an_id_that_is_none_of_ours_is_unknown():
    (answer,) = await answer_clearances(Gate(is_known=True), "acme", [("a letter", "c-1")])

    assert answer.reason == "reminder_unknown"


def test_moments_are_aware():
    assert isinstance(NOW, datetime)
    assert NOW.tzinfo is not None
