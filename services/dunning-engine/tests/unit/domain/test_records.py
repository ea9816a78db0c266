"""What is put on the record of a case, and once: promises, disputes, holds, and what answers count from."""

from dataclasses import replace

import pytest
from engine_builders import at, claim, decide, dispute, facts, hold, item, promise, reminder, rules, settled, uid
from engine_recorder import applied

from dunning_engine.domain.answers import Case

MONDAY = at("2026-03-09")
MAIN = ("main", "EUR")


def twice(given, now=MONDAY):
    first = decide(given, now)
    return first, decide(applied(first, given, now), now)


@pytest.mark.parametrize(
    ("amount", "noted"),
    [pytest.param(None, 11900, id="all"), pytest.param(4000, 4000, id="a part"), pytest.param(20000, 20000, id="more")],
)
def test_a_promise_is_put_on_the_record_of_its_case_once(amount, noted):
    word = promise("2026-03-20", amount_minor=amount)

    first, again = twice(facts(promises=(word,)))

    assert [(n.promise, n.case, n.amount_minor) for n in first.promises_noted] == [(word, MAIN, noted)]
    assert (again.promises_noted, again.outcome) == ((), "nothing")


def test_a_promise_about_what_is_no_longer_owed_is_on_no_record():
    assert decide(facts(settled(item()), promises=(promise("2026-03-20"),)), MONDAY).promises_noted == ()


def test_a_promise_is_on_the_record_of_the_case_that_it_answers():
    owed = (item(1), item(2, currency="USD"))
    cases = (Case(uid(1), *MAIN), Case(uid(2), "main", "USD"))
    to_usd = promise("2026-03-20", reminder_id=uid(100))
    given = facts(*owed, cases=cases, promises=(to_usd,), reminders=(reminder(owed[1]),))

    assert [n.case for n in decide(given, MONDAY).promises_noted] == [("main", "USD")]
    assert [n.case for n in decide(replace(given, promises=(promise("2026-03-20"),)), MONDAY).promises_noted] == [MAIN]


def test_what_answers_count_from_is_kept_once():
    words = {"promises": (promise("2026-03-20"),), "claims": (claim(MONDAY),), "disputes": (dispute(MONDAY),)}

    first, again = twice(facts(item(corrected_minor=300), **words))

    assert [(one.response_id, dict(one.stood)) for one in first.answers_stood] == [
        ("resp-1", {("inv-1", "1"): 11900}),
        ("resp-2", {("inv-1", "1"): 11900}),
        ("resp-3", {("inv-1", "1"): 300}),
    ]
    assert again.answers_stood == ()


def test_an_ended_promise_is_on_record_once():
    word = promise(
        "2026-03-20", amount_minor=4000, stood={("inv-1", "1"): 11900}, is_noted=True, case=Case(uid(1), *MAIN)
    )

    first, again = twice(facts(item(open_minor=7900), promises=(word,)))

    assert [end.outcome for end in first.promises_ended] == ["kept"]
    assert again.promises_ended == ()


def test_a_promise_that_belongs_to_no_case_does_not_end_on_record():
    word = promise("2026-03-20", amount_minor=4000, stood={("inv-1", "1"): 11900})
    early = item(state="open", open_minor=7900)

    assert decide(facts(early, cases=(), promises=(word,)), MONDAY).promises_ended == ()


def test_a_promise_that_is_over_when_it_is_read_is_made_and_ended_on_record_at_once():
    word = promise("2026-03-08", said_at=at("2026-03-07"))

    decision = decide(facts(promises=(word,)), at("2026-03-12", 8))

    assert [(end.outcome, end.missing_minor) for end in decision.promises_ended] == [("broken", 11900)]
    assert len(decision.promises_noted) == 1


@pytest.mark.parametrize(
    ("amount", "items"),
    [
        pytest.param(None, ((("inv-1", "1"), 11900), (("inv-2", "1"), 5000)), id="all"),
        pytest.param(12000, ((("inv-1", "1"), 11900), (("inv-2", "1"), 100)), id="a part"),
    ],
)
def test_a_dispute_is_put_on_record_once_with_what_it_contests(amount, items):
    first, again = twice(facts(item(1), item(2, open_minor=5000), disputes=(dispute(MONDAY, amount),)))

    assert [(noted.case, noted.items) for noted in first.disputes_noted] == [(MAIN, items)]
    assert again.disputes_noted == ()


def test_a_dispute_without_a_case_waits_for_one():
    early = item(state="open")

    assert decide(facts(early, cases=(), disputes=(dispute(at("2026-03-07")),)), MONDAY).disputes_noted == ()


def test_a_hold_is_noted_once_and_resumed_once_when_it_is_over():
    given = facts(holds=(hold(until_on="2026-03-12"),))
    first, again = twice(given)
    noted = applied(first, given, MONDAY)
    over, afterwards = twice(noted, at("2026-03-13"))

    assert [(n.hold.hold_id, n.case) for n in first.holds_noted] == [("hold-1", MAIN)]
    assert (again.holds_noted, again.holds_resumed, again.next_look_at) == ((), (), at("2026-03-13", 0))
    assert [(n.hold.hold_id, n.case) for n in over.holds_resumed] == [("hold-1", MAIN)]
    assert afterwards.holds_resumed == ()


def test_a_lifted_hold_is_resumed():
    given = facts(holds=(hold(is_set=False, is_noted=True),))

    first, again = twice(given)

    assert (len(first.holds_resumed), again.holds_resumed) == (1, ())
    assert decide(facts(holds=(hold(is_set=False),)), MONDAY).holds_resumed == ()


@pytest.mark.parametrize(
    ("scope", "scope_id", "cases"),
    [
        pytest.param("customer", None, [MAIN, ("main", "USD")], id="the customer: all cases"),
        pytest.param("invoice", "inv-2", [("main", "USD")], id="an invoice: its case"),
        pytest.param("invoice", "inv-9", [], id="an invoice that nobody knows"),
    ],
)
def test_a_hold_is_on_the_record_of_the_cases_that_it_is_about(scope, scope_id, cases):
    given = facts(item(1), item(2, currency="USD"), cases=(), holds=(hold(scope, scope_id),))

    assert [noted.case for noted in decide(given, MONDAY).holds_noted] == cases


def test_looks_when_a_promise_is_over_although_its_item_is_not_due():
    early = item(state="open", due_on=at("2026-06-01").date())
    decision = decide(facts(early, cases=(), promises=(promise("2026-03-20", stood={}),)), MONDAY)

    assert rules(decision) == ["promised"]
    assert decision.next_look_at == at("2026-03-24", 0)
