"""One message per creditor and currency for all that is due; nobody is threatened for another's age."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from engine_builders import (
    CREDITOR,
    CUSTOMER,
    QUIET,
    at,
    came_back,
    codes,
    decide,
    facts,
    item,
    on,
    promise,
    reminder,
    rules,
    said,
)
from engine_recorder import applied

from dunning_engine.domain.answers import PriorDunning
from dunning_engine.domain.facts import Credit

MONDAY = at("2026-03-09", 11)


def at_stage(number, stage, **changes):
    """An item of which the old system said so many stages, long ago."""
    return item(number, prior=PriorDunning(stage) if stage else None, due_on=on("2026-01-05"), **changes)


def told(decision):
    return [(r.code, [(asked.item.number, asked.stage) for asked in r.items]) for r in decision.requests]


def test_asks_for_what_is_open_within_the_window_of_the_day():
    part_paid = item(2, open_minor=5000, due_on=on("2026-02-20"))

    (request,) = decide(facts(item(1), part_paid), MONDAY).requests

    assert [(asked.item.number, asked.stage, asked.days_overdue) for asked in request.items] == [
        ("R-2", 1, 17),
        ("R-1", 1, 7),
    ]
    assert (request.items_total_minor, request.total_minor) == (16900, 16900)
    assert (request.not_before_at, request.not_after_at) == (MONDAY, at("2026-03-09", 20))
    assert (request.kind, request.channels, request.language) == ("reminder", ("email",), "en")


def test_speaks_the_customers_language_before_the_creditors():
    (request,) = decide(facts(), MONDAY, replace(CUSTOMER, language="de")).requests

    assert request.language == "de"


def test_one_message_per_creditor_and_currency():
    other = replace(CREDITOR, creditor_id="other", language="fr")
    owed = (item(1), item(2), item(3, currency="USD"), item(4, creditor_id="other"))
    generous = replace(QUIET, budget=replace(QUIET.budget, per_day=9, per_seven_days=9))

    decision = decide(facts(*owed, creditors={"main": CREDITOR, "other": other}), MONDAY, policy=generous)

    assert [(r.case, [a.item.number for a in r.items], r.language) for r in decision.requests] == [
        (("main", "EUR"), ["R-1", "R-2"], "en"),
        (("main", "USD"), ["R-3"], "en"),
        (("other", "EUR"), ["R-4"], "fr"),
    ]


@pytest.mark.parametrize(
    ("stages", "first", "then"),
    [
        pytest.param([0, 0], ("friendly", [1, 1]), None, id="both at the first"),
        pytest.param([0, 1], ("reminder", [1, 2]), None, id="friendly and reminder share one, each at its own stage"),
        pytest.param([2, 3], ("last", [3, 4]), None, id="firm and last share one"),
        pytest.param([0, 2], ("friendly", [1]), ("firm", [3]), id="friendly never travels with firm"),
        pytest.param([1, 3], ("reminder", [2]), ("last", [4]), id="reminder never travels with last"),
        pytest.param([1, 2], ("reminder", [2]), ("firm", [3]), id="reminder never travels with firm"),
    ],
)
def test_the_leading_stage_gives_the_tone_and_nobody_is_threatened_for_his_neighbours_age(stages, first, then):
    owed = [at_stage(n, stage) for n, stage in enumerate(stages)]
    given = facts(*owed)

    decision = decide(given, MONDAY)
    once_sent = [one for one in owed if one.key not in {a.item.key for r in decision.requests for a in r.items}]
    afterwards = decide(facts(*once_sent), at("2026-03-10")) if once_sent else None

    assert [(r.code, [a.stage for a in r.items]) for r in decision.requests] == [first]
    assert ([(r.code, [a.stage for a in r.items]) for r in afterwards.requests] if afterwards else None) == (
        [then] if then else None
    )
    assert rules(decision).count("one_at_a_time") == len(once_sent)


def test_a_newcomer_waits_for_its_own_time():
    decision = decide(facts(item(1), item(2, due_on=on("2026-03-06"))), MONDAY)

    assert told(decision) == [("friendly", [("R-1", 1)])]
    assert rules(decision) == ["due", "too_early"]


def test_of_two_messages_of_a_case_the_one_that_waits_longer_goes_first():
    gentle = item(1, due_on=on("2026-03-03"))  # since 8 March
    strict = item(2, prior=PriorDunning(2), due_on=on("2026-02-09"))  # since 9 March
    stricter = item(3, prior=PriorDunning(2), due_on=on("2026-01-09"))  # since 6 February

    assert codes(decide(facts(gentle, strict), MONDAY)) == ["friendly"]
    assert codes(decide(facts(gentle, stricter), MONDAY)) == ["firm"]


def test_different_kinds_of_message_never_mix():
    missed = promise("2026-03-01", invoice_id="inv-1", stood={("inv-1", "1"): 11900}, said_at=at("2026-02-25"))

    decision = decide(facts(item(1), item(2), promises=(missed,)), MONDAY)

    assert told(decision) == [("promise_missed", [("R-1", 0)])]
    assert rules(decision) == ["softly_due", "one_at_a_time"]


def test_one_message_of_a_case_at_a_time():
    under_way, newly_due = item(1), item(2)

    decision = decide(facts(under_way, newly_due, reminders=(reminder(under_way),)), at("2026-03-09"))

    assert rules(decision) == ["on_its_way", "one_at_a_time"]
    assert decision.requests == ()
    assert decision.next_look_at == at("2026-03-10", 8)


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"kind": "service"}, id="an answer"),
        pytest.param({"currency": "USD"}, id="another case"),
    ],
)
def test_another_message_that_asks_for_nothing_or_is_of_another_case_is_no_obstacle(changes):
    other = reminder(item(2, currency="USD"), number=101, requested_at=at("2026-03-02"), **changes)
    given = facts(item(1), reminders=(replace(other, currency=changes.get("currency", "EUR")),))

    assert codes(decide(given, at("2026-03-09"))) == ["friendly"]


def test_puts_at_most_five_hundred_items_into_one_message_the_oldest_first():
    owed = [item(n, due_on=date(2026, 1, 1) + timedelta(days=n % 50)) for n in range(501)]

    decision = decide(facts(*owed), MONDAY)

    assert len(decision.requests[0].items) == 500
    assert rules(decision).count("one_at_a_time") == 1
    assert decision.reasons[-1].rule == "one_at_a_time"
    assert decide(applied(decision, facts(*owed), MONDAY), MONDAY).requests == ()


@pytest.mark.parametrize(
    ("credit", "asked", "rule"),
    [
        pytest.param(0, 11900, "due", id="none"),
        pytest.param(2000, 9900, "due", id="some"),
        pytest.param(11800, 100, "due", id="all but the least sum"),
        pytest.param(11801, None, "below_minimum", id="less than the least sum is left"),
        pytest.param(11900, None, "credit_covers", id="as much as is asked for"),
        pytest.param(20000, None, "credit_covers", id="more"),
    ],
)
def test_the_customers_own_money_is_netted_and_what_it_covers_is_not_asked_for(credit, asked, rule):
    decision = decide(facts(credits=(Credit("main", "EUR", credit),)), MONDAY)

    assert rules(decision) == [rule]
    assert [request.total_minor for request in decision.requests] == ([] if asked is None else [asked])
    lines = [(line.code, line.amount_minor, line.item) for request in decision.requests for line in request.credits]
    assert lines == ([("unallocated", credit, None)] if asked and credit else [])
    tasks = [(task.code, task.about, task.case) for task in decision.tasks]
    assert tasks == ([("credit_covers_debt", "main/EUR", ("main", "EUR"))] if rule == "credit_covers" else [])


@pytest.mark.parametrize(("creditor_id", "currency"), [("main", "USD"), ("other", "EUR")])
def test_money_with_another_creditor_or_in_another_currency_covers_nothing(creditor_id, currency):
    (request,) = decide(facts(credits=(Credit(creditor_id, currency, 20000),)), MONDAY).requests

    assert request.total_minor == 11900


@pytest.mark.parametrize(
    ("minors", "rule"),
    [
        pytest.param([99], "below_minimum", id="a cent too little"),
        pytest.param([100], "due", id="as much as the least sum"),
        pytest.param([99, 1], "due", id="together they are enough"),
    ],
)
def test_too_little_is_not_asked_for_by_itself(minors, rule):
    decision = decide(facts(*(item(n, open_minor=minor) for n, minor in enumerate(minors))), MONDAY)

    assert set(rules(decision)) == {rule}
    assert (decision.next_look_at is None) == (rule == "below_minimum")


def test_the_least_sum_is_one_of_its_currency():
    assert codes(decide(facts(item(currency="JPY", open_minor=1)), MONDAY)) == ["friendly"]


def test_a_returned_payment_is_told_beside_the_message_of_the_day():
    decision = decide(facts(item(1), item(2, returned=came_back("2026-03-09"))), MONDAY)

    assert sorted(codes(decision)) == ["friendly", "payment_returned"]


def test_the_next_step_is_the_earliest_of_its_items():
    younger = item(2, due_on=on("2026-03-04"))
    given = facts(at_stage(1, 1), younger)

    (request,) = decide(given, MONDAY).requests

    assert request.code == "reminder"
    assert (request.next_step.code, request.next_step.not_before_on) == ("firm", on("2026-03-19"))


def test_the_ladder_of_one_item_does_not_move_its_neighbour():
    given = facts(item(1), item(2, due_on=on("2026-03-10")), **said(1, "2026-03-07", item(1), deadline="2026-03-16"))

    decision = decide(given, at("2026-03-19"))

    assert told(decision) == [("reminder", [("R-1", 2), ("R-2", 1)])]
