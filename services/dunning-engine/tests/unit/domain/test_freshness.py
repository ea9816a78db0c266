"""Above the friendly stage payments must be known far enough; who cannot know, waits."""

from dataclasses import replace

import pytest
from engine_builders import QUIET, at, codes, decide, facts, known, rules, said

TOLD = said(1, "2026-03-07", deadline="2026-03-16")
THURSDAY = at("2026-03-19")


@pytest.mark.parametrize(
    ("known_until", "rule"),
    [
        pytest.param(None, "payments_unknown", id="never said"),
        pytest.param(at("2026-03-17", 23), "payments_unknown", id="an hour too little"),
        pytest.param(at("2026-03-18", 0), "due", id="known through the second working day before"),
        pytest.param(at("2026-03-19", 8), "due", id="known until now"),
    ],
)
def test_the_second_stage_waits_until_payments_are_known_two_working_days_back(known_until, rule):
    decision = decide(facts(**TOLD, **known(known_until)), THURSDAY)

    assert rules(decision) == [rule]
    assert decision.next_look_at == at("2026-03-20", 8)


@pytest.mark.parametrize(
    ("known_until", "rule"),
    [
        pytest.param(at("2026-03-19", 23), "payments_unknown", id="Thursday is not over"),
        pytest.param(at("2026-03-20", 0), "due", id="Thursday is"),
    ],
)
def test_weekends_are_no_working_days(known_until, rule):
    assert rules(decide(facts(**TOLD, **known(known_until)), at("2026-03-23"))) == [rule]


def test_holidays_are_no_working_days():
    holidays = {("DE", None): frozenset({at("2026-03-18").date()})}
    given = facts(**TOLD, holidays=holidays, **known(at("2026-03-17", 0)))

    assert rules(decide(given, at("2026-03-20"))) == ["payments_unknown"]
    assert codes(decide(replace(given, **known(at("2026-03-18", 0))), at("2026-03-20"))) == ["reminder"]


def test_the_friendly_stage_needs_no_word_of_the_bank():
    assert codes(decide(facts(**known(None)), THURSDAY)) == ["friendly"]


def test_a_policy_may_do_without():
    careless = replace(QUIET, freshness=replace(QUIET.freshness, working_days=None))

    assert codes(decide(facts(**TOLD, **known(None)), THURSDAY, policy=careless)) == ["reminder"]


def test_says_through_which_day_payments_should_be_known():
    (reason,) = decide(facts(**TOLD, **known(None)), THURSDAY).reasons

    assert reason.sentence == (
        "Nothing about invoice R-1 yet: stage 2 began on 2026-03-19, but payments are not known through 2026-03-17."
    )
