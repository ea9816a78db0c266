""" "I have paid": rests until payments are known far enough, at most a week; then one friendly question."""

from dataclasses import replace

import pytest
from engine_builders import (
    CREDITOR,
    at,
    came_back,
    claim,
    codes,
    decide,
    demands,
    facts,
    item,
    known,
    on,
    rules,
    said,
    together,
)

MONDAY = at("2026-03-09")
STOOD = {("inv-1", "1"): 11900}
BLIND = known(None)


@pytest.mark.parametrize(
    ("day", "rule"),
    [
        pytest.param("2026-03-09", "payment_claimed", id="on the day it is said"),
        pytest.param("2026-03-16", "payment_claimed", id="seven days later"),
        pytest.param("2026-03-17", "softly_due", id="the day after"),
    ],
)
def test_it_rests_seven_days_at_most_where_nobody_knows(day, rule):
    assert rules(decide(facts(claims=(claim(MONDAY),), **BLIND), at(day))) == [rule]


@pytest.mark.parametrize(
    ("paid_on", "known_until", "rule"),
    [
        pytest.param(None, at("2026-03-12", 23), "payment_claimed", id="known an hour too little"),
        pytest.param(None, at("2026-03-13", 0), "softly_due", id="said on Monday, known through Thursday"),
        pytest.param(
            "2026-03-05", at("2026-03-10", 23), "payment_claimed", id="paid on Thursday, Monday is too little"
        ),
        pytest.param("2026-03-05", at("2026-03-11", 0), "softly_due", id="paid on Thursday, known through Tuesday"),
    ],
)
def test_it_rests_until_payments_are_known_through_that_day_and_three_bank_days(paid_on, known_until, rule):
    word = claim(MONDAY, paid_on=on(paid_on) if paid_on else None)

    assert rules(decide(facts(claims=(word,), **known(known_until)), at("2026-03-14"))) == [rule]


def test_bank_days_are_working_days_of_the_customers_region():
    holiday = {("DE", None): frozenset({on("2026-03-10")})}

    assert rules(
        decide(facts(claims=(claim(MONDAY),), holidays=holiday, **known(at("2026-03-13", 0))), at("2026-03-14"))
    ) == ["payment_claimed"]


def test_then_one_friendly_question():
    word = claim(MONDAY, paid_on=on("2026-03-07"))

    (request,) = decide(facts(claims=(word,), **BLIND), at("2026-03-17")).requests

    assert (request.kind, request.code, request.tone, request.number) == (
        "promise_resume",
        "claim_unconfirmed",
        "friendly",
        0,
    )
    assert request.about is not None
    assert (request.about.response_id, request.about.on) == ("resp-2", on("2026-03-07"))


def question(day, deadline, **changes):
    given = {"kind": "promise_resume", "code": "claim_unconfirmed", "about_response_id": "resp-2", "number": 110}
    return said(0, day, deadline=deadline, **(given | changes))


@pytest.mark.parametrize(
    ("day", "rule"),
    [
        pytest.param("2026-03-26", "too_early", id="in the pause after the question's deadline"),
        pytest.param("2026-03-27", "due", id="three working days after it"),
    ],
)
def test_then_the_ladder_goes_on_after_the_usual_pause(day, rule):
    told = together(said(1, "2026-03-07", deadline="2026-03-16"), question("2026-03-17", "2026-03-24"))

    decision = decide(facts(claims=(claim(MONDAY),), **told), at(day))

    assert rules(decision) == [rule]
    assert codes(decision) == (["reminder"] if rule == "due" else [])


def test_a_claim_of_a_part_rests_that_part():
    (request,) = demands(decide(facts(claims=(claim(MONDAY, amount_minor=4000),), **BLIND), MONDAY.replace(hour=12)))[
        :1
    ]

    assert request.total_minor == 7900
    assert [line.code for line in request.credits] == ["claimed"]


@pytest.mark.parametrize(
    ("open_minor", "wanted"),
    [
        pytest.param(7900, ["friendly"], id="it came: no question"),
        pytest.param(7901, ["claim_unconfirmed"], id="a cent is missing: a question"),
    ],
)
def test_what_came_needs_no_question(open_minor, wanted):
    word = claim(MONDAY, amount_minor=4000, stood=STOOD)

    assert codes(decide(facts(item(open_minor=open_minor), claims=(word,), **BLIND), at("2026-03-17"))) == wanted


def test_a_payment_confirms_one_claim_not_two():
    first = claim(MONDAY, amount_minor=4000, stood=STOOD)
    second = replace(first, response_id="resp-9")

    decision = decide(facts(item(open_minor=7900), claims=(first, second), **BLIND), at("2026-03-17"))

    assert codes(decision) == ["claim_unconfirmed"]
    assert decision.requests[0].about.response_id == "resp-9"


@pytest.mark.parametrize(
    ("said_at", "rule"),
    [
        pytest.param(MONDAY, "too_early", id="before: it came, and went back"),
        pytest.param(at("2026-03-12", 10), "payment_claimed", id="on the day itself: perhaps another one"),
    ],
)
def test_a_claim_before_a_payment_that_came_back_holds_nothing(said_at, rule):
    owed = item(returned=came_back("2026-03-12"))
    told = said(
        0, "2026-03-12", owed, deadline="2026-03-19", kind="service", code="payment_returned", returned_payment_id="p-1"
    )

    decision = decide(facts(owed, claims=(claim(said_at),), **BLIND, **told), at("2026-03-13"))

    assert rules(decision) == [rule]


def test_an_unconfirmed_claim_of_what_is_paid_is_over():
    given = facts(item(open_minor=0, state="settled"), claims=(claim(MONDAY, stood=STOOD),), **BLIND)

    assert codes(decide(given, at("2026-03-17"))) == []


def test_every_creditors_payments_are_known_for_themselves():
    other = replace(CREDITOR, creditor_id="other", payments_known_until=None)
    creditors = {"main": replace(CREDITOR, payments_known_until=at("2026-03-14")), "other": other}
    owed = (item(1), item(2, creditor_id="other"))

    decision = decide(facts(*owed, claims=(claim(MONDAY),), creditors=creditors), at("2026-03-14"))

    assert {reason.creditor_id: reason.rule for reason in decision.reasons} == {
        "main": "softly_due",
        "other": "payment_claimed",
    }


def test_the_week_is_over_with_the_first_instant_after_it():
    given = facts(claims=(claim(MONDAY),), **BLIND)

    assert rules(decide(given, at("2026-03-16", 23, 59))) == ["payment_claimed"]
    assert rules(decide(given, at("2026-03-17", 0))) == ["outside_window"]


def test_the_question_is_about_the_items_of_which_something_is_missing():
    owed = (item(1, due_on=on("2026-02-20")), item(2, due_on=on("2026-02-25")))
    stood = {("inv-1", "1"): 11900, ("inv-2", "1"): 11900}
    word = claim(MONDAY, amount_minor=5000, stood=stood)

    reasons = decide(facts(*owed, claims=(word,), **BLIND), at("2026-03-17")).reasons

    assert {reason.invoice_id: reason.facts.get("response_id") for reason in reasons} == {
        "inv-1": "resp-2",
        "inv-2": None,
    }


def test_the_reason_names_the_answer():
    (reason,) = decide(facts(claims=(claim(MONDAY),), **BLIND), at("2026-03-10")).reasons

    assert reason.facts["response_id"] == "resp-2"
