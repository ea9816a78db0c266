from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from feedback_builders import KEY, NOW, TODAY, a_claim, a_message, a_promise, an_answer, an_item, parts

from feedback_service.domain.answer import Disputed, Outcome, Part, PlanRequested, QuestionAsked, Reason
from feedback_service.domain.item import Debt, ItemKey
from feedback_service.domain.reminder import NextStep
from feedback_service.domain.standing import Ahead, Hold, Outlook, Rest, RestReason, outlook, rests

ITEM, OTHER = an_item(), an_item("RE-2", 5_000)
DEBTS = (Debt("EUR", (ITEM, OTHER)),)
ONE = (Debt("EUR", (ITEM,)),)
HOLD = Hold("acme", "c-1", "erp", "h-1", 1, True, "customer", "manual")


def said(statement, outcome=None, today=TODAY, **changes):
    return rests([an_answer(statement, outcome, **changes)], [], DEBTS, today)


@pytest.mark.parametrize(
    ("statement", "reason", "until_on"),
    [
        (a_promise(), RestReason.PROMISED, date(2026, 5, 29)),
        (a_claim(), RestReason.CLAIMED, TODAY + timedelta(days=7)),
        (QuestionAsked((Part(KEY),)), RestReason.QUESTION, TODAY + timedelta(days=7)),
        (Disputed((Part(KEY),), Reason.DEFECTIVE), RestReason.DISPUTED, None),
    ],
)
def test_what_was_answered_rests(statement, reason, until_on):
    (rest,) = said(statement)

    assert (rest.reason, rest.keys, rest.until_on) == (reason, (KEY,), until_on)


@pytest.mark.parametrize(
    ("statement", "last"), [(a_promise(), date(2026, 5, 29)), (a_claim(), TODAY + timedelta(days=7))]
)
def test_it_rests_through_its_last_day_and_no_longer(statement, last):
    assert said(statement, today=last)
    assert said(statement, today=last + timedelta(days=1)) == []


@pytest.mark.parametrize("outcome", [Outcome.KEPT, Outcome.BROKEN, Outcome.REJECTED, Outcome.WITHDRAWN])
def test_what_was_decided_against_or_is_over_rests_no_longer(outcome):
    assert said(a_promise(), outcome) == []


@pytest.mark.parametrize("outcome", [None, Outcome.TAKEN_UP, Outcome.ACCEPTED, Outcome.PARTLY_ACCEPTED])
def test_what_stands_or_was_accepted_rests(outcome):
    assert said(Disputed((Part(KEY),), Reason.DEFECTIVE), outcome)


@pytest.mark.parametrize(
    ("outcome", "reason", "ahead"),
    [
        pytest.param(Outcome.TAKEN_UP, RestReason.DISPUTED, Ahead.RESTS, id="a person looks"),
        pytest.param(Outcome.ACCEPTED, RestReason.GIVEN_UP, Ahead.RESTS, id="no longer asked for"),
        pytest.param(Outcome.PARTLY_ACCEPTED, RestReason.PARTLY_GIVEN_UP, Ahead.WE_WRITE, id="the other part goes on"),
    ],
)
def test_once_a_dispute_is_decided_nobody_is_said_to_look_at_it(outcome, reason, ahead):
    (rest,) = found = said(Disputed((Part(KEY),), Reason.DEFECTIVE), outcome)

    assert rest.reason is reason
    assert outlook(ONE, found, MESSAGES, TODAY).ahead is ahead


def test_an_answer_about_what_is_paid_by_now_holds_nothing_up():
    assert said(a_promise(parts=parts(100, ItemKey("inv-9", "i-9")))) == []


def test_a_wish_rests_nothing_by_itself():
    assert said(PlanRequested()) == []


