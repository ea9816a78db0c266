"""Stage n: the later of due date plus offset and the deadline before it plus the pause; never unheard, never a jump."""

from dataclasses import replace
from datetime import date

import pytest
from engine_builders import CUSTOMER, at, came_back, decide, delivery, facts, item, on, rules, said, together, uid
from engine_recorder import applied

from dunning_engine.domain.answers import PriorDunning

EASTER = {("DE", None): frozenset({date(2026, 4, 3), date(2026, 4, 6)})}


def stages(decision):
    return [(request.code, request.number, request.tone, request.legal_effect) for request in decision.requests]


@pytest.mark.parametrize(
    ("now", "rule", "looks_at"),
    [
        pytest.param(at("2026-03-06", 23, 59), "too_early", at("2026-03-07", 8), id="the evening before the fifth day"),
        pytest.param(at("2026-03-07", 0), "outside_window", at("2026-03-07", 8), id="as the fifth day begins"),
        pytest.param(at("2026-03-07", 7, 59), "outside_window", at("2026-03-07", 8), id="a minute before the window"),
        pytest.param(at("2026-03-07", 8), "due", at("2026-03-09", 8), id="as the window opens"),
        pytest.param(at("2026-03-07", 19, 59), "due", at("2026-03-09", 8), id="a minute before it closes"),
        pytest.param(at("2026-03-07", 20), "outside_window", at("2026-03-09", 8), id="as it closes"),
        pytest.param(at("2026-03-08", 12), "outside_window", at("2026-03-09", 8), id="on sunday"),
        pytest.param(at("2026-06-01", 12), "due", at("2026-06-02", 8), id="months later"),
    ],
)
def test_the_first_stage_comes_in_the_first_window_from_five_days_after_the_due_date(now, rule, looks_at):
    decision = decide(facts(), now)

    assert rules(decision) == [rule]
    assert len(decision.requests) == (rule == "due")
    assert decision.next_look_at == looks_at


@pytest.mark.parametrize(
    ("stage", "sent_on", "deadline", "day", "rule"),
    [
        pytest.param(1, "2026-03-07", "2026-03-16", "2026-03-18", "too_early", id="reminder: in the pause"),
        pytest.param(1, "2026-03-07", "2026-03-16", "2026-03-19", "due", id="reminder: deadline and three days"),
        pytest.param(1, "2026-03-02", "2026-03-09", "2026-03-14", "too_early", id="reminder: pause over, offset not"),
        pytest.param(1, "2026-03-02", "2026-03-09", "2026-03-16", "due", id="reminder: 14 days after the due date"),
        pytest.param(2, "2026-03-17", "2026-03-24", "2026-03-28", "too_early", id="firm: the day before 28"),
        pytest.param(2, "2026-03-17", "2026-03-24", "2026-03-30", "due", id="firm: 28 days after the due date"),
        pytest.param(3, "2026-03-30", "2026-04-08", "2026-04-11", "too_early", id="last: the day before 42"),
        pytest.param(3, "2026-03-30", "2026-04-08", "2026-04-13", "due", id="last: 42 days after the due date"),
        pytest.param(3, "2026-04-20", "2026-04-27", "2026-04-29", "too_early", id="last: late, in the pause"),
        pytest.param(3, "2026-04-20", "2026-04-27", "2026-04-30", "due", id="last: late, after the pause"),
        pytest.param(4, "2026-04-30", "2026-05-07", "2026-12-01", "ladder_done", id="nothing after the last"),
    ],
)
def test_each_stage_comes_at_the_later_of_its_offset_and_the_pause_after_the_deadline(
    stage, sent_on, deadline, day, rule
):
    decision = decide(facts(holidays=EASTER, **said(stage, sent_on, deadline=deadline)), at(day))

    assert rules(decision) == [rule]
    assert [request.number for request in decision.requests] == ([stage + 1] if rule == "due" else [])


