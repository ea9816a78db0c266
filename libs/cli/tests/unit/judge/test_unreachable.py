"""Whom nobody can write to any more, because mails came back or were refused, is no lost step and no failure."""

from datetime import timedelta

import pytest

from kulant_cli.facts import customer_changed
from kulant_cli.fiction import CREDITOR
from kulant_contracts.delivery import DeliveryBouncedV1, DeliveryFailedV1
from kulant_contracts.response import ResponseContactRefusedV1, ResponseWrongPersonV1
from libs.cli.tests.judge_builders import (
    CUSTOMER,
    INVOICE,
    SENT_AT,
    climb,
    delivery,
    quiet_scene,
    requested,
    sent_scene,
)

SAID = {"response_id": "a4", "customer_id": "C1", "reminder_id": "r1", "channel": "page", "said_at": SENT_AT}
REFUSED = ResponseContactRefusedV1.model_validate({**SAID, "refused_channel": "email"})
OTHER_CHANNEL = ResponseContactRefusedV1.model_validate({**SAID, "refused_channel": "sms"})
WRONG_PERSON = ResponseWrongPersonV1.model_validate({**SAID, "reached_channel": "email", "contact_id": "mail"})
OTHER_CONTACT = ResponseWrongPersonV1.model_validate({**SAID, "reached_channel": "email", "contact_id": "other"})


def silent_after(said=None):
    """A friendly reminder left, and nothing more was done for a month."""
    scene = quiet_scene(days=30)
    climb(scene, 1)
    if said is not None:
        scene.say(said)
    return scene


@pytest.mark.parametrize("said", [REFUSED, WRONG_PERSON])
def test_who_refused_the_only_way_is_owed_no_next_step(said):
    assert silent_after(said).violations() == ()


@pytest.mark.parametrize("said", [None, OTHER_CHANNEL, OTHER_CONTACT])
def test_who_can_still_be_written_to_is_owed_it(said):
    assert silent_after(said).checks() == {"lost_step"}


def failed(scene):
    scene.say(requested(INVOICE, reminder_id="r2"))
    end = delivery(DeliveryFailedV1, INVOICE, reminder_id="r2", reason="no_contact")
    scene.say(end.model_copy(update={"at": SENT_AT + timedelta(days=1)}))
    return scene


def bounced():
    scene = sent_scene()
    scene.say(delivery(DeliveryBouncedV1, INVOICE, reason="bounced_5.1.1"))
    return scene


def test_a_failure_for_want_of_a_contact_is_in_order_after_the_only_mail_came_back():
    assert failed(bounced()).violations() == ()


def test_it_is_not_where_no_mail_came_back():
    assert "delivery_failed" in failed(sent_scene()).checks()


def test_it_is_not_once_the_erp_knows_a_better_address():
    scene = bounced()
    told = customer_changed(CUSTOMER, CREDITOR, version=2)
    contact = told.contacts[0].model_copy(update={"address": "new@c1.demo-test.example.org"})
    scene.tell(told.model_copy(update={"contacts": (contact,)}), SENT_AT + timedelta(hours=1))
    assert "delivery_failed" in failed(scene).checks()


def test_a_mail_that_came_back_greeted_who_was_known_then():
    """The address that the ERP has since is another one; the old mail is judged by the contact that it went to."""
    scene = bounced()
    told = customer_changed(CUSTOMER, CREDITOR, version=2)
    contact = told.contacts[0].model_copy(update={"address": "new@c1.demo-test.example.org"})
    scene.tell(told.model_copy(update={"contacts": (contact,)}), SENT_AT + timedelta(hours=1))
    assert "mail_complete" not in scene.checks()
