"""What the notifier's word about a message means for the next decision."""

from dataclasses import replace
from datetime import timedelta

import pytest
from engine_builders import CUSTOMER, at, codes, decide, delivery, facts, item, reminder, rules, uid

from dunning_engine.domain.answers import Preference
from dunning_engine.domain.progress import Progress, history, progress_of

MONDAY = at("2026-03-09")


@pytest.mark.parametrize(
    ("kinds", "progress"),
    [
        pytest.param([], Progress.UNDER_WAY, id="nothing yet"),
        pytest.param(["sent"], Progress.SAID, id="sent"),
        pytest.param(["sent", "delivered"], Progress.DELIVERED, id="delivered"),
        pytest.param(["read"], Progress.DELIVERED, id="read"),
        pytest.param(["unknown"], Progress.UNKNOWN, id="unknown"),
        pytest.param(["unknown", "sent"], Progress.SAID, id="unknown, then found out that it left"),
        pytest.param(["unknown", "suppressed"], Progress.SUPPRESSED, id="unknown, then found out that it did not"),
        pytest.param(["failed"], Progress.FAILED, id="failed"),
        pytest.param(["bounced"], Progress.BOUNCED, id="refused at once"),
        pytest.param(["sent", "bounced"], Progress.BOUNCED, id="sent and come back"),
        pytest.param(["suppressed"], Progress.SUPPRESSED, id="not sent"),
        pytest.param(["of_a_later_release"], Progress.UNDER_WAY, id="something that is not known"),
    ],
)
def test_what_the_kinds_of_one_attempt_amount_to_in_any_order(kinds, progress):
    assert progress_of(kinds) is progress
    assert progress_of(reversed(kinds)) is progress


@pytest.mark.parametrize(
    ("kinds", "rule"),
    [
        pytest.param([], "on_its_way", id="nothing yet"),
        pytest.param(["sent"], "too_early", id="sent"),
        pytest.param(["unknown"], "person_asked", id="unknown"),
        pytest.param(["unknown", "sent"], "too_early", id="unknown, then found out that it left"),
        pytest.param(["unknown", "suppressed"], "due", id="unknown, then found out that it did not"),
        pytest.param(["failed"], "not_delivered", id="failed"),
        pytest.param(["sent", "bounced"], "due", id="sent and come back: anew, to the next contact"),
        pytest.param(["bounced", "sent"], "due", id="come back before sent was read"),
    ],
)
def test_does_not_ask_again_unless_the_stage_was_not_used_up(kinds, rule):
    deliveries = tuple(delivery(kind, reason="expired") for kind in kinds)

    assert rules(decide(facts(reminders=(reminder(),), deliveries=deliveries), MONDAY)) == [rule]


def test_the_same_stage_is_asked_for_anew_when_a_person_found_out_that_it_never_left():
    ends = (delivery("unknown"), delivery("failed", reason="person_says_not_sent"))

    assert codes(decide(facts(reminders=(reminder(),), deliveries=ends), MONDAY)) == ["friendly"]


@pytest.mark.parametrize("reason", ["expired", "withdrawn", "fact_missing"])
def test_asks_anew_after_a_message_ended_without_leaving(reason):
    given = facts(reminders=(reminder(),), deliveries=(delivery("suppressed", reason=reason),))

    assert codes(decide(given, MONDAY)) == ["friendly"]


def test_a_second_attempt_that_arrived_counts_although_the_first_came_back():
    attempts = (
        delivery("bounced", delivery_id="d-1", contact_id="k-1"),
        delivery("sent", delivery_id="d-2", contact_id="k-2"),
    )

    assert rules(decide(facts(reminders=(reminder(),), deliveries=attempts), MONDAY)) == ["too_early"]


@pytest.mark.parametrize(
    ("contacts", "rule"),
    [
        pytest.param(["k-1"], "due", id="once"),
        pytest.param(["k-1", "k-2"], "due", id="at another contact"),
        pytest.param(["k-1", "k-1"], "not_delivered", id="twice at the same"),
        pytest.param([None, None], "not_delivered", id="twice, and nobody says where"),
    ],
)
def test_does_not_write_to_a_contact_that_gave_it_back_twice(contacts, rule):
    messages = tuple(reminder(number=100 + n) for n, _ in enumerate(contacts))
    ends = tuple(delivery("bounced", 100 + n, contact_id=contact) for n, contact in enumerate(contacts))

    assert rules(decide(facts(reminders=messages, deliveries=ends), MONDAY)) == [rule]


CORRECTED = Preference("resp-6", "corrected", MONDAY, "email")


