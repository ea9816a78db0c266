"""One message a day, three in seven days, over all cases and creditors; answers and returns are exempt."""

from dataclasses import replace

import pytest
from engine_builders import CREDITOR, WANTS_NOTICES, at, codes, decide, delivery, facts, item, on, reminder, rules
from engine_recorder import applied

OTHER = replace(CREDITOR, creditor_id="other")
BOTH = {"main": CREDITOR, "other": OTHER}
THURSDAY = at("2026-03-12")


def left(*days, kind="reminder", end="sent", **changes):
    """Messages to the same customer about another creditor's invoice, one on each day."""
    owed = item(9, creditor_id="other")
    messages = [
        reminder(owed, number=200 + n, requested_at=at(day), kind=kind, **changes) for n, day in enumerate(days)
    ]
    ends = [delivery(end, 200 + n, at=at(day, 10), reason="expired") for n, day in enumerate(days)] if end else []
    return {"reminders": tuple(messages), "deliveries": tuple(ends), "creditors": BOTH}


@pytest.mark.parametrize(
    ("days", "rule", "next_look"),
    [
        pytest.param([], "due", None, id="none so far"),
        pytest.param(["2026-03-11"], "due", None, id="one yesterday"),
        pytest.param(["2026-03-12"], "budget_spent", "2026-03-13", id="one today"),
        pytest.param(["2026-03-10", "2026-03-11"], "due", None, id="two in seven days"),
        pytest.param(["2026-03-09", "2026-03-10", "2026-03-11"], "budget_spent", "2026-03-16", id="three in a row"),
        pytest.param(
            ["2026-03-06", "2026-03-09", "2026-03-10"], "budget_spent", "2026-03-13", id="the first six days ago"
        ),
        pytest.param(["2026-03-05", "2026-03-09", "2026-03-10"], "due", None, id="the first seven days ago"),
    ],
)
def test_no_more_than_one_a_day_and_three_in_seven_days(days, rule, next_look):
    decision = decide(facts(**left(*days)), THURSDAY)

    assert rules(decision) == [rule]
    if next_look:
        assert decision.next_look_at == at(next_look, 8)


@pytest.mark.parametrize(
    ("kind", "counts"),
    [
        pytest.param("reminder", True, id="reminder"),
        pytest.param("notice", True, id="notice"),
        pytest.param("promise_resume", True, id="the friendly word"),
        pytest.param("plan", True, id="whatever else asks for something"),
        pytest.param("service", False, id="service"),
        pytest.param("promise_note", False, id="promise_note"),
    ],
)
def test_everything_counts_but_what_answers_the_customer(kind, counts):
    assert rules(decide(facts(**left("2026-03-12", kind=kind)), THURSDAY)) == ["budget_spent" if counts else "due"]


@pytest.mark.parametrize(
    ("end", "counts"),
    [
        pytest.param(None, True, id="under way"),
        pytest.param("sent", True, id="sent"),
        pytest.param("read", True, id="read"),
        pytest.param("unknown", True, id="perhaps sent"),
        pytest.param("suppressed", False, id="not sent"),
        pytest.param("failed", False, id="could not be sent"),
        pytest.param("bounced", False, id="refused at once"),
    ],
)
def test_what_may_have_been_seen_counts(end, counts):
    assert rules(decide(facts(**left("2026-03-12", end=end)), THURSDAY)) == ["budget_spent" if counts else "due"]


def test_what_came_back_after_it_was_sent_counts():
    given = left("2026-03-12")
    back = delivery("bounced", 200, at=at("2026-03-12", 10, 5), contact_id="k-1")

    assert rules(decide(facts(**(given | {"deliveries": (*given["deliveries"], back)})), THURSDAY)) == ["budget_spent"]


def test_the_day_of_the_delivery_counts_not_that_of_the_decision():
    given = left("2026-03-11")
    sent = replace(given["deliveries"][0], at=at("2026-03-12", 8))

    assert rules(decide(facts(**(given | {"deliveries": (sent,)})), THURSDAY)) == ["budget_spent"]


def test_days_are_the_customers_own():
    given = left("2026-03-11")
    late = replace(given["deliveries"][0], at=at("2026-03-11", 23, 30))  # 22:30 UTC, and the 12th in Helsinki
    abroad = replace(WANTS_NOTICES, time_zone="Europe/Helsinki", country="FI")

    assert rules(decide(facts(**(given | {"deliveries": (late,)})), THURSDAY)) == ["due"]
    assert rules(decide(facts(**(given | {"deliveries": (late,)})), THURSDAY, abroad)) == ["budget_spent"]


def test_of_several_messages_that_are_due_the_longest_waiting_goes_first():
    owed = (item(1), item(2, currency="USD", due_on=on("2026-02-20")), item(3, creditor_id="other"))
    given, said = facts(*owed, creditors=BOTH, cases=()), []

    for day in ("2026-03-09", "2026-03-10", "2026-03-11", "2026-03-12", "2026-03-16", "2026-03-17"):
        decision = decide(given, at(day))
        said += [(day, request.case) for request in decision.requests]
        given = applied(decision, given, at(day))
        new = given.reminders[len(given.reminders) - len(decision.requests) :]
        sent = tuple(replace(delivery("sent", at=at(day)), reminder_id=r.reminder_id) for r in new)
        given = replace(given, deliveries=given.deliveries + sent)

    assert said == [("2026-03-09", ("main", "USD")), ("2026-03-10", ("main", "EUR")), ("2026-03-11", ("other", "EUR"))]


def test_a_notice_that_the_budget_leaves_no_room_for_is_not_given_late():
    coming = item(state="open", due_on=on("2026-03-12"))
    given = facts(coming, cases=(), **left("2026-03-12"))

    assert rules(decide(given, THURSDAY, WANTS_NOTICES)) == ["budget_spent"]
    assert codes(decide(given, at("2026-03-13"), WANTS_NOTICES)) == []


def test_a_policy_may_allow_more():
    from engine_builders import QUIET

    generous = replace(QUIET, budget=replace(QUIET.budget, per_day=2))

    assert codes(decide(facts(**left("2026-03-12")), THURSDAY, policy=generous)) == ["friendly"]


def test_a_message_with_several_attempts_counts_on_the_day_of_the_first():
    given = left("2026-03-11")
    later = delivery("sent", 200, at=at("2026-03-12", 8), delivery_id="d-2")

    assert rules(decide(facts(**(given | {"deliveries": (*given["deliveries"], later)})), THURSDAY)) == ["due"]


def test_perhaps_sent_counts_on_the_day_on_which_it_happened():
    given = left("2026-03-11", end="unknown")
    late = replace(given["deliveries"][0], at=at("2026-03-12", 8))

    assert rules(decide(facts(**(given | {"deliveries": (late,)})), THURSDAY)) == ["budget_spent"]
