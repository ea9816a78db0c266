"""What a reminder that was asked for means for the next decision, and when it is taken back."""

from dataclasses import replace
from datetime import date

import pytest
from engine_builders import CUSTOMER, at, claim, delivery, facts, hold, item, promise, reminder, rules, settled, uid

from dunning_engine.domain.decision import Withdrawal
from dunning_engine.domain.evaluate import evaluate
from dunning_engine.domain.policy import STANDARD

MONDAY = "2026-03-09"


def decide(given, now, customer=CUSTOMER):
    return evaluate(customer, (STANDARD,), given, now)


@pytest.mark.parametrize(
    ("kinds", "rule"),
    [
        pytest.param([], "on_its_way", id="nothing yet"),
        pytest.param(["sent"], "ladder_done", id="sent"),
        pytest.param(["unknown"], "person_asked", id="unknown"),
        pytest.param(["unknown", "sent"], "ladder_done", id="unknown, then found out"),
        pytest.param(["failed"], "not_delivered", id="failed"),
        pytest.param(["sent", "bounced"], "not_delivered", id="sent and come back"),
        pytest.param(["bounced", "sent"], "not_delivered", id="come back before sent was read"),
    ],
)
def test_does_not_ask_again_when_the_notifier_said(kinds, rule):
    deliveries = tuple(delivery(kind, reason=None) for kind in kinds)

    decision = decide(facts(reminders=(reminder(),), deliveries=deliveries), at(MONDAY))

    assert rules(decision) == [rule]
    assert decision.requests == ()


@pytest.mark.parametrize("reason", ["expired", "withdrawn", "fact_missing"])
def test_asks_anew_after_a_reminder_ended_without_leaving(reason):
    given = facts(reminders=(reminder(),), deliveries=(delivery("suppressed", reason=reason),))

    assert rules(decide(given, at(MONDAY))) == ["due"]


def test_asks_anew_after_a_failure_once_the_customers_facts_changed():
    given = facts(reminders=(reminder(customer_version=1),), deliveries=(delivery("failed"),))

    assert rules(decide(given, at(MONDAY), replace(CUSTOMER, version=2))) == ["due"]


def test_waits_for_the_end_of_a_withdrawn_reminder_before_asking_again():
    waiting = facts(reminders=(reminder(withdrawn_because="balance_changed"),))
    ended = replace(waiting, deliveries=(delivery("suppressed", reason="withdrawn"),))

    assert rules(decide(waiting, at(MONDAY))) == ["on_its_way"]
    assert rules(decide(ended, at(MONDAY))) == ["due"]


def test_looks_daily_at_a_reminder_without_an_end():
    given = facts(reminders=(reminder(requested_at=at(MONDAY)),))

    assert decide(given, at(MONDAY, 12)).next_look_at == at("2026-03-10", 8)
    assert decide(given, at("2026-03-20", 12)).next_look_at == at("2026-03-21", 8)


def test_one_message_of_a_case_at_a_time():
    under_way, newly_due = item(1), item(2)

    decision = decide(facts(under_way, newly_due, reminders=(reminder(under_way),)), at(MONDAY))

    assert rules(decision) == ["on_its_way", "one_at_a_time"]
    assert decision.requests == ()


@pytest.mark.parametrize(
    ("had", "seen", "rule"),
    [
        pytest.param(3, 4, "waits_for_facts", id="the owner is ahead"),
        pytest.param(4, 4, "due", id="its fact has been read"),
        pytest.param(5, 4, "due", id="and another one"),
    ],
)
def test_after_a_stale_refusal_waits_until_it_has_read_as_far_as_the_owner(had, seen, rule):
    given = facts(
        reminders=(reminder(),),
        deliveries=(delivery("suppressed", reason="stale", seen={"invoice-service": seen}),),
        had={"invoice-service": had, "feedback-service": 0, "notifier": 1},
    )

    assert rules(decide(given, at(MONDAY))) == [rule]


@pytest.mark.parametrize("owner", ["feedback-service", "notifier"])
def test_waits_for_each_owner_that_refused(owner):
    given = facts(
        reminders=(reminder(),),
        deliveries=(delivery("suppressed", reason="stale", seen={owner: 9, "dunning-engine": 70}),),
    )

    assert rules(decide(given, at(MONDAY))) == ["waits_for_facts"]


def test_a_refusal_without_anything_new_holds_the_customer_until_something_new_is_read():
    refused = delivery("suppressed", reason="stale", seen={"invoice-service": 3})
    given = facts(item(1), item(2), reminders=(reminder(item(1)),), deliveries=(refused,))
    newer = replace(given, had={"invoice-service": 4, "feedback-service": 0, "notifier": 1})

    assert rules(decide(given, at(MONDAY))) == ["refused_unexplained", "refused_unexplained"]
    assert rules(decide(newer, at(MONDAY))) == ["due", "due"]


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
        pytest.param({"claims": (claim(at(MONDAY)),)}, "payment_claimed", id="the word that it was paid"),
        pytest.param({"holds": (hold(),)}, "held", id="a hold"),
    ],
)
def test_takes_a_reminder_back_because_of(changes, reason):
    given = replace(facts(reminders=(reminder(),)), **changes)

    decision = decide(given, at(MONDAY))

    assert decision.withdrawals == (Withdrawal(uid(100), reason),)
    assert decision.requests == ()
    assert decision.outcome == "withdraw"


def test_takes_a_reminder_back_when_one_of_its_items_is_paid():
    owed = (item(1), item(2))

    decision = decide(facts(settled(owed[0]), owed[1], reminders=(reminder(*owed),)), at(MONDAY))

    assert decision.withdrawals == (Withdrawal(uid(100), "settled"),)


@pytest.mark.parametrize("kind", ["sent", "unknown", "failed", "suppressed"])
def test_does_not_take_back_what_has_ended(kind):
    given = facts(settled(item()), reminders=(reminder(),), deliveries=(delivery(kind),))

    assert decide(given, at(MONDAY)).withdrawals == ()


def test_does_not_take_a_reminder_back_twice():
    given = facts(settled(item()), reminders=(reminder(withdrawn_because="settled"),))

    assert decide(given, at(MONDAY)).withdrawals == ()


def test_leaves_a_reminder_alone_while_nothing_has_changed():
    decision = decide(facts(reminders=(reminder(),)), at(MONDAY))

    assert (decision.withdrawals, decision.requests, decision.outcome) == ((), (), "nothing")


def test_what_another_customer_heard_of_a_delivery_means_nothing():
    given = facts(deliveries=(delivery("sent", number=999),))

    assert rules(decide(given, at(MONDAY))) == ["due"]