@pytest.mark.parametrize("end", ["failed", "bounced"])
@pytest.mark.parametrize(
    ("customer", "changes", "rule"),
    [
        pytest.param(CUSTOMER, {}, "not_delivered", id="nothing new"),
        pytest.param(replace(CUSTOMER, version=2), {}, "due", id="the customer's contacts changed"),
        pytest.param(CUSTOMER, {"preferences": (CORRECTED,)}, "due", id="the customer corrected one"),
        pytest.param(
            CUSTOMER, {"preferences": (replace(CORRECTED, kind="preferred"),)}, "not_delivered", id="only preferred one"
        ),
        pytest.param(
            CUSTOMER,
            {"preferences": (replace(CORRECTED, said_at=at("2026-03-07", 8)),)},
            "not_delivered",
            id="corrected before",
        ),
    ],
)
def test_asks_anew_once_contacts_changed(end, customer, changes, rule):
    messages = (reminder(customer_version=1), reminder(customer_version=1, number=101))
    ends = (delivery(end), delivery(end, 101))

    decision = decide(facts(reminders=messages, deliveries=ends, **changes), at("2026-03-09", 10), customer)

    assert rules(decision) == [rule]
    assert (decision.next_look_at is None) == (rule == "not_delivered")


@pytest.mark.parametrize(
    ("reason", "rule"),
    [
        pytest.param("no_contact", "not_delivered", id="the customer cannot be reached at all"),
        pytest.param("refused", "due", id="that message alone"),
    ],
)
def test_where_nobody_can_be_reached_no_other_item_is_tried(reason, rule):
    given = facts(
        item(1), reminders=(reminder(item(2, currency="USD")),), deliveries=(delivery("failed", reason=reason),)
    )

    assert rules(decide(given, MONDAY)) == [rule]


def test_looks_daily_at_a_message_without_an_end():
    given = facts(reminders=(reminder(requested_at=MONDAY),))

    assert decide(given, at("2026-03-09", 12)).next_look_at == at("2026-03-10", 8)
    assert decide(given, at("2026-03-20", 12)).next_look_at == at("2026-03-21", 8)


@pytest.mark.parametrize(
    ("had", "seen", "rule"),
    [
        pytest.param(3, 4, "waits_for_facts", id="the owner is ahead"),
        pytest.param(4, 4, "due", id="its fact has been read"),
        pytest.param(5, 4, "due", id="and another one"),
    ],
)
def test_after_a_stale_refusal_waits_until_it_has_read_as_far_as_the_owner(had, seen, rule):
    given = facts(
        reminders=(reminder(),),
        deliveries=(delivery("suppressed", reason="stale", seen={"invoice-service": seen}),),
        had={"invoice-service": had, "feedback-service": 0, "notifier": 1},
    )

    assert rules(decide(given, MONDAY)) == [rule]


@pytest.mark.parametrize("owner", ["feedback-service", "notifier"])
def test_waits_for_each_owner_that_refused(owner):
    given = facts(
        reminders=(reminder(),),
        deliveries=(delivery("suppressed", reason="stale", seen={owner: 9, "dunning-engine": 70}),),
    )

    decision = decide(given, MONDAY)

    assert rules(decision) == ["waits_for_facts"]
    assert decision.next_look_at == at("2026-03-10", 8)


def test_a_refusal_without_anything_new_holds_the_customer_until_something_new_is_read():
    refused = delivery("suppressed", reason="stale", seen={"invoice-service": 3})
    given = facts(item(1), item(2), reminders=(reminder(item(1)),), deliveries=(refused,))
    newer = replace(given, had={"invoice-service": 4, "feedback-service": 0, "notifier": 1})

    decision = decide(given, MONDAY)

    assert rules(decision) == ["refused_unexplained", "refused_unexplained"]
    assert [(task.code, task.about, task.since) for task in decision.tasks] == [
        ("refused_unexplained", str(uid(100)), refused.at)
    ]
    assert rules(decide(newer, MONDAY)) == ["due", "due"]


def test_a_refusal_of_a_message_that_was_taken_back_explains_itself():
    refused = delivery("suppressed", reason="stale", seen={"invoice-service": 3})
    given = facts(reminders=(reminder(withdrawn_because="settled"),), deliveries=(refused,))

    assert codes(decide(given, MONDAY)) == ["friendly"]


def test_a_message_about_several_items_that_came_back_twice_stands_in_the_way_of_each():
    owed = (item(1), item(2))
    messages = (reminder(*owed), reminder(*owed, number=101))
    ends = (delivery("bounced", contact_id="k-1"), delivery("bounced", 101, contact_id="k-1"))

    decision = decide(facts(*owed, reminders=messages, deliveries=ends), MONDAY)

    assert rules(decision) == ["not_delivered", "not_delivered"]
    assert {reason.facts["reminder_id"] for reason in decision.reasons} == {str(uid(101))}


def test_of_two_receipts_the_earlier_makes_it_delivered():
    told = (delivery("sent", at=at("2026-03-07")), delivery("delivered", at=at("2026-03-08")))

    (one,) = history(facts(reminders=(reminder(),), deliveries=told), MONDAY, timedelta(hours=72)).reminders

    assert (one.progress, one.delivered_at) == (Progress.DELIVERED, at("2026-03-08"))


def test_what_came_back_about_another_item_does_not_stand_in_the_way_of_this_one():
    messages = (reminder(item(2)), reminder(item(2), number=101))
    ends = (delivery("bounced", contact_id="k-1"), delivery("bounced", 101, contact_id="k-1"))

    assert rules(decide(facts(item(1), reminders=messages, deliveries=ends), MONDAY)) == ["due"]
