"""What the mailbox saw begin to leave is held against what was acknowledged by then; a race must have been won."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from kulant_cli.facts import payment_received
from kulant_cli.judge import Expected, PutOffMail, judge
from kulant_contracts.erp_changes import ErpHoldChangedV1
from libs.cli.tests.judge_builders import (
    ASKED_AT,
    CLEARED_AT,
    INVOICE,
    answer,
    balance,
    claim,
    id_made_at,
    payment,
    promise,
    quiet_scene,
    requested,
    sent_scene,
    suppressed,
)

ACKED_AT = CLEARED_AT + timedelta(milliseconds=10)
HOLD = ErpHoldChangedV1(version=1, customer_id="C1", hold_id="h1", state="set", scope="customer", reason="legal")


def began(scene, after):
    """The scene's one mail began to leave so long after something new was acknowledged."""
    scene.mails[0] = replace(scene.mails[0], data_began_at=ACKED_AT + after)
    return scene


def paid(scene, acked_at=ACKED_AT):
    scene.publish(payment_received(payment()), acked_at=acked_at, sent_at=acked_at - timedelta(milliseconds=5))
    scene.say(balance(INVOICE, 0))


def held(scene):
    scene.tell(HOLD, acked_at=ACKED_AT, sent_at=ACKED_AT - timedelta(milliseconds=5))


def answered(said):
    def say(scene):
        scene.answers.append(answer(said.TYPE.split(".")[-2], acked_at=ACKED_AT))
        scene.say(said)

    return say


NEWS = pytest.mark.parametrize(
    "news",
    [
        pytest.param(paid, id="payment"),
        pytest.param(held, id="hold"),
        pytest.param(answered(promise(INVOICE.due_on + timedelta(days=30))), id="promise"),
        pytest.param(answered(claim()), id="claim"),
    ],
)


@NEWS
def test_a_mail_that_begins_to_leave_three_seconds_after_the_news_is_found(news):
    scene = sent_scene()
    news(scene)
    assert began(scene, timedelta(seconds=3)).checks() == {"mail_against_the_facts"}


@NEWS
def test_a_clearance_counts_for_two_seconds(news):
    scene = sent_scene()
    news(scene)
    assert began(scene, timedelta(seconds=1.9)).violations() == ()


def put_off(*, ends_as="stale"):
    """A reminder was put off by the mailbox, a payment came, and the reminder ended."""
    scene = quiet_scene()
    scene.say(requested(INVOICE))
    paid(scene, acked_at=ASKED_AT)
    if ends_as:
        scene.say(suppressed(INVOICE, ends_as))
    answered_at = ASKED_AT - timedelta(milliseconds=100)
    return scene, PutOffMail("billing@c1.example.org", "r1", answered_at - timedelta(milliseconds=50), answered_at)


def _checks(scene, *mails):
    evidence = replace(scene.evidence(), put_off=mails, expected=Expected(races=True))
    return {violation.check for violation in judge(evidence).violations}


BEATEN = "no_payment_beat_a_mail"


@pytest.mark.parametrize("reason", ["stale", "withdrawn"])
def test_a_payment_that_beat_its_mail_is_seen(reason):
    scene, mail = put_off(ends_as=reason)
    scene.records[-1] = replace(scene.records[-1], value=_later(scene.records[-1].value))
    assert _checks(scene, mail) == set()


def _later(value):
    """The same event with an id that was made after the payment was acknowledged."""
    event = json.loads(value)
    event["id"] = id_made_at(ASKED_AT + timedelta(seconds=1), 99)
    return json.dumps(event).encode()


def test_a_run_in_which_no_mail_was_put_off_has_not_shown_the_gate():
    scene = sent_scene()
    assert _checks(scene) == {BEATEN}


def test_a_reminder_that_ended_before_the_payment_came_was_not_beaten_by_it():
    scene, mail = put_off()  # the builders' ids are older than the payment
    assert _checks(scene, mail) == {BEATEN}


def test_a_mail_that_left_all_the_same_was_not_beaten():
    scene = sent_scene()
    paid(scene)
    answered_at = ACKED_AT - timedelta(milliseconds=20)
    mail = PutOffMail("billing@c1.example.org", "r1", answered_at, answered_at)
    assert BEATEN in _checks(scene, mail)


def test_a_mail_that_was_put_off_is_held_against_the_facts_too():
    scene, mail = put_off()
    late = replace(mail, began_at=ASKED_AT + timedelta(seconds=3), answered_at=ASKED_AT + timedelta(seconds=3))
    assert "mail_against_the_facts" in _checks(scene, late)
