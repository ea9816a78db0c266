"""Each kind of behaviour is counted from what lies outside, and one that is missing fails the run."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from kulant_cli.book import Correction, Return
from kulant_cli.changes import correction_made, payment_reversed
from kulant_cli.facts import payment_received
from kulant_cli.judge import Expected, judge, read_story
from kulant_cli.judge.behaviours import behaviours_of
from kulant_contracts.case import CasePromiseBrokenV1, CasePromiseKeptV1
from kulant_contracts.delivery import DeliveryBouncedV1
from kulant_contracts.money import Money
from kulant_contracts.response import ResponseContactRefusedV1, ResponseDisputedV1, ResponseQuestionAskedV1
from libs.cli.tests.judge_builders import (
    INVOICE,
    SENT_AT,
    WALL,
    delivery,
    id_made_at,
    payment,
    quiet_scene,
    requested,
    suppressed,
)

NOTHING = set(behaviours_of(read_story(quiet_scene().evidence())))


def seen(scene):
    return {name: count for name, count in behaviours_of(read_story(scene.evidence())).items() if count}


def on(day):
    return payment(at=SENT_AT.replace(day=day))


def returned(method):
    paid = replace(on(16), method=method)
    return [payment_received(paid).data, payment_reversed(Return(paid, SENT_AT, "AM04"))]


def correction(way):
    return [correction_made(Correction(INVOICE, 1_000, SENT_AT, way))]


def said(kind, **more):
    return kind.model_validate({"response_id": "x", "customer_id": "C1", "channel": "page", "said_at": SENT_AT, **more})


def promise(kind):
    return kind(
        case_id="k1", customer_id="C1", creditor_id="main", at=SENT_AT, promise_id="p",
        money=Money.from_minor(100, "EUR"), on=date(2026, 4, 1),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        pytest.param([payment_received(on(16)).data], {"paid on time": 1}, id="on time"),
        pytest.param([payment_received(on(17)).data], {"paid late": 1}, id="late"),
        pytest.param(
            [payment_received(replace(on(day), amount_minor=part)).data for day, part in ((15, 23_450), (18, 100_000))],
            {"paid late": 1, "paid in parts": 1},
            id="in parts",
        ),
        pytest.param(
            [payment_received(replace(on(16), is_allocated=False)).data],
            {"payment without a purpose": 1},
            id="no purpose",
        ),
        pytest.param(returned("direct_debit"), {"direct debit returned": 1}, id="debit"),
        pytest.param(returned("transfer"), {"payment taken back": 1}, id="taken back"),
        *(pytest.param(correction(way), {"invoice corrected": 1}, id=way)
          for way in ("adjustment", "credit_note", "new_version")),
    ],
)  # fmt: skip
def test_what_the_erp_says_is_counted(facts, expected):
    scene = quiet_scene()
    for fact in facts:
        scene.tell(fact, SENT_AT)
    assert seen(scene) == expected


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (promise(CasePromiseKeptV1), "promised and kept it"),
        (promise(CasePromiseBrokenV1), "promised and did not keep it"),
        (said(ResponseDisputedV1, reason="defective"), "disputed"),
        (said(ResponseQuestionAskedV1), "asked something"),
        (said(ResponseContactRefusedV1, refused_channel="email"), "refused a channel"),
        (delivery(DeliveryBouncedV1, INVOICE, reason="bounced"), "mail came back"),
    ],
)
def test_what_kulant_records_is_counted(event, expected):
    scene = quiet_scene()
    scene.say(event)
    assert seen(scene) == {expected: 1}


def test_an_erp_without_an_acknowledgement_has_said_nothing():
    scene = quiet_scene()
    scene.publish(payment_received(replace(on(16), is_allocated=False)), acked_at=None)
    assert seen(scene) == {}


def test_a_run_that_lacks_a_behaviour_fails_and_names_each():
    evidence = quiet_scene().evidence()
    missing = {
        violation.message.partition(":")[0]
        for violation in judge(replace(evidence, expected=Expected(each_behaviour=1))).violations
        if violation.check == "every_behaviour_happened"
    }
    assert missing == NOTHING
    assert judge(evidence).violations == ()


def test_a_payment_between_command_and_end_is_counted():
    scene = quiet_scene()
    scene.say(requested(INVOICE), event_id=id_made_at(WALL, 1))
    scene.publish(payment_received(on(20)), acked_at=WALL + timedelta(seconds=1))
    scene.say(suppressed(INVOICE, "stale"), event_id=id_made_at(WALL + timedelta(seconds=2), 2))
    assert seen(scene)["paid while the mail was leaving"] == 1
