"""The judge knows the whole ladder: a sound one is in order, and each way to break it is found."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from kulant_cli.book import Invoice
from kulant_cli.facts import invoice_issued, payment_received
from kulant_contracts.delivery import DeliveryBouncedV1
from kulant_contracts.erp import ErpInvoiceIssuedV1
from kulant_contracts.erp_changes import ErpPaymentReversedV1
from kulant_contracts.reminder import ReminderStage, SaidBefore
from libs.cli.tests.judge_builders import (
    CLIMBED,
    INVOICE,
    SENT_AT,
    STARTS_AT,
    balance,
    climb,
    known_daily,
    other_invoice,
    payment,
    quiet_scene,
    rung,
    send,
    sent_scene,
)


def bounce(scene, reminder_id):
    told = {
        "delivery_id": f"d-{reminder_id}", "reminder_id": reminder_id, "case_id": "k1", "customer_id": "C1",
        "channel": "email", "contact_id": "mail", "gateway": "smtp", "at": SENT_AT, "reason": "mailbox_full",
    }  # fmt: skip
    scene.say(DeliveryBouncedV1.model_validate(told))


def at_stage(scene, number, at, deadline_on, *, invoice: Invoice = INVOICE, reminder_id="rx", **changes):
    asked = {**rung(number, invoice, at=at, deadline_on=deadline_on), **changes}
    send(scene, invoice, at=at, reminder_id=reminder_id, request=asked)


@pytest.mark.parametrize("upto", [1, 2, 3, 4])
def test_a_ladder_in_its_time_is_in_order(upto):
    scene = quiet_scene()
    climb(scene, upto)
    assert scene.violations() == ()


def test_a_stage_that_is_skipped_is_found():
    scene = quiet_scene()
    climb(scene, 1)
    at_stage(scene, 3, *CLIMBED[2][1:])
    assert scene.checks() == {"stage_skipped"}


def test_a_ladder_that_begins_above_its_first_stage_is_found():
    scene = quiet_scene()
    known_daily(scene)
    at_stage(scene, 2, *CLIMBED[1][1:])
    assert scene.checks() == {"stage_skipped"}


def test_a_ladder_that_goes_down_is_found():
    scene = quiet_scene()
    climb(scene, 3)
    at_stage(scene, 2, *CLIMBED[3][1:])
    assert "stage_order" in scene.checks()


def test_an_item_of_an_old_system_goes_on_where_that_stood():
    scene = opened_scene(stage=1, deadline_on="2026-03-25")
    known_daily(scene)
    at_stage(scene, 2, *CLIMBED[1][1:])
    assert scene.violations() == ()


@pytest.mark.parametrize(
    ("stage", "deadline_on", "found"), [(2, "2026-03-25", {"stage_order"}), (1, "2026-03-31", {"stage_too_soon"})]
)
def test_an_item_of_an_old_system_that_does_not_go_on_there_is_found(stage, deadline_on, found):
    scene = opened_scene(stage=stage, deadline_on=deadline_on)
    known_daily(scene)
    at_stage(scene, stage if stage == 2 else 2, *CLIMBED[1][1:])
    if stage == 2:
        at_stage(scene, 1, *CLIMBED[2][1:], reminder_id="ry")
    assert found <= scene.checks()


def opened_scene(**dunning):
    """The invoice comes from an old system that had dunned it."""
    scene = quiet_scene(days=1)
    told = invoice_issued(INVOICE).model_dump(mode="json", exclude_none=True)
    told["items"][0]["dunning"] = dunning
    scene.tell(ErpInvoiceIssuedV1.model_validate({**told, "version": 2, "opening": True}), STARTS_AT)
    return scene


def test_a_stage_before_three_working_days_after_the_last_deadline_is_found():
    scene = quiet_scene()
    climb(scene, 1)
    at_stage(scene, 2, datetime(2026, 4, 1, 9, tzinfo=UTC), date(2026, 4, 8))
    assert scene.checks() == {"stage_too_soon"}


def test_a_stage_while_the_last_mail_may_still_come_back_is_found():
    scene = quiet_scene()
    climb(scene, 2)
    scene.without("kulant.case.stage_reached.v1")
    soon = CLIMBED[1][1] + timedelta(hours=71)
    scene.facts.clear()
    at_stage(scene, 3, soon, date(2026, 4, 14))
    assert "stage_too_soon" in scene.checks()


@pytest.mark.parametrize("number", [2, 3, 4])
def test_a_stage_before_its_days_is_found(number):
    later = replace(INVOICE, due_on=INVOICE.due_on + timedelta(days=7))
    scene = quiet_scene(later)
    climb(scene, number, later)
    assert "too_early" in scene.checks()


def test_a_due_date_that_moves_counts_from_when_it_was_told():
    scene = sent_scene()
    moved = invoice_issued(replace(INVOICE, due_on=date(2026, 4, 30))).model_copy(update={"version": 2})
    scene.tell(moved, SENT_AT + timedelta(days=1))
    assert scene.violations() == ()


@pytest.mark.parametrize(
    "stage",
    [
        pytest.param({"code": "friendly", "tone": "final", "legal_effect": "notice", "number": 1}, id="tone"),
        pytest.param({"code": "last", "tone": "friendly", "legal_effect": "notice", "number": 1}, id="code"),
        pytest.param({"code": "friendly", "tone": "friendly", "legal_effect": "final", "number": 1}, id="effect"),
        pytest.param({"code": "reminder", "tone": "factual", "legal_effect": "demand", "number": 2}, id="leading"),
        pytest.param({"code": "fifth", "tone": "final", "legal_effect": "final", "number": 5}, id="unknown"),
    ],
)
def test_a_message_that_speaks_otherwise_than_its_stage_is_found(stage):
    scene = quiet_scene()
    known_daily(scene)
    send(scene, INVOICE, request={"stage": ReminderStage.model_validate(stage)})
    assert scene.checks() == {"stage_as_policy"}


def test_a_newcomer_keeps_its_own_stage_in_the_message_of_an_older_item():
    young = other_invoice(due_on=date(2026, 3, 27))
    scene = quiet_scene(INVOICE, young)
    climb(scene, 1)
    known_daily(scene)
    asked = rung(2, INVOICE, at=CLIMBED[1][1], deadline_on=CLIMBED[1][2])
    items = (*asked["items"], *rung(1, young, at=CLIMBED[1][1], deadline_on=CLIMBED[1][2])["items"])
    both = INVOICE.amount_minor + young.amount_minor
    total = payment(amount_minor=both)
    money = payment_received(total).data.money
    asked |= {"items": items, "items_total": money, "total": money}
    send(scene, INVOICE, young, at=CLIMBED[1][1], reminder_id="r2", request=asked)
    assert scene.violations() == ()


def test_a_stage_whose_mail_came_back_may_be_said_again():
    scene = quiet_scene()
    climb(scene, 1)
    bounce(scene, "r1")
    send(scene, INVOICE, at=SENT_AT + timedelta(days=3), reminder_id="r1b", request={"deadline_on": date(2026, 3, 31)})
    assert "one_mail_per_item_and_stage" not in scene.checks()
    assert "contact_budget" not in scene.checks()


def test_a_stage_after_one_that_came_back_is_found():
    scene = quiet_scene()
    climb(scene, 2)
    bounce(scene, "r1")
    assert "stage_skipped" in scene.checks()


def test_a_payment_that_came_back_begins_the_ladder_anew():
    scene = quiet_scene()
    climb(scene, 2)
    came_back(scene)
    at = datetime(2026, 4, 20, 9, tzinfo=UTC)
    at_stage(scene, 1, at, date(2026, 4, 27))
    assert scene.violations() == ()


def came_back(scene, paid_on=date(2026, 4, 5), on=date(2026, 4, 10)):
    paid_at, back_at = (datetime.combine(day, time(4), tzinfo=UTC) for day in (paid_on, on))
    scene.publish(payment_received(payment(at=paid_at)))
    undone = ErpPaymentReversedV1(customer_id="C1", payment_id=payment(at=paid_at).payment_id, reversed_on=on)
    scene.tell(undone, back_at)
    scene.say(balance(INVOICE, INVOICE.amount_minor))


@pytest.mark.parametrize(("days", "is_lost"), [(8, False), (13, True)])
def test_after_a_payment_came_back_a_step_is_awaited_from_that_day_on(days, is_lost):
    scene = quiet_scene(days=days)
    came_back(scene, date(2026, 3, 18), date(2026, 3, 21))
    assert ("lost_step" in scene.checks()) == is_lost


def test_a_demand_without_a_word_about_payments_is_found():
    scene = quiet_scene()
    climb(scene, 2)
    scene.facts = [fact for fact in scene.facts if b"payments.checked" not in fact.value]
    assert scene.checks() == {"payments_unknown"}


def test_a_demand_on_old_news_about_payments_is_found():
    scene = quiet_scene()
    climb(scene, 2)
    scene.facts = [fact for fact in scene.facts if b"payments.checked" not in fact.value]
    known_daily(scene, 12)  # the last word is five working days old
    assert scene.checks() == {"payments_unknown"}


def test_two_messages_on_one_day_are_found():
    other = other_invoice()
    scene = quiet_scene(INVOICE, other)
    send(scene, INVOICE)
    send(scene, other, reminder_id="r2")
    assert scene.checks() == {"contact_budget"}


def test_four_messages_in_seven_days_are_found():
    invoices = [other_invoice(number) for number in range(2, 6)]
    scene = quiet_scene(*invoices)
    for number, invoice in enumerate(invoices):
        at = datetime(2026, 3, 24, 9, tzinfo=UTC) + timedelta(days=number)
        send(scene, invoice, at=at, reminder_id=f"r{number}", request={"deadline_on": date(2026, 4, 7)})
    assert scene.checks() == {"contact_budget"}


def confirming(code, response_id="a1"):
    return {
        "kind": "service",
        "stage": ReminderStage(number=0, code=code, tone="service", legal_effect="notice"),
        "about": SaidBefore(response_id=response_id, said_on=date(2026, 3, 21)),
    }


def test_a_confirmation_is_no_reminder_and_costs_no_budget():
    scene = sent_scene()
    send(scene, INVOICE, reminder_id="r2", request=confirming("claim_noted"))
    assert scene.violations() == ()


def test_an_answer_that_is_confirmed_twice_is_found():
    scene = sent_scene()
    for number in (2, 3):
        send(scene, INVOICE, reminder_id=f"r{number}", request=confirming("claim_noted"))
    assert scene.checks() == {"confirmed_once"}


def test_a_next_stage_that_does_not_come_is_found():
    scene = quiet_scene(days=30)
    climb(scene, 1)
    assert scene.checks() == {"lost_step"}


def test_a_next_stage_is_not_awaited_where_payments_are_not_known():
    scene = quiet_scene(days=30)
    send(scene, INVOICE)
    assert scene.violations() == ()


def test_after_the_last_stage_nothing_is_awaited():
    scene = quiet_scene(days=100)
    climb(scene, 4)
    assert scene.violations() == ()