def test_the_pause_counts_from_the_deadline_that_the_message_named():
    told = said(1, "2026-03-07", deadline="2026-03-16")
    told["deliveries"] = (replace(told["deliveries"][0], deadline_on=on("2026-03-20")),)

    assert rules(decide(facts(**told), at("2026-03-24"))) == ["too_early"]
    assert rules(decide(facts(**told), at("2026-03-25"))) == ["due"]


def test_holidays_make_the_pause_longer():
    told = said(2, "2026-03-24", deadline="2026-03-31")

    assert rules(decide(facts(**told), at("2026-04-04"))) == ["due"]
    assert rules(decide(facts(holidays=EASTER, **told), at("2026-04-04"))) == ["too_early"]
    assert rules(decide(facts(holidays=EASTER, **told), at("2026-04-07"))) == ["due"]


@pytest.mark.parametrize(
    ("told", "wanted"),
    [
        pytest.param({}, ("friendly", 1, "friendly", "notice"), id="first"),
        pytest.param(said(1, "2026-03-07", deadline="2026-03-16"), ("reminder", 2, "factual", "demand"), id="second"),
        pytest.param(said(2, "2026-03-19", deadline="2026-03-26"), ("firm", 3, "firm", "demand"), id="third"),
        pytest.param(said(3, "2026-04-01", deadline="2026-04-08"), ("last", 4, "final", "final"), id="last"),
    ],
)
def test_after_an_outage_of_any_length_one_message_at_the_next_stage(told, wanted):
    now = at("2026-11-02")

    decision = decide(facts(**told), now)
    again = decide(applied(decision, facts(**told), now), now)

    assert stages(decision) == [wanted]
    assert again.requests == ()


@pytest.mark.parametrize(
    ("sent_on", "deadline_on"),
    [
        pytest.param("2026-03-09", "2026-03-16", id="seven days later"),
        pytest.param("2026-03-07", "2026-03-16", id="saturday becomes monday"),
        pytest.param("2026-03-27", "2026-04-07", id="good friday becomes tuesday after easter"),
    ],
)
def test_the_deadline_is_a_working_day_seven_days_after_sending(sent_on, deadline_on):
    (request,) = decide(facts(holidays=EASTER), at(sent_on)).requests

    assert request.deadline_on == on(deadline_on)


@pytest.mark.parametrize(
    ("told", "now", "code", "not_before_on"),
    [
        pytest.param({}, "2026-03-07", "reminder", "2026-03-19", id="the pause is later"),
        pytest.param({}, "2026-03-02", "reminder", "2026-03-16", id="the offset is later"),
        pytest.param(said(3, "2026-03-30", deadline="2026-04-08"), "2026-04-13", "review", "2026-04-23", id="a person"),
    ],
)
def test_says_what_comes_next_and_not_before_when(told, now, code, not_before_on):
    given = facts(item(due_on=on("2026-02-25") if now == "2026-03-02" else on("2026-03-02")), **told)
    if now == "2026-03-02":
        code, not_before_on = "reminder", "2026-03-12"

    (request,) = decide(given, at(now)).requests

    assert (request.next_step.code, request.next_step.not_before_on) == (code, on(not_before_on))


