"""Promises: whole or part, kept, broken, missed softly; then the ladder goes on after a pause."""

from dataclasses import replace

import pytest
from engine_builders import (
    at,
    codes,
    decide,
    delivery,
    demands,
    facts,
    item,
    known,
    on,
    promise,
    reminder,
    rules,
    said,
    settled,
    together,
    uid,
)

from dunning_engine.domain.answers import Case

MONDAY = "2026-03-09"
MAIN = Case(uid(1), "main", "EUR")
STOOD = {("inv-1", "1"): 11900}


@pytest.mark.parametrize("amount", [None, 11900, 20000])
@pytest.mark.parametrize(
    ("day", "rule"),
    [
        pytest.param("2026-03-20", "promised", id="on the promised day"),
        pytest.param("2026-03-23", "promised", id="on the last day of grace"),
        pytest.param("2026-03-24", "softly_due", id="the day after"),
    ],
)
def test_a_promise_of_the_whole_rests_its_item_through_three_days_of_grace(day, rule, amount):
    decision = decide(facts(promises=(promise("2026-03-20", amount_minor=amount),)), at(day))

    assert rules(decision) == [rule]


@pytest.mark.parametrize(
    ("amount", "open_minor", "asked"),
    [
        pytest.param(4000, 11900, 7900, id="a part"),
        pytest.param(4000, 9900, 7900, id="half of it has come"),
        pytest.param(11899, 11900, None, id="what is left is less than the least sum"),
    ],
)
def test_a_promise_of_a_part_rests_just_that_amount(amount, open_minor, asked):
    said_so = promise("2026-03-20", amount_minor=amount, stood=STOOD)

    decision = decide(facts(item(open_minor=open_minor), promises=(said_so,)), at(MONDAY))

    if asked is None:
        assert rules(decision) == ["below_minimum"]
    else:
        (request,) = demands(decision)
        assert (request.items_total_minor, request.total_minor) == (open_minor, asked)
        assert [line.code for line in request.credits] == ["promised"]


def test_a_part_rests_the_oldest_items_first():
    owed = (item(1), item(2, open_minor=5000, due_on=on("2026-02-20")))

    (request,) = demands(decide(facts(*owed, promises=(promise("2026-03-20", amount_minor=6000),)), at(MONDAY)))

    assert [asked.item.number for asked in request.items] == ["R-1"]
    assert request.total_minor == 10900


@pytest.mark.parametrize(
    ("open_minor", "ended"),
    [
        pytest.param(7901, None, id="a cent is missing"),
        pytest.param(7900, "kept", id="it came"),
        pytest.param(5000, "kept", id="more than that came"),
    ],
)
def test_a_promise_of_a_part_is_kept_when_that_much_was_paid_since(open_minor, ended):
    word = promise("2026-03-20", amount_minor=4000, stood=STOOD, is_noted=True, case=MAIN)

    decision = decide(facts(item(open_minor=open_minor), promises=(word,)), at(MONDAY))

    assert [end.outcome for end in decision.promises_ended] == ([ended] if ended else [])


def test_a_promise_of_the_whole_is_kept_when_nothing_is_open_any_more():
    word = promise("2026-03-20", amount_minor=None, stood=STOOD, is_noted=True, case=MAIN)

    (end,) = decide(facts(settled(item()), promises=(word,)), at(MONDAY)).promises_ended

    assert (end.outcome, end.missing_minor) == ("kept", 0)


def test_a_promise_about_what_was_cancelled_lapses():
    word = promise("2026-03-20", stood=STOOD, is_noted=True, case=MAIN)
    gone = item(state="cancelled", open_minor=0)

    assert [end.outcome for end in decide(facts(gone, promises=(word,)), at(MONDAY)).promises_ended] == ["lapsed"]


def test_a_payment_keeps_one_promise_not_two():
    first = promise("2026-03-20", amount_minor=4000, stood=STOOD, is_noted=True, case=MAIN)
    second = replace(first, response_id="resp-9", on=on("2026-03-27"))

    one_paid = decide(facts(item(open_minor=7900), promises=(second, first)), at(MONDAY))
    both_paid = decide(facts(item(open_minor=3900), promises=(second, first)), at(MONDAY))

    assert [end.promise.response_id for end in one_paid.promises_ended] == ["resp-1"]
    assert sorted(end.promise.response_id for end in both_paid.promises_ended) == ["resp-1", "resp-9"]


def test_a_promise_said_after_a_payment_counts_from_there():
    first = promise("2026-03-20", amount_minor=4000, stood=STOOD, ended="kept", is_noted=True, case=MAIN)
    second = promise(
        "2026-03-27", amount_minor=4000, stood={("inv-1", "1"): 7900}, response_id="resp-9", is_noted=True, case=MAIN
    )

    assert decide(facts(item(open_minor=7900), promises=(first, second)), at(MONDAY)).promises_ended == ()
    (end,) = decide(facts(item(open_minor=3900), promises=(first, second)), at(MONDAY)).promises_ended
    assert end.promise.response_id == "resp-9"


