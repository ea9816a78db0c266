"""The judge finds nothing where nothing is wrong."""

from datetime import date, timedelta

import pytest

from kulant_cli.facts import payment_received
from kulant_cli.judge import judge
from kulant_contracts.delivery import DeliveryFailedV1, DeliverySentV1, DeliveryUnknownV1
from libs.cli.tests.judge_builders import (
    ASKED_AT,
    CLEARED_AT,
    INVOICE,
    SENT_AT,
    answer,
    balance,
    delivery,
    hold,
    other_invoice,
    payment,
    promise,
    quiet_scene,
    requested,
    send,
    sent_scene,
    suppressed,
    unreachable_scene,
)

REFUSED = {"given": False, "at": "2026-01-01T00:00:00Z", "source": "a call"}


def test_a_sent_reminder_is_in_order():
    assert sent_scene().violations() == ()


def test_two_invoices_in_one_message_are_in_order():
    assert sent_scene(INVOICE, other_invoice()).violations() == ()


def test_what_happened_is_counted():
    scene = sent_scene()
    scene.answers.append(answer("promise_made", on=date(2026, 3, 27)))
    scene.say(promise(date(2026, 3, 27)))
    counts = judge(scene.evidence()).counts
    assert counts.facts == 4
    assert counts.reminders == {"friendly": 1}
    assert counts.deliveries == {"email": {"sent": 1}}
    assert counts.responses == {"promise_made": 1}


def test_a_payment_that_crosses_the_question_may_count_or_not():
    for open_minor in (0, INVOICE.amount_minor):
        scene = sent_scene()
        scene.publish(payment_received(payment()), sent_at=ASKED_AT - timedelta(seconds=1), acked_at=ASKED_AT)
        scene.say(balance(INVOICE, 0))
        assert scene.violations() == (), open_minor


def test_a_payment_after_the_message_left_changes_nothing():
    scene = sent_scene()
    scene.publish(payment_received(payment()), acked_at=CLEARED_AT + timedelta(seconds=3))
    scene.say(balance(INVOICE, 0))
    assert scene.violations() == ()


def test_a_relay_may_publish_the_same_event_again():
    scene = sent_scene()
    scene.records.append(scene.records[-1])
    assert scene.violations() == ()


def test_an_invoice_paid_before_its_time_needs_no_message():
    scene = quiet_scene(days=12)
    scene.publish(payment_received(payment(at=SENT_AT - timedelta(days=2))))
    scene.say(balance(INVOICE, 0))
    assert scene.violations() == ()


def test_an_invoice_under_a_promise_needs_no_message_of_its_own():
    later = other_invoice(due_on=date(2026, 3, 17))
    scene = quiet_scene(INVOICE, later, days=9)
    send(scene, INVOICE)
    scene.answers.append(answer("promise_made", on=date(2026, 3, 27)))
    scene.say(promise(date(2026, 3, 27)).model_copy(update={"item_id": later.item_id}))
    assert scene.violations() == ()


def test_a_stale_end_before_a_payment_is_a_reason():
    scene = quiet_scene(days=12)
    scene.say(requested(INVOICE))
    scene.say(suppressed(INVOICE, "stale"))
    scene.publish(payment_received(payment()))
    scene.say(balance(INVOICE, 0))
    assert scene.violations() == ()


def test_an_unknown_delivery_may_have_its_mail_and_may_be_corrected_later():
    scene = sent_scene()
    scene.something_was_killed = True
    scene.say(delivery(DeliveryUnknownV1, INVOICE, reason="connection_lost"))
    assert DeliverySentV1.TYPE.encode() in b"".join(record.value for record in scene.records)
    assert scene.violations() == ()


def test_a_mail_that_came_though_its_sender_does_not_know_may_be_answered():
    scene = sent_scene()
    scene.something_was_killed = True
    scene.without("kulant.delivery.sent.v1")
    scene.without("kulant.case.stage_reached.v1")
    scene.say(delivery(DeliveryUnknownV1, INVOICE, reason="connection_lost"), sequence=1)
    scene.answers.append(answer("promise_made", on=date(2026, 3, 27)))
    scene.say(promise(date(2026, 3, 27)))
    assert "answer_lost" not in scene.checks()


@pytest.mark.parametrize("contact", [{"unusable": True}, {"consent": REFUSED}, None], ids=["dead", "refused", "none"])
def test_a_customer_that_cannot_be_reached_needs_no_message(contact):
    scene = unreachable_scene(contact)
    scene.say(requested(INVOICE))
    scene.say(delivery(DeliveryFailedV1, INVOICE, reason="no_contact"))
    assert scene.violations() == ()


@pytest.mark.parametrize(
    "scope",
    [{}, {"scope": "invoice", "scope_id": INVOICE.invoice_id}, {"scope": "item", "scope_id": INVOICE.item_id}],
    ids=["customer", "invoice", "item"],
)
def test_a_held_item_needs_no_message(scope):
    scene = quiet_scene(days=12)
    scene.say(hold(**scope), at=SENT_AT)
    scene.say(requested(INVOICE))
    scene.say(suppressed(INVOICE, "held"))
    assert scene.violations() == ()


def test_a_hold_that_was_lifted_today_leaves_time_to_act():
    scene = quiet_scene(days=9)
    scene.say(hold(), at=SENT_AT)
    scene.say(hold("lifted", version=2), at=scene.clock[-1])
    assert scene.violations() == ()


def test_mails_of_other_runs_in_the_same_mailbox_are_no_concern():
    from libs.cli.tests.judge_builders import mail

    scene = sent_scene()
    scene.mails.append(mail(INVOICE, reminder_id="r9", to="billing@c1.another-run.example.org"))
    assert scene.violations() == ()
