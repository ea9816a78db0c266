"""Holds: of the customer, an invoice or an item, whole or part, through their last day."""

from dataclasses import replace

import pytest
from engine_builders import at, codes, decide, delivery, facts, hold, item, reminder, rules

MONDAY = "2026-03-09"


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
    decision = decide(facts(holds=(hold(),)), at(MONDAY))

    assert rules(decision) == ["held"]
    assert decision.next_look_at is None


def test_a_lifted_hold_holds_nothing():
    assert rules(decide(facts(holds=(hold(is_set=False),)), at(MONDAY))) == ["due"]


@pytest.mark.parametrize("source", ["erp", "api"])
def test_it_does_not_matter_who_set_it(source):
    assert rules(decide(facts(holds=(hold(source=source),)), at(MONDAY))) == ["held"]


@pytest.mark.parametrize(
    ("scope", "scope_id", "invoice_id", "held"),
    [
        pytest.param("customer", None, None, ["R-1", "R-2", "R-3"], id="the customer"),
        pytest.param("invoice", "inv-1", None, ["R-1"], id="an invoice"),
        pytest.param("item", "a", None, ["R-1", "R-3"], id="every item of that id"),
        pytest.param("item", "a", "inv-1", ["R-1"], id="one item of one invoice"),
        pytest.param("item", "z", None, [], id="another item"),
        pytest.param("portfolio", None, None, ["R-1", "R-2", "R-3"], id="a scope that is not known: everything"),
    ],
)
def test_a_hold_rests_what_its_scope_says(scope, scope_id, invoice_id, held):
    owed = (item(1, item_id="a"), item(2, item_id="b"), item(3, item_id="a"))

    decision = decide(facts(*owed, holds=(hold(scope, scope_id, invoice_id=invoice_id),)), at(MONDAY))

    numbers = {i.key: i.number for i in owed}
    assert sorted(numbers[r.invoice_id, r.item_id] for r in decision.reasons if r.rule == "held") == held


@pytest.mark.parametrize(
    ("amount", "asked", "lines"),
    [
        pytest.param(1, 11899, [("held", 1)], id="a cent"),
        pytest.param(11800, 100, [("held", 11800)], id="all but the least sum"),
        pytest.param(11900, None, None, id="all of it"),
        pytest.param(20000, None, None, id="more than is open"),
    ],
)
def test_a_part_on_hold_is_not_asked_for_and_the_rest_is(amount, asked, lines):
    decision = decide(facts(holds=(hold("invoice", "inv-1", amount_minor=amount, currency="EUR"),)), at(MONDAY))

    if asked is None:
        assert (rules(decision), decision.requests) == (["held"], ())
    else:
        (request,) = decision.requests
        assert request.total_minor == asked
        assert [(line.code, line.amount_minor) for line in request.credits] == lines
        assert request.credits[0].item == ("inv-1", "1")


def test_a_part_is_spread_over_the_items_in_scope_the_oldest_first():
    owed = (item(1), item(2, open_minor=5000, due_on=item().due_on.replace(day=1)))

    (request,) = decide(facts(*owed, holds=(hold(amount_minor=6000, currency="EUR"),)), at(MONDAY)).requests

    assert [(line.item, line.amount_minor) for line in request.credits] == [(("inv-1", "1"), 1000)]
    assert [asked.item.number for asked in request.items] == ["R-1"]


def test_a_part_in_another_currency_is_not_about_this_one():
    assert rules(decide(facts(holds=(hold(amount_minor=20000, currency="USD"),)), at(MONDAY))) == ["due"]


def test_looks_again_when_a_part_ends():
    part = hold(amount_minor=100, currency="EUR", until_on="2026-03-10")
    given = facts(holds=(part,), reminders=(reminder(requested_at=at("2026-03-07")),), deliveries=(delivery("sent"),))

    assert decide(given, at(MONDAY)).next_look_at == at("2026-03-11", 0)


def test_the_longest_rest_is_the_one_that_counts():
    holds = (hold(until_on="2026-03-12"), hold(hold_id="hold-2", until_on="2026-03-20"))

    (reason,) = decide(facts(holds=holds), at(MONDAY)).reasons

    assert reason.facts["hold_id"] == "hold-2"


def test_a_hold_says_its_reason():
    (reason,) = decide(facts(holds=(replace(hold(), reason="insolvency"),)), at(MONDAY)).reasons

    assert reason.sentence == "Nothing about invoice R-1, because it is on hold (insolvency)."
    assert codes(decide(facts(holds=(hold(),)), at(MONDAY))) == []