@pytest.mark.parametrize(
    ("changes", "keys"),
    [
        pytest.param({}, {KEY, OTHER.key}, id="the customer"),
        pytest.param({"scope": "invoice", "scope_id": KEY.invoice_id}, {KEY}, id="an invoice"),
        pytest.param({"scope": "item", "scope_id": KEY.item_id, "invoice_id": KEY.invoice_id}, {KEY}, id="an item"),
        pytest.param({"scope": "item", "scope_id": KEY.item_id}, {KEY}, id="an item of no named invoice"),
        pytest.param({"scope": "item", "scope_id": KEY.item_id, "invoice_id": "x"}, set(), id="another's item"),
        pytest.param({"is_set": False}, set(), id="lifted"),
        pytest.param({"until_on": TODAY - timedelta(days=1)}, set(), id="over since yesterday"),
        pytest.param({"until_on": TODAY}, {KEY, OTHER.key}, id="through today"),
    ],
)
def test_a_hold_rests_what_is_in_its_scope_until_its_last_day(changes, keys):
    found = rests([], [replace(HOLD, **changes)], DEBTS, TODAY)

    assert {key for rest in found for key in rest.keys} == keys


def test_a_hold_that_is_told_twice_is_shown_once():
    assert len(rests([], [HOLD, replace(HOLD, source="case", hold_id="case-1 h-1")], DEBTS, TODAY)) == 1


MESSAGES = [a_message()]


def test_nothing_comes_where_nothing_is_owed():
    assert outlook((), (), MESSAGES, TODAY) == Outlook(Ahead.NOTHING)


def test_without_an_answer_the_last_demand_says_what_comes():
    assert outlook(ONE, (), MESSAGES, TODAY) == Outlook(Ahead.WE_WRITE, date(2026, 6, 2), date(2026, 5, 28))


def test_what_a_confirmation_says_about_the_next_step_does_not_count():
    later = a_message(kind="service", reminder_id=UUID(int=4), sent_at=NOW, next_step=NextStep("none", TODAY))

    assert outlook(ONE, (), [later, *MESSAGES], TODAY).ahead is Ahead.WE_WRITE


def test_days_that_have_passed_are_not_named():
    assert outlook(ONE, (), MESSAGES, date(2026, 6, 3)) == Outlook(Ahead.WE_WRITE)


@pytest.mark.parametrize(
    ("messages", "ahead"),
    [
        ([a_message(next_step=NextStep("person", date(2026, 6, 2)))], Ahead.A_PERSON),
        ([a_message(next_step=NextStep("review", date(2026, 6, 2)))], Ahead.A_PERSON),
        ([a_message(next_step=NextStep("none", date(2026, 6, 2)))], Ahead.NOTHING),
        ([a_message(next_step=None)], Ahead.NOTHING),
        ([], Ahead.NOTHING),
    ],
)
def test_the_next_step_is_told_as_the_message_had_it(messages, ahead):
    assert outlook(ONE, (), messages, TODAY).ahead is ahead


@pytest.mark.parametrize(
    ("resting", "ahead"),
    [
        pytest.param([Rest(RestReason.HELD, (KEY, OTHER.key), None, None, None)], Ahead.RESTS, id="all held"),
        pytest.param([Rest(RestReason.QUESTION, (), None, None, TODAY)], Ahead.RESTS, id="a question about all"),
        pytest.param([Rest(RestReason.HELD, (KEY,), None, None, None)], Ahead.WE_WRITE, id="one of two held"),
        pytest.param([Rest(RestReason.PROMISED, (), 16_900, "EUR", TODAY)], Ahead.RESTS, id="all promised"),
        pytest.param([Rest(RestReason.PROMISED, (), 16_899, "EUR", TODAY)], Ahead.WE_WRITE, id="a cent is left"),
        pytest.param([Rest(RestReason.PROMISED, (), 16_900, "CHF", TODAY)], Ahead.WE_WRITE, id="another currency"),
        pytest.param(
            [
                Rest(RestReason.HELD, (KEY,), None, None, None),
                Rest(RestReason.CLAIMED, (OTHER.key,), 5_000, "EUR", None),
            ],
            Ahead.RESTS,
            id="one held, the other claimed",
        ),
    ],
)
def test_nothing_comes_while_all_of_it_rests(resting, ahead):
    assert outlook(DEBTS, resting, MESSAGES, TODAY).ahead is ahead
