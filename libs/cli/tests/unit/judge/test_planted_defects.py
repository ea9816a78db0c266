"""Each check finds the defect that it is for."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from kulant_cli.facts import payment_received
from kulant_cli.judge import PublishedFact, TopicRecord, Unsaid, judge_broken_off
from kulant_contracts.delivery import DeliveryFailedV1, DeliverySentV1, DeliveryUnknownV1
from kulant_contracts.money import Money
from libs.cli.tests.judge_builders import (
    ASKED_AT,
    CLEARED_AT,
    CUSTOMER,
    INVOICE,
    SENT_AT,
    STARTS_AT,
    WALL,
    answer,
    balance,
    claim,
    delivery,
    hold,
    id_made_at,
    mail,
    other_invoice,
    payment,
    promise,
    quiet_scene,
    requested,
    send,
    sent_scene,
    stage_reached,
    suppressed,
    unreachable_scene,
)


def test_a_copied_mail_is_a_second_mail():
    scene = sent_scene()
    scene.mails.append(replace(scene.mails[0], name="planted.eml"))
    assert scene.checks() == {"one_mail_per_delivery"}


def test_a_mail_that_nothing_speaks_of_is_found():
    scene = sent_scene()
    scene.mails.append(mail(INVOICE, reminder_id="r7"))
    assert scene.checks() == {"mail_without_delivery"}


def test_a_delivery_without_a_mail_is_found():
    scene = sent_scene()
    scene.mails.clear()
    assert scene.checks() == {"one_mail_per_delivery"}


def test_two_mails_of_an_unknown_delivery_are_found():
    scene = quiet_scene()
    scene.something_was_killed = True
    scene.say(requested(INVOICE))
    scene.say(delivery(DeliveryUnknownV1, INVOICE, reason="connection_lost"))
    scene.mails += [mail(INVOICE), mail(INVOICE, name="again.eml")]
    assert scene.checks() == {"one_mail_per_delivery"}


def test_a_message_that_nobody_requested_is_found():
    scene = sent_scene()
    scene.without("kulant.reminder.requested.v1")
    assert {"delivery_without_request", "end_without_request"} <= scene.checks()


def test_a_reminder_sent_twice_is_found():
    scene = sent_scene()
    scene.say(delivery(DeliverySentV1, INVOICE).model_copy(update={"delivery_id": "d-again"}))
    scene.mails.append(mail(INVOICE, reminder_id="again"))
    assert {"one_mail_per_reminder", "reminder_ended_twice"} <= scene.checks()


def test_a_reminder_in_two_mails_is_found_whatever_is_said_of_them():
    scene = quiet_scene()
    scene.something_was_killed = True
    scene.say(requested(INVOICE))
    scene.say(delivery(DeliveryUnknownV1, INVOICE, reason="connection_lost"))
    again = delivery(DeliverySentV1, INVOICE).model_copy(update={"delivery_id": "d-again"})
    scene.say(again)
    scene.say(stage_reached(INVOICE))
    named = {"X-Kulant-Reminder": "r1"}
    scene.mails += [mail(INVOICE, headers=named), mail(INVOICE, reminder_id="again", headers=named)]
    assert scene.checks() == {"one_mail_per_reminder"}


def test_an_item_reminded_of_twice_at_one_stage_is_found():
    scene = sent_scene()
    send(scene, INVOICE, reminder_id="r2", at=SENT_AT + timedelta(days=2))
    assert "one_mail_per_item_and_stage" in scene.checks()


def test_a_reminder_without_an_end_is_found():
    scene = quiet_scene()
    scene.say(requested(INVOICE))
    assert scene.checks() == {"reminder_without_end"}


def test_a_reminder_with_two_ends_is_found():
    scene = sent_scene()
    scene.say(suppressed(INVOICE, "stale"))
    assert scene.checks() == {"reminder_ended_twice"}


def test_a_sent_reminder_that_reached_no_stage_is_found():
    scene = sent_scene()
    scene.without("kulant.case.stage_reached.v1")
    assert scene.checks() == {"stage_reached_once"}


def test_a_stage_reached_twice_is_found():
    scene = sent_scene()
    scene.say(stage_reached(INVOICE))
    assert scene.checks() == {"stage_reached_once"}


def test_a_mail_to_somebody_elses_address_is_found():
    scene = sent_scene()
    scene.mails[0] = mail(INVOICE, to=f"{CUSTOMER.email}, other@example.net")
    assert "mail_to_its_customer" in scene.checks()


@pytest.mark.parametrize(
    ("changes", "violations"),
    [
        pytest.param({"to": "other@example.net"}, {"mail_to_its_customer", "one_mail_per_delivery"}, id="delivery"),
        pytest.param(
            {"to": "other@example.net", "reminder_id": "r7", "headers": {"X-Kulant-Delivery": "d-r1"}},
            {"mail_without_delivery"},
            id="header of a delivery",
        ),
        pytest.param(
            {"to": "other@example.net", "reminder_id": "r7", "headers": {"X-Kulant-Reminder": "r1"}},
            {"mail_without_delivery"},
            id="header of a reminder",
        ),
        pytest.param(
            {"to": "billing@c99.demo-test.example.org", "reminder_id": "r7"},
            {"mail_without_delivery"},
            id="domain of the tenant",
        ),
        pytest.param(
            {"to": "other@example.net", "reminder_id": "r7", "headers": {"Cc": CUSTOMER.email}},
            {"mail_without_delivery"},
            id="copy",
        ),
    ],
)
def test_a_stray_mail_to_an_unknown_address_is_found(changes, violations):
    scene = sent_scene()
    scene.mails.append(mail(INVOICE, name="stray.eml", **changes))
    assert violations <= scene.checks()


def test_a_mail_that_names_two_deliveries_is_found():
    scene = sent_scene()
    scene.mails[0] = mail(INVOICE, headers={"X-Kulant-Delivery": "d-r2"})
    assert scene.checks() == {"mail_without_delivery"}


def test_a_mail_whose_envelope_sent_it_also_elsewhere_is_found():
    scene = sent_scene()
    scene.mails[0] = replace(scene.mails[0], recipients=(CUSTOMER.email, "other@example.net"))
    assert scene.checks() == {"mail_to_its_customer"}


def test_a_mail_to_nobody_is_found():
    scene = sent_scene()
    scene.mails[0] = mail(INVOICE, to="")
    assert "mail_to_its_customer" in scene.checks()


def test_a_reminder_after_an_acknowledged_payment_is_found():
    scene = sent_scene()
    scene.publish(payment_received(payment()), acked_at=ASKED_AT - timedelta(milliseconds=1))
    scene.say(balance(INVOICE, 0))
    assert scene.checks() == {"reminded_after_payment"}


def test_an_amount_without_an_acknowledged_part_payment_is_found():
    scene = sent_scene()
    scene.publish(payment_received(payment(amount_minor=450)), acked_at=ASKED_AT - timedelta(milliseconds=1))
    scene.say(balance(INVOICE, INVOICE.amount_minor - 450))
    assert scene.checks() == {"amount_as_acknowledged"}


def test_a_message_that_did_not_ask_the_gate_is_found():
    assert sent_scene(asked_at=None).checks() == {"sent_through_the_gate"}


@pytest.mark.parametrize(
    "moments",
    [
        pytest.param({"asked_at": WALL - timedelta(milliseconds=1)}, id="asked before it was requested"),
        pytest.param({"cleared_at": ASKED_AT - timedelta(milliseconds=1)}, id="cleared before it was asked"),
    ],
)
def test_moments_of_the_gate_that_cannot_be_are_found(moments):
    assert sent_scene(**moments).checks() == {"clearance_time"}


def test_a_clearance_after_its_delivery_was_told_is_found():
    scene = quiet_scene()
    scene.say(requested(INVOICE))
    told_at = CLEARED_AT - timedelta(milliseconds=100)
    scene.say(delivery(DeliverySentV1, INVOICE), event_id=id_made_at(told_at, 1))
    scene.say(stage_reached(INVOICE))
    scene.mails.append(mail(INVOICE))
    assert scene.checks() == {"clearance_time"}


def test_an_event_whose_id_names_no_moment_is_found():
    scene = quiet_scene()
    scene.say(requested(INVOICE), event_id="0")
    scene.say(delivery(DeliverySentV1, INVOICE))
    scene.say(stage_reached(INVOICE))
    scene.mails.append(mail(INVOICE))
    assert scene.checks() == {"clearance_time"}


@pytest.mark.parametrize("seconds", [pytest.param(-0.1, id="before"), pytest.param(11, id="long after")])
def test_a_mail_that_left_without_a_fresh_clearance_is_found(seconds):
    scene = sent_scene()
    scene.mails[0] = replace(scene.mails[0], accepted_at=CLEARED_AT + timedelta(seconds=seconds))
    assert scene.checks() == {"clearance_time"}


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        pytest.param(promise(date(2026, 3, 27)), "promise_made", id="promise"),
        pytest.param(claim(), "payment_claimed", id="claim"),
    ],
)
def test_a_reminder_after_an_answer_is_found(said, kind):
    scene = sent_scene()
    scene.answers.append(answer(kind, on=date(2026, 3, 27), acked_at=ASKED_AT + timedelta(seconds=5)))
    scene.say(said)
    again = ASKED_AT + timedelta(seconds=10)
    send(scene, INVOICE, reminder_id="r2", at=SENT_AT + timedelta(days=2), asked_at=again, cleared_at=again)
    assert "reminded_after_answer" in scene.checks()


@pytest.mark.parametrize(
    "left_out",
    ["Dear Ms Mustermann,", INVOICE.number, "€1,234.50", "30 March 2026", "16 March 2026", "DE89", "http://"],
)
def test_an_incomplete_mail_is_found(left_out):
    scene = sent_scene()
    scene.mails[0] = mail(INVOICE, leave_out=left_out)
    assert scene.checks() == {"mail_complete"}


@pytest.mark.parametrize(
    ("zone", "said", "found"),
    [
        ("Europe/Berlin", "CET", set()),
        ("Europe/Berlin", "Uhr MEZ", set()),
        ("Europe/London", "GMT", {"moment"}),
        ("Europe/London", "CET", {"moment"}),
    ],
)
def test_a_time_by_another_clock_than_the_readers_is_found(zone, said, found):
    scene = sent_scene()
    scene.mails[0] = mail(INVOICE, also=f"As of {SENT_AT.astimezone(ZoneInfo(zone)):%H:%M} {said}.")
    assert scene.checks() == found


def test_a_greeting_without_the_known_name_is_found():
    scene = sent_scene()
    scene.mails[0] = mail(INVOICE, leave_out=" Mustermann")
    assert scene.checks() == {"mail_complete"}


def test_a_sum_that_does_not_add_up_is_found():
    scene = quiet_scene()
    wrong = Money.from_minor(INVOICE.amount_minor + 1, "EUR")
    scene.say(requested(INVOICE).model_copy(update={"total": wrong}))
    scene.say(delivery(DeliverySentV1, INVOICE))
    scene.say(stage_reached(INVOICE))
    scene.mails.append(mail(INVOICE))
    assert "sums_add_up" in scene.checks()


@pytest.mark.parametrize(
    "deadline_on",
    [
        pytest.param(date(2026, 3, 27), id="six days"),
        pytest.param(date(2026, 3, 28), id="a Saturday"),
        pytest.param(date(2026, 4, 3), id="Good Friday"),
        pytest.param(date(2026, 4, 10), id="three weeks"),
    ],
)
def test_an_unfair_deadline_is_found(deadline_on):
    assert "deadline" in sent_scene(deadline_on=deadline_on).checks()


@pytest.mark.parametrize(
    "at",
    [
        pytest.param(datetime(2026, 3, 22, 9, tzinfo=UTC), id="Sunday"),
        pytest.param(datetime(2026, 3, 23, 6, 59, tzinfo=UTC), id="before eight in Hamburg"),
        pytest.param(datetime(2026, 3, 23, 19, 1, tzinfo=UTC), id="after eight in Hamburg"),
        pytest.param(datetime(2026, 4, 6, 9, tzinfo=UTC), id="Easter Monday"),
    ],
)
def test_a_message_outside_its_hours_is_found(at):
    assert "sending_window" in sent_scene(at=at).checks()


def test_a_message_before_its_time_is_found():
    assert "too_early" in sent_scene(at=SENT_AT - timedelta(days=1)).checks()


def test_a_step_that_nothing_came_of_is_found():
    assert quiet_scene(days=8).checks() == {"lost_step"}


def test_a_step_lost_after_a_stale_end_is_found():
    scene = quiet_scene(days=8)
    scene.say(requested(INVOICE))
    scene.say(suppressed(INVOICE, "stale"))
    assert scene.checks() == {"lost_step"}


@pytest.mark.parametrize("reason", ["stale", "stop", "held", "insolvency", "unknown_customer"])
def test_a_step_whose_message_was_suppressed_for_no_reason_that_the_facts_know_is_found(reason):
    scene = quiet_scene(days=8)
    scene.say(requested(INVOICE))
    scene.say(suppressed(INVOICE, reason))
    assert scene.checks() == {"lost_step"}


@pytest.mark.parametrize("reason", ["no_words", "no_contact", "smtp_550_5.1.1", "smtp_421", "refused"])
def test_a_delivery_that_failed_is_found(reason):
    scene = quiet_scene(days=8)
    scene.say(requested(INVOICE))
    scene.say(delivery(DeliveryFailedV1, INVOICE, reason=reason))
    assert scene.checks() == {"delivery_failed", "lost_step"}


@pytest.mark.parametrize("reason", ["no_words", "smtp_550"])
def test_a_delivery_that_failed_otherwise_than_for_want_of_a_contact_is_found(reason):
    scene = unreachable_scene({"unusable": True})
    scene.say(requested(INVOICE))
    scene.say(delivery(DeliveryFailedV1, INVOICE, reason=reason))
    assert "delivery_failed" in scene.checks()


def test_a_doubtful_delivery_is_found_where_nothing_was_killed():
    scene = quiet_scene(days=8)
    scene.say(requested(INVOICE))
    scene.say(delivery(DeliveryUnknownV1, INVOICE, reason="connection_lost"))
    assert scene.checks() == {"delivery_unknown"}


@pytest.mark.parametrize(
    "held",
    [
        pytest.param([hold(scope="invoice", scope_id="I9")], id="another invoice"),
        pytest.param([hold(scope="item", scope_id="I9-1")], id="another item"),
        pytest.param([hold(customer_id="C2")], id="another customer"),
        pytest.param([hold(until_on=date(2026, 3, 20))], id="over"),
        pytest.param([hold(money=Money.from_minor(100, "EUR"))], id="a part"),
        pytest.param([hold("lifted")], id="never set"),
        pytest.param([hold(), hold("lifted", version=2)], id="lifted"),
    ],
)
def test_a_step_that_a_hold_does_not_excuse_is_found(held):
    scene = quiet_scene(days=8)
    for one in held:
        scene.say(one, at=STARTS_AT)
    assert scene.checks() == {"lost_step"}


def test_a_step_lost_before_a_hold_is_found():
    scene = quiet_scene(days=12)
    scene.say(hold(), at=SENT_AT + timedelta(days=6))
    assert scene.checks() == {"lost_step"}


def test_a_step_lost_long_after_a_broken_promise_is_found():
    later = other_invoice(due_on=date(2026, 3, 17))
    scene = quiet_scene(INVOICE, later, days=25)
    send(scene, INVOICE)
    scene.answers.append(answer("promise_made", on=date(2026, 3, 27)))
    scene.say(promise(date(2026, 3, 27)).model_copy(update={"item_id": later.item_id}))
    assert scene.checks() == {"lost_step"}


def test_a_missing_sequence_is_found():
    scene = sent_scene()
    scene.say(balance(INVOICE, INVOICE.amount_minor), sequence=3)
    assert scene.checks() == {"sequence"}


def test_a_number_given_twice_is_found():
    scene = sent_scene()
    scene.say(balance(INVOICE, INVOICE.amount_minor), sequence=1)
    assert scene.checks() == {"sequence"}


def test_a_balance_that_is_not_the_ledgers_is_found():
    scene = sent_scene()
    scene.say(balance(INVOICE, 100))
    assert scene.checks() == {"balance"}


def test_an_invoice_that_was_never_registered_is_found():
    scene = sent_scene()
    scene.without("kulant.invoice.registered.v1")
    assert scene.checks() == {"balance"}


def test_an_acknowledged_answer_that_is_on_no_topic_is_found():
    scene = sent_scene()
    scene.answers.append(answer("promise_made", on=date(2026, 3, 27)))
    assert scene.checks() == {"answer_lost"}


def no_form_seen(at, kind="promise_made"):
    return Unsaid("<d-r1@creditor.example>", kind, (INVOICE.invoice_id,), at, at + timedelta(milliseconds=30))


def test_a_page_that_leaves_its_customer_no_way_to_answer_is_found():
    scene = sent_scene()
    scene.unsaid.append(no_form_seen(WALL + timedelta(minutes=2)))
    assert scene.checks() == {"no_way_to_answer"}


def test_a_page_on_which_all_is_paid_needs_no_way_to_promise():
    scene = sent_scene()
    paid_at = WALL + timedelta(minutes=2)
    scene.publish(payment_received(payment()), acked_at=paid_at, sent_at=paid_at)
    scene.unsaid.append(no_form_seen(paid_at + timedelta(seconds=1)))
    assert "no_way_to_answer" not in scene.checks()
    scene.unsaid.append(no_form_seen(paid_at + timedelta(seconds=1), "contact_refused"))
    assert "no_way_to_answer" in scene.checks(), "who owes nothing may still ask, and refuse"


def test_an_answer_that_the_page_refused_is_found():
    scene = sent_scene()
    scene.answers.append(answer("promise_made", on=date(2026, 3, 27), acked_at=None))
    assert scene.checks() == {"answer_refused"}


def test_a_record_that_the_contracts_cannot_read_is_found():
    scene = sent_scene()
    scene.records.append(TopicRecord("kulant.invoice.v1", "demo-test/C1", b"{}"))
    assert scene.checks() == {"unreadable"}


def test_a_sound_fact_that_was_parked_is_found():
    scene = sent_scene()
    scene.dead_letter(scene.facts[2].value)
    assert scene.checks() == {"sound_fact_parked"}


def test_a_run_that_broke_off_is_wrong_and_what_is_wrong_at_any_time_is_told():
    scene = sent_scene()
    scene.dead_letter(scene.facts[2].value)
    scene.without("kulant.delivery.sent.v1")
    scene.unsaid.append(no_form_seen(WALL + timedelta(minutes=2)))
    verdict = judge_broken_off(scene.evidence(), "not settled")
    found = [violation.check for violation in verdict.violations]
    assert found == ["broken_off", "no_way_to_answer", "sound_fact_parked"]
    assert [violation.promise for violation in verdict.violations] == [None, 5, 4]
    assert verdict.counts.parked == 1


UNREADABLE = b'{"specversion": "1.0", "type": "kulant.erp.payment.received.v1"'


def test_an_acknowledged_fact_that_nobody_can_read_and_nobody_kept_is_found():
    scene = quiet_scene()
    scene.facts.append(PublishedFact(UNREADABLE, WALL, WALL))
    assert scene.checks() == {"unreadable_fact_lost"}
    scene.dead_letter(UNREADABLE)
    assert scene.checks() == {"unreadable_fact_lost"}, "it says no reason"


def test_a_fact_that_nobody_can_read_and_the_broker_did_not_take_or_a_service_kept_is_nothing_wrong():
    scene = quiet_scene()
    scene.facts.append(PublishedFact(UNREADABLE, WALL, None))
    scene.facts.append(PublishedFact(UNREADABLE + b" ", WALL, WALL))
    scene.dead_letter(UNREADABLE + b" ", (("kulant-parked-reason", b"truncated"),))
    assert scene.checks() == set()
