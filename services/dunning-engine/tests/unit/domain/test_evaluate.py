"""The one decision as a whole: what it does not know, whose policy it follows, what it says about itself."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from engine_builders import (
    CREDITOR,
    CUSTOMER,
    POLICY,
    WANTS_NOTICES,
    at,
    decide,
    delivery,
    facts,
    hold,
    item,
    reminder,
    rules,
    settled,
    uid,
)
from engine_recorder import applied

from dunning_engine.domain.answers import Case
from dunning_engine.domain.evaluate import evaluate
from dunning_engine.domain.facts import Customer
from dunning_engine.domain.reasons import SENTENCES


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        pytest.param({"open_minor": 0, "state": "settled"}, "settled", id="settled"),
        pytest.param({"state": "cancelled"}, "settled", id="cancelled"),
        pytest.param({"open_minor": -100}, "settled", id="overpaid"),
        pytest.param({"state": "of_a_later_release"}, "settled", id="in a state that is not known"),
        pytest.param({"state": "open"}, "not_overdue", id="not overdue by its owner's clock"),
        pytest.param({"state": "open", "due_on": None}, "no_due_date", id="without a due date"),
    ],
)
def test_says_nothing_about_an_item_that_is(changes, rule):
    decision = decide(facts(item(**changes)), at("2026-03-09"))

    assert rules(decision) == [rule]
    assert decision.requests == ()


def test_looks_again_when_the_first_stage_of_an_item_not_yet_due_begins():
    decision = decide(facts(item(state="open", due_on=date(2026, 3, 20)), cases=()), at("2026-03-09"))

    assert decision.next_look_at == at("2026-03-25", 8)
    assert decision.opened == ()


@pytest.mark.parametrize(
    ("customer", "changes", "rule"),
    [
        pytest.param(CUSTOMER, {"tenant": None}, "tenant_unknown", id="its tenant"),
        pytest.param(None, {}, "customer_unknown", id="the customer"),
        pytest.param(CUSTOMER, {"creditors": {}}, "creditor_unknown", id="its creditor"),
        pytest.param(CUSTOMER, {"is_complete": False}, "fact_missing", id="all of its facts"),
    ],
)
def test_says_nothing_as_long_as_it_does_not_know(customer, changes, rule):
    decision = decide(facts(**changes), at("2026-03-09"), customer)

    assert rules(decision) == [rule]
    assert decision.outcome == "nothing"


def test_looks_hourly_for_a_fact_that_is_missing():
    now = at("2026-03-09")

    assert decide(facts(is_complete=False), now).next_look_at == now + timedelta(hours=1)


def test_has_nothing_to_do_where_nothing_was_ever_owed():
    decision = decide(replace(facts(), items=(), cases=()), at("2026-03-09"))

    assert rules(decision) == ["nothing_owed"]
    assert decision.next_look_at is None


def test_follows_the_policy_that_the_customers_facts_name():
    patient = replace(POLICY, code="patient", version=3, stages=(replace(POLICY.stages[0], offset_days=30),))
    customer = replace(CUSTOMER, policy_code="patient")

    decision = evaluate(customer, (POLICY, patient), facts(), at("2026-03-09"))

    assert (decision.policy.code, decision.policy.version) == ("patient", 3)
    assert rules(decision) == ["too_early"]


def test_a_policy_that_is_not_known_means_the_standard_one():
    decision = decide(facts(), at("2026-03-09"), replace(CUSTOMER, policy_code="gone"))

    assert decision.policy.code == POLICY.code


def test_a_case_opens_with_the_first_overdue_item_and_closes_with_the_last():
    case = Case(uid(1), "main", "EUR")

    opening = decide(facts(cases=()), at("2026-03-04"))
    closing = decide(facts(settled(item())), at("2026-03-04"))

    assert (opening.opened, opening.closed) == ((("main", "EUR"),), ())
    assert (closing.opened, closing.closed) == ((), (case,))
    assert opening.outcome == "note"


def test_notes_a_delivered_reminder_once():
    given = facts(reminders=(reminder(),), deliveries=(delivery("sent"),))

    decision = decide(given, at("2026-03-09"))
    again = decide(applied(decision, given, at("2026-03-09")), at("2026-03-09"))

    (reached,) = decision.stages_reached
    assert (reached.reminder_id, reached.sent_on, reached.deadline_on) == (
        uid(100),
        date(2026, 3, 7),
        date(2026, 3, 16),
    )
    assert again.stages_reached == ()
    assert rules(decision) == ["too_early"]
    assert decision.next_look_at == at("2026-03-19", 8)


def test_every_reason_tells_a_person_why_and_carries_the_facts():
    (reason,) = decide(facts(), at("2026-03-06")).reasons

    assert reason.sentence == "Nothing about invoice R-1 yet, because its next stage begins on 2026-03-07."
    assert reason.facts == {"stage": 1, "begins_on": "2026-03-07", "open_minor": 11900, "version": 1}
    assert (reason.creditor_id, reason.currency, reason.item_id) == ("main", "EUR", "1")


def test_a_customer_without_a_zone_of_its_own_country_gets_no_foreign_holidays():
    abroad = Customer("c-2", version=1, time_zone="Europe/Paris", country="FR")
    bavarian = {"main": replace(CREDITOR, region="BY")}
    day = date(2026, 3, 9)

    decision = decide(facts(creditors=bavarian, holidays={("DE", "BY"): frozenset({day})}), at(day), abroad)

    assert rules(decision) == ["due"]


@pytest.mark.parametrize("kind", ["service", "promise_resume", "notice"])
def test_what_is_no_rung_is_no_stage_on_record(kind):
    given = facts(reminders=(reminder(kind=kind, stage=0),), deliveries=(delivery("sent"),))

    assert decide(given, at("2026-03-09")).stages_reached == ()


@pytest.mark.parametrize(
    ("opened_by", "is_open"),
    [
        pytest.param({"items": (item(),)}, True, id="something is overdue"),
        pytest.param({"items": (item(state="open", due_on=date(2026, 3, 12)),)}, True, id="a notice is near"),
        pytest.param({"items": (item(state="open", due_on=date(2026, 3, 13)),)}, False, id="none is near"),
        pytest.param({"items": (), "reminders": (reminder(kind="service", stage=0),)}, True, id="an answer under way"),
        pytest.param({"items": (), "reminders": (reminder(),)}, False, id="a reminder of nothing under way"),
    ],
)
def test_a_case_is_open_while(opened_by, is_open):
    decision = decide(facts(**opened_by), at("2026-03-09"), WANTS_NOTICES)

    assert (decision.closed == ()) == is_open


def test_every_rule_has_a_sentence():
    assert all(sentence.endswith(".") for sentence in SENTENCES.values())


def test_the_heaviest_of_what_was_decided_is_its_outcome():
    assert decide(facts(), at("2026-03-09")).outcome == "remind"
    assert decide(facts(item(open_minor=1), reminders=(reminder(),)), at("2026-03-09")).outcome == "withdraw"
    assert decide(facts(cases=()), at("2026-03-04")).outcome == "note"
    assert decide(facts(), at("2026-03-04")).outcome == "nothing"


def test_a_receipt_that_names_no_channel_was_the_first_that_was_asked_for():
    given = facts(reminders=(reminder(channels=("sms", "email")),), deliveries=(delivery("sent", channel=None),))

    assert [reached.channel for reached in decide(given, at("2026-03-09")).stages_reached] == ["sms"]


def test_looks_again_when_a_part_that_rests_ends():
    part = hold("invoice", "inv-1", until_on="2026-03-11", amount_minor=100, currency="EUR", is_resumed=True)
    given = facts(holds=(part,), reminders=(reminder(),), deliveries=(delivery("sent"),))

    assert decide(given, at("2026-03-09")).next_look_at == at("2026-03-12", 8)
