"""Questions rest their item five working days at most; requests until a person answers; hardship rests everything."""

import pytest
from engine_builders import at, decide, facts, item, question, rules

SAID = at("2026-03-09", 10)  # a Monday


@pytest.mark.parametrize(
    ("day", "answered", "rule"),
    [
        pytest.param("2026-03-09", None, "question_open", id="as it is asked"),
        pytest.param("2026-03-16", None, "question_open", id="the fifth working day after it"),
        pytest.param("2026-03-17", None, "due", id="the sixth: it was answered or not"),
        pytest.param("2026-03-11", "2026-03-11", "due", id="as soon as it is answered"),
    ],
)
def test_a_question_rests_its_item_until_it_is_answered_at_most_five_working_days(day, answered, rule):
    asked = question("question", SAID, at(answered) if answered else None)

    assert rules(decide(facts(questions=(asked,)), at(day, 11))) == [rule]


def test_holidays_do_not_count_as_working_days():
    given = facts(
        questions=(question("question", SAID),), holidays={("DE", None): frozenset({at("2026-03-11").date()})}
    )

    assert rules(decide(given, at("2026-03-17"))) == ["question_open"]


def test_a_question_is_looked_at_again_when_its_time_is_over():
    assert decide(facts(questions=(question("question", SAID),)), at("2026-03-10")).next_look_at == at("2026-03-17", 8)


@pytest.mark.parametrize("kind", ["document", "extension", "plan", "hardship", "of_a_later_release"])
@pytest.mark.parametrize(
    ("day", "answered", "rule"),
    [
        pytest.param("2027-03-09", None, "question_open", id="a year later"),
        pytest.param("2026-03-18", "2026-03-16", "too_early", id="in the pause after the answer"),
        pytest.param("2026-03-19", "2026-03-16", "due", id="three working days after it"),
    ],
)
def test_a_request_rests_its_items_until_a_person_answers(kind, day, answered, rule):
    asked = question(kind, SAID, at(answered) if answered else None)

    decision = decide(facts(questions=(asked,)), at(day))

    assert rules(decision) == [rule]
    assert (decision.next_look_at is None) == (answered is None)


def test_only_the_item_asked_about_rests():
    given = facts(item(1), item(2), questions=(question("plan", SAID, invoice_id="inv-2"),))

    assert {r.invoice_id: r.rule for r in decide(given, at("2026-03-09", 11)).reasons} == {
        "inv-1": "due",
        "inv-2": "question_open",
    }


def test_who_cannot_pay_is_left_alone_altogether():
    later = item(2, issued_on=at("2026-03-10").date(), due_on=at("2026-03-10").date())
    given = facts(item(1), later, questions=(question("hardship", SAID, invoice_id="inv-1"),))

    assert rules(decide(given, at("2026-03-20"))) == ["question_open", "question_open"]


def test_its_time_is_over_with_the_first_instant_after_the_fifth_day():
    given = facts(questions=(question("question", SAID),))

    assert rules(decide(given, at("2026-03-16", 23, 59))) == ["question_open"]
    assert rules(decide(given, at("2026-03-17", 0))) == ["outside_window"]


def test_the_reason_names_the_question():
    (reason,) = decide(facts(questions=(question("plan", SAID),)), at("2026-03-10")).reasons

    assert reason.facts == {"response_id": "resp-4", "kind": "plan", "open_minor": 11900, "version": 1}
