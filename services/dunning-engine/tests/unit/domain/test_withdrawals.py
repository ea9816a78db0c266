"""A message that is under way is taken back as soon as it is not right any more."""

from dataclasses import replace
from datetime import date

import pytest
from engine_builders import (
    at,
    claim,
    codes,
    decide,
    delivery,
    dispute,
    facts,
    hold,
    item,
    on,
    promise,
    question,
    reminder,
    rules,
    said,
    settled,
    uid,
)

from dunning_engine.domain.decision import Withdrawal
from dunning_engine.domain.facts import Credit, CreditLine

MONDAY = at("2026-03-09")
PART = promise("2026-03-20", amount_minor=4000, stood={("inv-1", "1"): 11900})


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        pytest.param({"items": (settled(item()),)}, "settled", id="settled"),
        pytest.param({"items": (item(open_minor=5000, version=2),)}, "balance_changed", id="paid in part"),
        pytest.param({"items": (item(open_minor=15000, version=2),)}, "balance_changed", id="more is owed"),
        pytest.param({"items": (item(state="open", version=2),)}, "due_date_changed", id="not overdue any more"),
        pytest.param({"items": (item(due_on=date(2026, 3, 1)),)}, "due_date_changed", id="due on another day"),
        pytest.param({"items": (), "cases": ()}, "settled", id="an item that is gone"),
        pytest.param({"promises": (promise("2026-03-20"),)}, "promised", id="a promise"),
        pytest.param({"promises": (PART,)}, "credits_changed", id="a promise of a part"),
        pytest.param({"claims": (claim(MONDAY, paid_on=on("2027-01-01")),)}, "payment_claimed", id="it was paid"),
        pytest.param({"disputes": (dispute(MONDAY),)}, "disputed", id="a dispute"),
        pytest.param({"disputes": (dispute(MONDAY, 1),)}, "credits_changed", id="a dispute about a cent"),
        pytest.param({"questions": (question("question", MONDAY),)}, "question_open", id="a question"),
        pytest.param({"holds": (hold(),)}, "held", id="a hold"),
        pytest.param({"credits": (Credit("main", "EUR", 1),)}, "credits_changed", id="money that is not allocated"),
        pytest.param({"items": (item(direct_debit_on=on("2026-03-10")),)}, "direct_debit", id="it is collected"),
    ],
)
def test_takes_a_message_back_because_of(changes, reason):
    given = replace(facts(reminders=(reminder(),)), **changes)

    decision = decide(given, MONDAY)

    assert decision.withdrawals == (Withdrawal(uid(100), reason),)
    assert decision.requests == ()
    assert decision.outcome == "withdraw"


def test_takes_a_message_back_when_one_of_its_items_is_paid():
    owed = (item(1), item(2))

    decision = decide(facts(settled(owed[0]), owed[1], reminders=(reminder(*owed),)), MONDAY)

    assert decision.withdrawals == (Withdrawal(uid(100), "settled"),)


def test_a_message_whose_parts_still_rest_as_it_says_stands():
    lines = (CreditLine("promised", 4000, ("inv-1", "1")), CreditLine("unallocated", 2000))
    given = facts(promises=(PART,), credits=(Credit("main", "EUR", 2000),), reminders=(reminder(credits=lines),))

    assert decide(given, MONDAY).withdrawals == ()


def test_a_message_that_leaves_out_a_part_is_taken_back_when_that_part_rests_no_more():
    lines = (CreditLine("held", 4000, ("inv-1", "1")),)

    decision = decide(facts(reminders=(reminder(credits=lines),)), MONDAY)

    assert decision.withdrawals == (Withdrawal(uid(100), "credits_changed"),)


def test_the_next_stage_is_taken_back_when_the_one_before_came_back():
    first = said(1, "2026-03-07", deadline="2026-03-16")
    second = reminder(number=101, requested_at=at("2026-03-19"), stage=2)
    bounced = delivery("bounced", at=at("2026-03-19"), contact_id="k-1")
    given = facts(reminders=(*first["reminders"], second), deliveries=(*first["deliveries"], bounced))

    assert decide(given, at("2026-03-19", 10)).withdrawals == (Withdrawal(uid(101), "stage_changed"),)


@pytest.mark.parametrize("kind", ["service", "promise_note"])
def test_what_demands_nothing_stands_whatever_is_paid_or_held(kind):
    given = facts(settled(item()), reminders=(reminder(kind=kind, stage=0),), holds=(hold(),))

    assert decide(given, MONDAY).withdrawals == ()


@pytest.mark.parametrize("kind", ["sent", "unknown", "failed", "suppressed"])
def test_does_not_take_back_what_has_ended(kind):
    given = facts(settled(item()), reminders=(reminder(),), deliveries=(delivery(kind),))

    assert decide(given, MONDAY).withdrawals == ()


def test_does_not_take_a_message_back_twice():
    given = facts(settled(item()), reminders=(reminder(withdrawn_because="settled"),))

    assert decide(given, MONDAY).withdrawals == ()


def test_leaves_a_message_alone_while_nothing_has_changed():
    decision = decide(facts(reminders=(reminder(),)), MONDAY)

    assert (decision.withdrawals, decision.requests, decision.outcome) == ((), (), "nothing")


def test_waits_for_the_end_of_a_withdrawn_message_before_asking_again():
    waiting = facts(reminders=(reminder(withdrawn_because="balance_changed"),))
    ended = replace(waiting, deliveries=(delivery("suppressed", reason="withdrawn"),))

    assert rules(decide(waiting, MONDAY)) == ["on_its_way"]
    assert codes(decide(ended, MONDAY)) == ["friendly"]