@pytest.mark.parametrize(
    ("now", "known_until", "ended", "rule"),
    [
        pytest.param(at("2026-03-23", 12), at("2026-03-23", 12), [], "promised", id="within the grace"),
        pytest.param(
            at("2026-03-24"), at("2026-03-23", 23), [], "promised", id="payments are known an hour too little"
        ),
        pytest.param(at("2026-03-24"), at("2026-03-24", 0), ["broken"], "softly_due", id="known beyond it"),
        pytest.param(at("2026-04-24"), at("2026-03-20", 0), [], "promised", id="payments were known once, long ago"),
        pytest.param(at("2026-03-30"), None, [], "promised", id="never said, six days"),
        pytest.param(at("2026-03-31"), None, [], "softly_due", id="never said, a week more: softly, but not broken"),
    ],
)
def test_a_promise_is_broken_when_its_time_passed_and_payments_are_known_beyond_it(now, known_until, ended, rule):
    word = promise("2026-03-20", stood=STOOD, is_noted=True, case=MAIN)

    decision = decide(facts(promises=(word,), **known(known_until)), now)

    assert [end.outcome for end in decision.promises_ended] == ended
    assert rules(decision) == [rule]
    assert all(end.missing_minor == 11900 for end in decision.promises_ended)


def test_looks_daily_while_it_waits_for_payments():
    word = promise("2026-03-20", stood=STOOD)

    decision = decide(facts(promises=(word,), **known(at("2026-03-20", 0))), at("2026-03-25"))

    assert decision.next_look_at == at("2026-03-26", 8)


def test_a_missed_promise_is_met_with_one_friendly_word_outside_of_the_ladder():
    word = promise("2026-03-20", stood=STOOD)

    (request,) = decide(facts(promises=(word,)), at("2026-03-24")).requests

    assert (request.kind, request.code, request.number, request.tone, request.legal_effect) == (
        "promise_resume",
        "promise_missed",
        0,
        "friendly",
        "notice",
    )
    assert request.about is not None
    assert (request.about.response_id, request.about.on) == ("resp-1", on("2026-03-20"))
    assert request.deadline_on == on("2026-03-31")
    assert (request.next_step.code, request.next_step.not_before_on) == ("friendly", on("2026-04-03"))


def resumed(day, deadline, number=110, **changes):
    given = {"kind": "promise_resume", "code": "promise_missed", "about_response_id": "resp-1"}
    return said(0, day, deadline=deadline, number=number, **(given | changes))


@pytest.mark.parametrize(
    ("day", "rule"),
    [
        pytest.param("2026-04-02", "too_early", id="in the pause after its deadline"),
        pytest.param("2026-04-03", "due", id="three working days after its deadline"),
    ],
)
def test_then_the_ladder_goes_on_with_the_usual_pause_after_that_words_deadline(day, rule):
    told = together(said(1, "2026-03-07", deadline="2026-03-16"), resumed("2026-03-24", "2026-03-31"))

    decision = decide(facts(promises=(promise("2026-03-20", stood=STOOD),), **told), at(day))

    assert rules(decision) == [rule]
    assert codes(decision) == (["reminder"] if rule == "due" else [])


@pytest.mark.parametrize(
    ("end", "again"),
    [
        pytest.param("suppressed", True, id="it did not leave"),
        pytest.param("bounced", True, id="it came back"),
        pytest.param("unknown", False, id="nobody knows"),
        pytest.param("failed", False, id="there is no way"),
    ],
)
def test_the_friendly_word_is_said_anew_only_where_it_was_not_heard(end, again):
    told = resumed("2026-03-24", "2026-03-31")
    ends = (delivery(end, 110, at=at("2026-03-24"), reason="expired", contact_id="k-1"),)
    given = facts(promises=(promise("2026-03-20", stood=STOOD),), reminders=told["reminders"], deliveries=ends)

    assert codes(decide(given, at("2026-03-26"))) == (["promise_missed"] if again else [])


def test_one_friendly_word_for_all_that_had_been_missed_before_it():
    words = (promise("2026-03-20", stood=STOOD), promise("2026-03-21", response_id="resp-9", stood=STOOD))
    told = resumed("2026-03-25", "2026-04-01")

    assert codes(decide(facts(promises=words), at("2026-03-25"))) == ["promise_missed"]
    assert codes(decide(facts(promises=words, **told), at("2026-03-26"))) == []


def test_another_promise_missed_later_is_another_word():
    words = (promise("2026-03-20", stood=STOOD), promise("2026-03-30", response_id="resp-9", stood=STOOD))
    told = resumed("2026-03-24", "2026-03-31")

    assert codes(decide(facts(promises=words, **told), at("2026-04-02"))) == []
    assert codes(decide(facts(promises=words, **told), at("2026-04-03"))) == ["promise_missed"]


