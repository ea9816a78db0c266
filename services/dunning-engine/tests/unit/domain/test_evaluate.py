"""When a reminder is asked for, and what it says."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from engine_builders import (
    CREDITOR,
    CUSTOMER,
    applied,
    at,
    delivery,
    facts,
    item,
    reminder,
    rules,
    settled,
    uid,
)

from dunning_engine.domain.answers import Case
from dunning_engine.domain.evaluate import evaluate
from dunning_engine.domain.facts import Creditor, Customer
from dunning_engine.domain.policy import STANDARD

POLICIES = (STANDARD,)


def decide(given, now, customer=CUSTOMER):
    return evaluate(customer, POLICIES, given, now)


@pytest.mark.parametrize(
    ("now", "rule", "looks_at"),
    [
        pytest.param(at("2026-03-06", 23, 59), "too_early", at("2026-03-07", 8), id="the evening before the fifth day"),
        pytest.param(at("2026-03-07", 0), "outside_window", at("2026-03-07", 8), id="as the fifth day begins"),
        pytest.param(at("2026-03-07", 7, 59), "outside_window", at("2026-03-07", 8), id="a minute before the window"),
        pytest.param(at("2026-03-07", 8), "due", at("2026-03-09", 8), id="as the window opens"),
        pytest.param(at("2026-03-07", 19, 59), "due", at("2026-03-09", 8), id="a minute before it closes"),
        pytest.param(at("2026-03-07", 20), "outside_window", at("2026-03-09", 8), id="as it closes"),
        pytest.param(at("2026-03-08", 12), "outside_window", at("2026-03-09", 8), id="on sunday"),
        pytest.param(at("2026-06-01", 12), "due", at("2026-06-02", 8), id="months later"),
    ],
)
def test_reminds_in_the_first_window_from_five_days_after_the_due_date(now, rule, looks_at):
    decision = decide(facts(), now)

    assert rules(decision) == [rule]
    assert len(decision.requests) == (rule == "due")
    assert decision.next_look_at == looks_at


def test_never_reminds_on_a_holiday_of_the_customers_region():
    day = date(2026, 3, 7)
    in_berlin = replace(CUSTOMER, region="BE")
    given = facts(holidays={("DE", "BE"): frozenset({day}), ("DE", None): frozenset()})

    assert rules(decide(given, at(day), in_berlin)) == ["outside_window"]
    assert rules(decide(given, at(day), CUSTOMER)) == ["due"]


@pytest.mark.parametrize(
    ("sent_on", "deadline_on"),
    [
        pytest.param("2026-03-09", "2026-03-16", id="seven days later"),
        pytest.param("2026-03-07", "2026-03-16", id="saturday becomes monday"),
        pytest.param("2026-03-27", "2026-04-07", id="good friday becomes tuesday after easter"),
    ],
)
def test_the_deadline_is_a_working_day_at_least_seven_days_after_sending(sent_on, deadline_on):
    easter = frozenset({date(2026, 4, 3), date(2026, 4, 6)})

    (request,) = decide(facts(holidays={("DE", None): easter}), at(sent_on)).requests

    assert request.deadline_on == date.fromisoformat(deadline_on)
    assert request.next_step.code == "review"
    assert request.next_step.not_before_on > request.deadline_on


def test_asks_for_what_is_open_within_the_window_of_the_day():
    now = at("2026-03-09", 11)
    part_paid = item(2, open_minor=5000, due_on=date(2026, 2, 20))

    (request,) = decide(facts(item(1), part_paid), now).requests

    assert [(asked.item.number, asked.stage, asked.days_overdue) for asked in request.items] == [
        ("R-2", 1, 17),
        ("R-1", 1, 7),
    ]
    assert request.total_minor == 16900
    assert (request.not_before_at, request.not_after_at) == (now, at("2026-03-09", 20))
    assert request.code == "friendly"
    assert request.language == "en"


def test_speaks_the_customers_language_before_the_creditors():
    (request,) = decide(facts(), at("2026-03-09"), replace(CUSTOMER, language="de")).requests

    assert request.language == "de"


def test_one_message_per_creditor_and_currency():
    other = Creditor("other", country="DE", region=None, language="en")
    owed = (item(1), item(2), item(3, currency="USD"), item(4, creditor_id="other"))

    decision = decide(facts(*owed, creditors={"main": CREDITOR, "other": other}), at("2026-03-09"))

    assert [(request.case, [a.item.number for a in request.items]) for request in decision.requests] == [
        (("main", "EUR"), ["R-1", "R-2"]),
        (("main", "USD"), ["R-3"]),
        (("other", "EUR"), ["R-4"]),
    ]


def test_a_newcomer_is_not_spoken_about_for_its_neighbours_age():
    newcomer = item(2, due_on=date(2026, 3, 6))

    decision = decide(facts(item(1), newcomer), at("2026-03-09"))

    assert [a.item.number for a in decision.requests[0].items] == ["R-1"]
    assert rules(decision) == ["due", "too_early"]


def test_puts_at_most_five_hundred_items_into_one_message_the_oldest_first():
    owed = [item(n, due_on=date(2026, 1, 1) + timedelta(days=n % 50)) for n in range(501)]

    decision = decide(facts(*owed), at("2026-03-09"))

    assert len(decision.requests[0].items) == 500
    assert rules(decision).count("one_at_a_time") == 1
    assert decision.reasons[-1].item_id == "1"
    assert decide(applied(decision, facts(*owed), at("2026-03-09")), at("2026-03-09")).requests == ()


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
    patient = replace(STANDARD, code="patient", version=3, stages=(replace(STANDARD.stages[0], offset_days=30),))
    customer = replace(CUSTOMER, policy_code="patient")

    decision = evaluate(customer, (STANDARD, patient), facts(), at("2026-03-09"))

    assert (decision.policy.code, decision.policy.version) == ("patient", 3)
    assert rules(decision) == ["too_early"]


def test_a_policy_that_is_not_known_means_the_standard_one():
    decision = decide(facts(), at("2026-03-09"), replace(CUSTOMER, policy_code="gone"))

    assert decision.policy == STANDARD


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
    assert rules(decision) == ["ladder_done"]
    assert decision.next_look_at is None


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
