"""Holds, promises and the word that it was paid: what rests, and until when."""

from datetime import date

import pytest
from engine_builders import CUSTOMER, at, claim, delivery, facts, hold, item, promise, reminder, rules, uid

from dunning_engine.domain.evaluate import evaluate
from dunning_engine.domain.policy import STANDARD


def decide(given, now):
    return evaluate(CUSTOMER, (STANDARD,), given, now)


@pytest.mark.parametrize(
    ("day", "rule"),
    [
        pytest.param("2026-03-20", "promised", id="on the promised day"),
        pytest.param("2026-03-23", "promised", id="on the last day of grace"),
        pytest.param("2026-03-24", "due", id="the day after"),
    ],
)
def test_a_promise_rests_its_items_through_three_days_of_grace(day, rule):
    decision = decide(facts(promises=(promise("2026-03-20"),)), at(day))

    assert rules(decision) == [rule]


def test_looks_again_in_the_first_window_after_a_rest():
    decision = decide(facts(promises=(promise("2026-03-18"),)), at("2026-03-12"))  # grace ends on Saturday

    assert decision.next_look_at == at("2026-03-23", 8)


@pytest.mark.parametrize(
    ("day", "rule"),
    [
        pytest.param("2026-03-09", "payment_claimed", id="on the day it is said"),
        pytest.param("2026-03-16", "payment_claimed", id="seven days later"),
        pytest.param("2026-03-17", "due", id="the day after"),
    ],
)
def test_the_word_that_it_was_paid_rests_seven_days(day, rule):
    assert rules(decide(facts(claims=(claim(at("2026-03-09")),)), at(day))) == [rule]


@pytest.mark.parametrize(
    ("day", "rule"),
    [
        pytest.param("2026-03-12", "held", id="on the last day of the hold"),
        pytest.param("2026-03-13", "due", id="the day after"),
    ],
)
def test_a_hold_lasts_through_its_last_day(day, rule):
    assert rules(decide(facts(holds=(hold(until_on="2026-03-12"),)), at(day))) == [rule]


def test_a_hold_without_an_end_is_not_looked_at_again():
    decision = decide(facts(holds=(hold(),)), at("2026-03-09"))

    assert rules(decision) == ["held"]
    assert decision.next_look_at is None


@pytest.mark.parametrize(
    ("scope", "scope_id", "held"),
    [
        pytest.param("customer", None, ["R-1", "R-2"], id="the customer"),
        pytest.param("invoice", "inv-1", ["R-1"], id="an invoice"),
        pytest.param("item", "a", ["R-1"], id="an item"),
        pytest.param("item", "z", [], id="another item"),
        pytest.param("portfolio", None, ["R-1", "R-2"], id="a scope that is not known: everything"),
    ],
)
def test_a_hold_rests_what_its_scope_says(scope, scope_id, held):
    owed = (item(1, item_id="a"), item(2, item_id="b"))

    decision = decide(facts(*owed, holds=(hold(scope, scope_id),)), at("2026-03-09"))

    numbers = {i.item_id: i.number for i in owed}
    assert sorted(numbers[r.item_id] for r in decision.reasons if r.rule == "held") == held


def test_an_answer_about_one_item_leaves_the_others_alone():
    owed = (item(1, item_id="a"), item(2, item_id="b"))

    decision = decide(facts(*owed, promises=(promise("2026-03-20", item_id="a"),)), at("2026-03-09"))

    assert {reason.item_id: reason.rule for reason in decision.reasons} == {"a": "promised", "b": "due"}


def test_an_answer_without_an_item_is_about_all_that_had_been_invoiced_by_then():
    later = item(2, open_minor=500, issued_on=date(2026, 3, 8), due_on=date(2026, 3, 10))
    said = promise("2026-03-30", said_at=at("2026-03-07"))

    decision = decide(facts(item(1), later, promises=(said,)), at("2026-03-16"))

    assert {reason.facts["open_minor"]: reason.rule for reason in decision.reasons} == {11900: "promised", 500: "due"}


def test_an_answer_to_a_reminder_is_about_its_items_alone():
    owed = (item(1), item(2))
    said = promise("2026-03-30", reminder_id=uid(100))
    ended = delivery("suppressed", reason="expired")
    given = facts(*owed, promises=(said,), reminders=(reminder(owed[0]),), deliveries=(ended,))

    assert sorted(rules(decide(given, at("2026-03-09")))) == ["due", "promised"]


def test_an_answer_in_one_currency_is_not_about_another():
    said = promise("2026-03-30", currency="USD")

    assert rules(decide(facts(promises=(said,)), at("2026-03-09"))) == ["due"]


def test_the_longest_rest_is_the_one_that_counts():
    given = facts(holds=(hold(until_on="2026-03-12"),), promises=(promise("2026-03-20"),))

    decision = decide(given, at("2026-03-09"))

    assert rules(decision) == ["promised"]
    assert decision.next_look_at == at("2026-03-24", 8)


def test_a_promise_is_put_on_the_record_of_its_case_once():
    said = promise("2026-03-20")

    (noted,) = decide(facts(promises=(said,)), at("2026-03-09")).promises_noted

    assert (noted.promise, noted.case, noted.amount_minor) == (said, ("main", "EUR"), 11900)


def test_a_promise_to_pay_what_is_no_longer_owed_is_no_case():
    given = facts(item(open_minor=0, state="settled"), promises=(promise("2026-03-20"),))

    assert decide(given, at("2026-03-09")).promises_noted == ()
