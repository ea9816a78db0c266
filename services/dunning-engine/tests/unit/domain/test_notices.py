"""Notices at -3 and 0 days: only where the terms ask for them, no rung, never late."""

from dataclasses import replace

import pytest
from engine_builders import (
    CUSTOMER,
    WANTS_NOTICES,
    at,
    codes,
    decide,
    delivery,
    facts,
    hold,
    item,
    on,
    reminder,
    rules,
    uid,
)
from engine_recorder import applied

THURSDAY = "2026-03-12"


def due(day=THURSDAY, **changes):
    return facts(item(due_on=on(day), state="open", **changes), cases=())


@pytest.mark.parametrize(
    ("day", "wanted"),
    [
        pytest.param("2026-03-07", [], id="five days before"),
        pytest.param("2026-03-09", ["due_soon"], id="three days before"),
        pytest.param("2026-03-11", ["due_soon"], id="one day before, where nothing could be said earlier"),
        pytest.param("2026-03-12", ["due_today"], id="on the day"),
        pytest.param("2026-03-13", [], id="the day after: never late"),
    ],
)
def test_a_notice_comes_on_its_day_and_never_late(day, wanted):
    decision = decide(due(), at(day), WANTS_NOTICES)

    assert codes(decision) == wanted
    assert [(r.kind, r.number, r.tone, r.deadline_on) for r in decision.requests] == [
        ("notice", 0, "service", on(THURSDAY)) for _ in wanted
    ]


@pytest.mark.parametrize(
    "profile",
    [pytest.param({}, id="nothing said"), pytest.param({"notices": "no"}, id="no"), pytest.param({"x": "yes"}, id="x")],
)
def test_no_notice_where_the_terms_do_not_ask_for_it(profile):
    decision = decide(due(), at("2026-03-09"), replace(CUSTOMER, profile=profile))

    assert (codes(decision), rules(decision), decision.opened) == ([], ["not_overdue"], ())
    assert decision.next_look_at == at("2026-03-17", 8)


def test_each_notice_is_given_once():
    given, now = due(), at("2026-03-09")
    first = decide(given, now, WANTS_NOTICES)
    after = applied(first, given, now)
    after = replace(
        after,
        deliveries=(delivery("sent", at=now, reminder_id=after.reminders[0].reminder_id),)
        if False
        else (replace(delivery("sent", at=now), reminder_id=after.reminders[0].reminder_id),),
    )

    assert codes(first) == ["due_soon"]
    assert codes(decide(after, at("2026-03-10"), WANTS_NOTICES)) == []
    assert decide(after, at("2026-03-10"), WANTS_NOTICES).next_look_at == at(THURSDAY, 8)
    assert codes(decide(after, at(THURSDAY), WANTS_NOTICES)) == ["due_today"]


def test_a_case_opens_with_the_first_notice_and_stays_open():
    assert decide(due(), at("2026-03-07"), WANTS_NOTICES).opened == ()
    assert decide(due(), at("2026-03-09"), WANTS_NOTICES).opened == (("main", "EUR"),)
    given = facts(item(due_on=on(THURSDAY), state="open"))
    assert decide(given, at("2026-03-10"), WANTS_NOTICES).closed == ()
    assert decide(given, at("2026-03-10"), CUSTOMER).closed != ()


def test_a_notice_is_no_rung_and_no_precondition():
    notice = reminder(
        item(due_on=on("2026-03-02")), kind="notice", code="due_today", stage=0, requested_at=at("2026-03-02")
    )
    lost = {kind: (delivery(kind),) for kind in ("sent", "unknown", "bounced")}

    for deliveries in ((), *lost.values()):
        overdue = facts(reminders=(notice,), deliveries=deliveries or (delivery("suppressed", reason="expired"),))
        assert codes(decide(overdue, at("2026-03-09"))) == ["friendly"]


def test_a_notice_under_way_is_taken_back_when_its_day_is_over():
    notice = reminder(
        item(due_on=on("2026-03-02")), kind="notice", code="due_today", stage=0, requested_at=at("2026-03-02")
    )

    decision = decide(facts(reminders=(notice,)), at("2026-03-03"), WANTS_NOTICES)

    assert [(w.reminder_id, w.reason) for w in decision.withdrawals] == [(uid(100), "due_date_changed")]


def test_a_notice_for_another_due_date_is_another_notice():
    given = replace(
        due(),
        reminders=(reminder(item(due_on=on("2026-03-10")), kind="notice", code="due_soon", stage=0),),
        deliveries=(delivery("sent", at=at("2026-03-07")),),
    )

    assert codes(decide(given, at("2026-03-09"), WANTS_NOTICES)) == ["due_soon"]


def test_what_rests_gets_no_notice():
    assert codes(decide(replace(due(), holds=(hold(),)), at("2026-03-09"), WANTS_NOTICES)) == []


def test_no_notice_on_a_day_without_window():
    decision = decide(due("2026-03-15"), at("2026-03-15", 12), WANTS_NOTICES)  # a Sunday

    assert rules(decision) == ["outside_window"]


def test_the_notice_of_several_items_names_the_earliest_of_their_days():
    owed = (item(1, due_on=on(THURSDAY), state="open"), item(2, due_on=on("2026-03-11"), state="open"))

    (request,) = decide(facts(*owed, cases=()), at("2026-03-09"), WANTS_NOTICES).requests

    assert request.deadline_on == on("2026-03-11")


def test_a_case_is_near_before_the_window_opens():
    given = facts(item(due_on=on(THURSDAY), state="open"))

    assert decide(given, at("2026-03-09", 7), WANTS_NOTICES).closed == ()
    assert decide(given, at("2026-03-08", 12), WANTS_NOTICES).closed != ()