def test_what_came_late_needs_no_word():
    word = promise("2026-03-20", amount_minor=4000, stood=STOOD, ended="broken")

    decision = decide(facts(item(open_minor=7900), promises=(word,)), at("2026-04-01"))

    assert codes(decision) == ["friendly"]


def test_a_part_that_did_not_come_is_asked_for_softly_then_as_a_whole():
    word = promise("2026-03-20", amount_minor=4000, stood=STOOD)
    told = together(
        said(1, "2026-03-07", deadline="2026-03-16"), said(2, "2026-03-19", deadline="2026-03-26", number=101)
    )

    (soft,) = decide(facts(promises=(word,), **told), at("2026-03-24")).requests

    assert (soft.code, soft.total_minor) == ("promise_missed", 11900)


def test_a_promise_rests_what_it_is_about_and_nothing_else():
    owed = (item(1, item_id="a"), item(2, item_id="b"), item(3, item_id="a"))

    by_item = decide(facts(*owed, promises=(promise("2026-03-20", item_id="a", amount_minor=None),)), at(MONDAY))
    by_both = decide(
        facts(*owed, promises=(promise("2026-03-20", item_id="a", invoice_id="inv-3", amount_minor=None),)), at(MONDAY)
    )

    assert sorted(str(r.invoice_id) for r in by_item.reasons if r.rule == "promised") == ["inv-1", "inv-3"]
    assert sorted(str(r.invoice_id) for r in by_both.reasons if r.rule == "promised") == ["inv-3"]


def test_a_promise_without_an_item_is_about_all_that_had_been_invoiced_by_then():
    later = item(2, open_minor=500, issued_on=on("2026-03-08"), due_on=on("2026-03-10"))
    same_day = item(3, open_minor=600, issued_on=on("2026-03-07"), due_on=on("2026-03-10"))
    word = promise("2026-03-30", said_at=at("2026-03-07"), amount_minor=None)

    decision = decide(facts(item(1), later, same_day, promises=(word,)), at("2026-03-16"))

    assert {r.facts["open_minor"]: r.rule for r in decision.reasons} == {11900: "promised", 600: "promised", 500: "due"}


def test_a_promise_in_answer_to_a_message_is_about_its_items_alone():
    owed = (item(1), item(2))
    word = promise("2026-03-30", reminder_id=uid(100), amount_minor=None)
    given = facts(
        *owed, promises=(word,), reminders=(reminder(owed[0]),), deliveries=(delivery("suppressed", reason="expired"),)
    )

    assert sorted(rules(decide(given, at(MONDAY)))) == ["due", "promised"]


def test_a_promise_in_one_currency_is_not_about_another():
    assert rules(decide(facts(promises=(promise("2026-03-30", currency="USD"),)), at(MONDAY))) == ["due"]


def test_a_promise_before_its_item_is_known_holds_when_the_item_comes():
    word = promise("2026-03-20", item_id="1", amount_minor=None, stood={}, said_at=at("2026-03-07"))

    assert rules(decide(facts(promises=(word,)), at(MONDAY))) == ["promised"]


def test_looks_again_in_the_first_window_after_the_grace():
    decision = decide(facts(promises=(promise("2026-03-18", stood=STOOD),)), at("2026-03-17"))  # grace ends on Saturday

    assert decision.next_look_at == at("2026-03-22", 0)  # the record of its case
    after = decide(facts(promises=(promise("2026-03-18", stood=STOOD),)), at("2026-03-22", 0))
    assert after.next_look_at == at("2026-03-23", 8)


def test_a_promise_that_ended_holds_nothing_back():
    kept = promise("2026-03-20", ended="kept", stood=STOOD)

    assert codes(decide(facts(promises=(kept,)), at("2026-03-16"))) == ["friendly"]


def test_the_grace_is_over_with_the_first_instant_after_it():
    given = facts(promises=(promise("2026-03-20", stood=STOOD),))

    assert rules(decide(given, at("2026-03-23", 23, 59))) == ["promised"]
    assert rules(decide(given, at("2026-03-24", 0))) == ["outside_window"]


def test_where_nobody_ever_says_what_came_a_promise_is_over_a_week_later_to_the_instant():
    given = facts(promises=(promise("2026-03-20", stood=STOOD),), **known(None))

    assert rules(decide(given, at("2026-03-30", 23, 59))) == ["promised"]
    assert rules(decide(given, at("2026-03-31", 0))) == ["outside_window"]


def test_a_word_said_in_the_instant_in_which_a_promise_was_over_answers_it():
    told = resumed("2026-03-24", "2026-03-31")
    at_once = {"reminders": (replace(told["reminders"][0], requested_at=at("2026-03-24", 0)),)}

    assert (
        codes(decide(facts(promises=(promise("2026-03-20", stood=STOOD),), **(told | at_once)), at("2026-03-25"))) == []
    )


def test_the_reason_names_the_promise():
    (reason,) = decide(facts(promises=(promise("2026-03-20"),)), at(MONDAY)).reasons

    assert reason.facts["response_id"] == "resp-1"