@pytest.mark.parametrize(
    ("hours", "rule"),
    [
        pytest.param(71, "not_heard_yet", id="an hour too early"),
        pytest.param(72, "due", id="three days after sending"),
        pytest.param(96, "due", id="later"),
    ],
)
def test_an_email_counts_as_delivered_when_it_has_not_come_back_for_72_hours(hours, rule):
    """Only a message that named a deadline long ago lets the question arise: the old system's, here our own."""
    told = said(1, "2026-03-09", deadline="2026-03-02")
    sent = replace(told["deliveries"][0], at=at("2026-03-16", 9))
    now = at(date(2026, 3, 16 + hours // 24), 9 + hours % 24) if hours != 71 else at("2026-03-19", 8)

    decision = decide(facts(reminders=told["reminders"], deliveries=(sent,)), now)

    assert rules(decision) == [rule]
    if rule == "not_heard_yet":
        assert decision.next_look_at == at("2026-03-19", 9)


@pytest.mark.parametrize(
    ("kinds", "rule"),
    [
        pytest.param(["sent"], "not_heard_yet", id="accepted is not delivered"),
        pytest.param(["sent", "delivered"], "due", id="the provider says so"),
        pytest.param(["sent", "read"], "due", id="read is more than delivered"),
    ],
)
def test_other_channels_count_as_delivered_when_they_say_so(kinds, rule):
    told = said(1, "2026-03-09", deadline="2026-03-16")
    receipts = tuple(delivery(kind, at=at("2026-03-09"), channel="sms") for kind in kinds)

    assert rules(decide(facts(reminders=told["reminders"], deliveries=receipts), at("2026-04-01"))) == [rule]


def test_a_stage_that_came_back_is_said_anew_however_late_that_was():
    told = said(1, "2026-03-09", deadline="2026-03-16")
    bounced = delivery("bounced", at=at("2026-03-30"), contact_id="k-1")
    given = facts(reminders=told["reminders"], deliveries=(*told["deliveries"], bounced))

    assert stages(decide(given, at("2026-04-01"))) == [("friendly", 1, "friendly", "notice")]


def test_a_stage_that_came_back_after_the_next_one_was_said_is_not_said_again():
    told = together(
        said(1, "2026-03-09", deadline="2026-03-16"), said(2, "2026-03-19", deadline="2026-03-26", number=101)
    )
    bounced = delivery("bounced", at=at("2026-03-30"), contact_id="k-1")
    given = facts(reminders=told["reminders"], deliveries=(*told["deliveries"], bounced))

    assert stages(decide(given, at("2026-04-01"))) == [("firm", 3, "firm", "demand")]


@pytest.mark.parametrize(
    ("prior", "day", "number"),
    [
        pytest.param(PriorDunning(0), "2026-03-07", 1, id="the old system said nothing"),
        pytest.param(PriorDunning(1, on("2026-02-27"), on("2026-03-06")), "2026-03-16", 2, id="one stage"),
        pytest.param(PriorDunning(2, on("2026-02-27"), on("2026-03-06")), "2026-03-30", 3, id="two stages"),
        pytest.param(PriorDunning(1, on("2026-03-13"), on("2026-03-20")), "2026-03-25", 2, id="its deadline and pause"),
        pytest.param(PriorDunning(1, on("2026-03-13")), "2026-03-25", 2, id="a deadline nobody noted was a week"),
        pytest.param(PriorDunning(3), "2026-04-13", 4, id="only the stage is known"),
    ],
)
def test_opening_items_go_on_where_the_old_system_stood(prior, day, number):
    given = facts(item(prior=prior, is_opening=True))
    before = date.fromordinal(on(day).toordinal() - 1)

    assert [request.number for request in decide(given, at(day)).requests] == [number]
    assert decide(given, at(before)).requests == ()


def test_what_the_old_system_finished_is_finished():
    assert rules(decide(facts(item(prior=PriorDunning(4))), at("2026-06-01"))) == ["ladder_done"]


def test_our_own_messages_count_when_they_are_further_than_the_old_systems():
    given = facts(
        item(prior=PriorDunning(1, on("2026-02-20"), on("2026-02-27"))), **said(2, "2026-03-16", deadline="2026-03-23")
    )

    assert [request.number for request in decide(given, at("2026-03-30")).requests] == [3]


def test_a_corrected_due_date_moves_what_has_not_happened_yet():
    owed = item(due_on=date(2026, 3, 20))
    given = facts(owed, **said(1, "2026-03-07", deadline="2026-03-16"))

    assert rules(decide(given, at("2026-04-02"))) == ["too_early"]
    assert [request.number for request in decide(given, at("2026-04-03")).requests] == [2]


def test_a_payment_that_came_back_begins_a_fresh_ladder_from_its_day():
    owed = item(returned=came_back("2026-04-10"))
    told = together(
        said(1, "2026-03-09", deadline="2026-03-16"),
        said(2, "2026-03-19", deadline="2026-03-26", number=101),
        said(
            0,
            "2026-04-10",
            deadline="2026-04-17",
            number=102,
            kind="service",
            code="payment_returned",
            returned_payment_id="p-1",
        ),
    )

    assert rules(decide(facts(owed, **told), at("2026-04-14"))) == ["too_early"]
    (request,) = decide(facts(owed, **told), at("2026-04-15")).requests
    assert (request.code, request.number) == ("friendly", 1)


def test_never_reminds_on_a_holiday_of_the_customers_region():
    day = date(2026, 3, 7)
    in_berlin = replace(CUSTOMER, region="BE")
    given = facts(holidays={("DE", "BE"): frozenset({day}), ("DE", None): frozenset()})

    assert rules(decide(given, at(day), in_berlin)) == ["outside_window"]
    assert rules(decide(given, at(day), CUSTOMER)) == ["due"]


@pytest.mark.parametrize(
    ("due_on", "opens_at"),
    [
        pytest.param("2026-03-22", "2026-03-27T07:00:00+00:00", id="Friday before summer time"),
        pytest.param("2026-03-24", "2026-03-30T06:00:00+00:00", id="Monday after its Sunday"),
        pytest.param("2026-10-18", "2026-10-23T06:00:00+00:00", id="Friday before winter time"),
        pytest.param("2026-10-20", "2026-10-26T07:00:00+00:00", id="Monday after that Sunday"),
    ],
)
def test_the_window_opens_by_the_customers_own_clock_through_both_changes_of_it(due_on, opens_at):
    given = facts(item(due_on=on(due_on)))

    assert decide(given, at(due_on)).next_look_at.isoformat() == opens_at


def test_the_ids_of_what_was_said_to_somebody_else_mean_nothing():
    given = facts(deliveries=(delivery("sent", number=999),))

    assert rules(decide(given, at("2026-03-09"))) == ["due"]
    assert uid(999) not in {r.reminder_id for r in given.reminders}


@pytest.mark.parametrize(
    ("last_sent_on", "number"),
    [
        pytest.param("2026-04-09", 1, id="before the return: void"),
        pytest.param("2026-04-10", 3, id="on its day"),
        pytest.param(None, 1, id="nobody knows when"),
    ],
)
def test_what_the_old_system_said_counts_unless_a_payment_came_back_after_it(last_sent_on, number):
    prior = PriorDunning(2, on(last_sent_on) if last_sent_on else None, on("2026-04-17"))
    owed = item(prior=prior, returned=came_back("2026-04-10"))
    told = said(
        0, "2026-04-10", owed, deadline="2026-04-17", kind="service", code="payment_returned", returned_payment_id="p-1"
    )

    assert [request.number for request in decide(facts(owed, **told), at("2026-06-01")).requests] == [number]


def test_the_old_systems_stage_counts_as_long_as_ours_is_no_higher():
    owed = item(prior=PriorDunning(2, on("2026-03-10"), on("2026-03-17")))

    assert [
        r.number for r in decide(facts(owed, **said(1, "2026-03-07", deadline="2026-03-16")), at("2026-03-30")).requests
    ] == [3]


def test_of_two_messages_at_one_stage_the_later_gives_the_deadline():
    told = together(
        said(1, "2026-03-07", deadline="2026-03-16"), said(1, "2026-03-12", deadline="2026-03-19", number=101)
    )

    assert rules(decide(facts(**told), at("2026-03-23"))) == ["too_early"]
    assert rules(decide(facts(**told), at("2026-03-24"))) == ["due"]
