"""Disputes: an item or a part rests, the rest goes on; a person decides; what was accepted waits for the ERP."""

import pytest
from engine_builders import at, codes, decide, demands, dispute, facts, item, on, rules, said

MONDAY = at("2026-03-09")
SAID = at("2026-03-07")


@pytest.mark.parametrize(
    ("amount", "asked"),
    [
        pytest.param(None, None, id="all of it"),
        pytest.param(11900, None, id="as much as is open"),
        pytest.param(11800, 100, id="all but the least sum"),
        pytest.param(4000, 7900, id="a part"),
        pytest.param(1, 11899, id="a cent"),
    ],
)
@pytest.mark.parametrize("day", ["2026-03-09", "2027-03-09"])
def test_what_is_contested_rests_until_a_person_decides_and_the_rest_goes_on(amount, asked, day):
    decision = decide(facts(disputes=(dispute(SAID, amount),)), at(day))

    if asked is None:
        assert (rules(decision), decision.requests, decision.next_look_at) == (["disputed"], (), None)
    else:
        (request,) = demands(decision)
        assert request.total_minor == asked
        assert [(line.code, line.item) for line in request.credits] == [("disputed", ("inv-1", "1"))]


def test_only_the_contested_item_rests():
    decision = decide(facts(item(1), item(2), disputes=(dispute(SAID, invoice_id="inv-2"),)), MONDAY)

    assert {reason.invoice_id: reason.rule for reason in decision.reasons} == {"inv-1": "due", "inv-2": "disputed"}


@pytest.mark.parametrize("outcome", ["rejected", "partly_accepted"])
@pytest.mark.parametrize(
    ("day", "rule"),
    [
        pytest.param("2026-03-19", "too_early", id="in the pause"),
        pytest.param("2026-03-20", "due", id="three working days after the decision"),
    ],
)
def test_after_a_rejection_the_ladder_goes_on_with_a_pause(outcome, day, rule):
    word = dispute(SAID, 4000, outcome, decided_at=at("2026-03-17"), accepted_minor=1000)

    assert rules(decide(facts(disputes=(word,)), at(day))) == [rule]


def test_a_withdrawn_dispute_leaves_no_trace():
    assert rules(decide(facts(disputes=(dispute(SAID, None, "withdrawn"),)), MONDAY)) == ["due"]


def test_the_pause_after_a_decision_does_not_shorten_any_other():
    word = dispute(SAID, None, "rejected", decided_at=at("2026-03-09"))

    assert rules(decide(facts(disputes=(word,), **said(1, "2026-03-07", deadline="2026-03-16")), at("2026-03-18"))) == [
        "too_early"
    ]


@pytest.mark.parametrize(
    ("corrected", "open_minor", "asked"),
    [
        pytest.param(0, 11900, 7900, id="not corrected yet"),
        pytest.param(0, 4000, None, id="the rest was paid: never ask for what was given up"),
        pytest.param(0, 5000, 1000, id="a part of the rest was paid"),
        pytest.param(3999, 7901, 7900, id="a cent too little"),
        pytest.param(4000, 7900, 7900, id="corrected"),
        pytest.param(5000, 6900, 6900, id="corrected by more"),
        pytest.param(None, 7900, 3900, id="its owner does not tell corrections: rather too little"),
    ],
)
def test_what_was_accepted_rests_until_the_erp_corrects_the_item(corrected, open_minor, asked):
    word = dispute(SAID, 4000, "accepted", stood={("inv-1", "1"): 0})
    owed = item(open_minor=open_minor, corrected_minor=corrected)

    decision = decide(facts(owed, disputes=(word,)), MONDAY)

    assert [request.total_minor for request in demands(decision)] == ([] if asked is None else [asked])


def test_corrections_before_the_dispute_do_not_count():
    word = dispute(SAID, 4000, "accepted", stood={("inv-1", "1"): 2000})

    (request,) = demands(decide(facts(item(corrected_minor=2000), disputes=(word,)), MONDAY))

    assert request.total_minor == 7900


@pytest.mark.parametrize(
    ("contested", "accepted", "resting"),
    [
        pytest.param(None, None, None, id="all of it"),
        pytest.param(None, 4000, 4000, id="a part of all"),
        pytest.param(5000, None, 5000, id="all that was contested"),
        pytest.param(5000, 3000, 3000, id="a part of what was contested"),
    ],
)
def test_as_much_rests_as_was_accepted(contested, accepted, resting):
    outcome = "partly_accepted" if accepted else "accepted"
    word = dispute(SAID, contested, outcome, accepted_minor=accepted, decided_at=at("2026-03-02"))

    decision = decide(facts(item(corrected_minor=0), disputes=(word,)), MONDAY)

    if resting is None:
        assert rules(decision) == ["disputed"]
    else:
        assert [request.total_minor for request in demands(decision)] == [11900 - resting]


def test_parts_that_rest_for_several_reasons_add_up():
    words = (dispute(SAID, 4000), dispute(SAID, 3000, response_id="resp-9"))

    (request,) = demands(decide(facts(disputes=words), MONDAY))

    assert [(line.code, line.amount_minor) for line in request.credits] == [("disputed", 7000)]
    assert codes(decide(facts(disputes=(*words, dispute(SAID, 4900, response_id="resp-8"))), MONDAY)) == []


def test_a_part_of_several_items_rests_the_oldest_first():
    owed = (item(1), item(2, due_on=on("2026-02-20"), open_minor=5000))

    (request,) = demands(decide(facts(*owed, disputes=(dispute(SAID, 6000),)), MONDAY))

    assert [(asked.item.number, request.total_minor) for asked in request.items] == [("R-1", 10900)]


def test_of_two_rejections_the_later_gives_the_pause():
    words = (
        dispute(SAID, 1, "rejected", decided_at=at("2026-03-17")),
        dispute(SAID, 1, "rejected", decided_at=at("2026-03-10"), response_id="resp-9"),
    )

    assert rules(decide(facts(disputes=words), at("2026-03-19"))) == ["too_early"]
    assert rules(decide(facts(disputes=words), at("2026-03-20"))) == ["due"]


def test_corrections_before_a_decision_that_was_faster_than_the_engine_do_not_count():
    contested = dispute(SAID, 4000, "accepted", stood=None)

    (request,) = demands(decide(facts(item(corrected_minor=4000), disputes=(contested,)), at("2026-03-20")))

    assert request.total_minor == 11900 - 4000
