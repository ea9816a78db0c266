"""Customers are told day by day in plain words, the most instructive ones first."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from kulant_cli.book import Book
from kulant_cli.facts import payment_received
from kulant_cli.fiction import CREDITOR
from kulant_cli.judge import PutOffMail, read_story
from kulant_cli.told import days_of, most_instructive, opening_words
from kulant_contracts.delivery import DeliveryBouncedV1
from libs.cli.tests.judge_builders import (
    CUSTOMER,
    INVOICE,
    SENT_AT,
    STARTS_AT,
    TENANT,
    WALL,
    answer,
    delivery,
    payment,
    promise,
    quiet_scene,
    requested,
    sent_scene,
    suppressed,
)

LATER = WALL + timedelta(hours=1)
PROMISED_ON = date(2026, 3, 27)


def _told(scene):
    return [(str(one.on), one.words) for one in days_of(read_story(scene.evidence()), CUSTOMER).happenings]


def test_a_promise_that_was_kept_is_told_in_four_sentences():
    scene = sent_scene()
    scene.answers.append(answer("promise_made"))
    scene.say(promise(PROMISED_ON), event_id="018f0000-0000-7000-8000-000000000000")
    scene.publish(payment_received(payment(at=SENT_AT + timedelta(days=6))), acked_at=LATER)
    words = [words for _, words in _told(scene)]
    assert "The ERP tells of invoice RE-2026-1001 over EUR 1,234.50, due on 16 March." in words
    assert "By email, a friendly reminder leaves about RE-2026-1001: EUR 1,234.50 by 30 March." in words
    assert "The customer answers on the page: “I will pay on 27 March.”" in words
    assert _told(scene)[-1] == ("2026-03-27", "A payment of EUR 1,234.50 arrives for RE-2026-1001.")


def test_what_nobody_was_written_to_about_is_no_story():
    assert _told(quiet_scene()) == []


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("stale", "A friendly reminder about RE-2026-1001 is stopped at the gate"),
        ("withdrawn", "A friendly reminder about RE-2026-1001 is taken back in time"),
        ("insolvency", "A friendly reminder about RE-2026-1001 is not sent: insolvency."),
    ],
)
def test_why_a_message_did_not_leave_is_told(reason, told):
    scene = quiet_scene()
    scene.say(requested(INVOICE))
    scene.say(suppressed(INVOICE, reason))
    assert any(words.startswith(told) for _, words in _told(scene))


def _told_of_put_off(reason):
    scene = quiet_scene()
    scene.say(requested(INVOICE))
    scene.say(suppressed(INVOICE, reason))
    evidence = replace(scene.evidence(), put_off=(PutOffMail(CUSTOMER.email, "r1", WALL, WALL),))
    return days_of(read_story(evidence), CUSTOMER).happenings[-1].words


@pytest.mark.parametrize("reason", ["stale", "withdrawn"])
def test_a_mail_that_a_payment_beat_is_told_so(reason):
    assert _told_of_put_off(reason) == (
        "While a friendly reminder about RE-2026-1001 is being handed over, the mail server puts it off;"
        " meanwhile the payment comes, and the mail never leaves."
    )


def test_a_mail_that_was_put_off_until_its_hours_were_over_was_beaten_by_no_payment():
    assert "not sent: its hours were over" in _told_of_put_off("expired")


def test_days_never_go_back():
    scene = sent_scene()
    scene.publish(payment_received(payment(at=SENT_AT + timedelta(days=6))), acked_at=WALL - timedelta(hours=1))
    days = [day for day, _ in _told(scene)]
    assert days == sorted(days)


def test_three_customers_are_told_and_each_adds_what_the_others_lack():
    scene = sent_scene()
    scene.say(delivery(DeliveryBouncedV1, INVOICE, reason="bounced"))
    others = tuple(replace(CUSTOMER, customer_id=f"C{number}", name=f"Beispiel {number}") for number in (2, 3))
    book = Book(TENANT, "Test", STARTS_AT, date(2026, 4, 12), CREDITOR, (*others, CUSTOMER), (INVOICE,), ())
    (only,) = most_instructive(read_story(scene.evidence()), book)
    assert only.customer == CUSTOMER
    assert {one.kind for one in only.happenings} == {"invoice", "sent friendly", "bounced"}
    assert opening_words(only) == "Beispielbau Nordlicht GmbH, a company in Hamburg (C1)"
