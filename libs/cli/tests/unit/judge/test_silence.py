"""Who answered, is on hold, is debited or wants no more mail, and is written to all the same, is found."""

from datetime import date, timedelta

import pytest

from kulant_cli.facts import customer_changed, invoice_issued
from kulant_cli.fiction import CREDITOR
from kulant_contracts.case import CaseDisputeDecidedV1
from kulant_contracts.erp import ErpInvoiceIssuedV1
from kulant_contracts.erp_changes import ErpHoldChangedV1
from kulant_contracts.money import Money
from kulant_contracts.party import Consent
from kulant_contracts.reminder import Credit
from kulant_contracts.response import (
    ResponseContactCorrectedV1,
    ResponseContactRefusedV1,
    ResponseDisputedV1,
    ResponseRepresentedV1,
    ResponseWrongPersonV1,
)
from libs.cli.tests.judge_builders import (
    ASKED_AT,
    CLIMBED,
    CUSTOMER,
    INVOICE,
    SENT_AT,
    WALL,
    answer,
    climb,
    known_daily,
    promise,
    quiet_scene,
    rung,
    send,
    sent_scene,
)

PART = Money.from_minor(10_000, "EUR")
LATER = ASKED_AT + timedelta(seconds=10)


def held(state="set", **changes):
    told = {"version": 1, "customer_id": "C1", "hold_id": "h1", "scope": "customer", "reason": "legal"}
    return ErpHoldChangedV1.model_validate({**told, "state": state, **changes})


def credited(code, money=PART):
    """A command that takes a part off what it asks for."""
    left = Money.from_minor(INVOICE.amount_minor - money.amount_minor, "EUR")
    return {"credits": (Credit(money=money, note="rests", code=code),), "total": left}


@pytest.mark.parametrize(
    "hold",
    [
        pytest.param(held(), id="customer"),
        pytest.param(held(scope="invoice", scope_id="I1"), id="invoice"),
        pytest.param(held(scope="item", scope_id="I1-1"), id="item"),
        pytest.param(held(scope="item", scope_id="I1-1", invoice_id="I1", reason="dispute"), id="item of an invoice"),
        pytest.param(held(until_on=SENT_AT.date()), id="until today"),
        pytest.param(held(money=PART), id="a part"),
    ],
)
def test_a_reminder_of_what_is_on_hold_is_found(hold):
    scene = sent_scene()
    scene.tell(hold)
    assert scene.checks() == {"reminded_while_held"}


@pytest.mark.parametrize(
    "holds",
    [
        pytest.param([held(scope="invoice", scope_id="I9")], id="another invoice"),
        pytest.param([held(scope="item", scope_id="I1-1", invoice_id="I9")], id="an item of another invoice"),
        pytest.param([held(customer_id="C2")], id="another customer"),
        pytest.param([held(until_on=date(2026, 3, 20))], id="over"),
        pytest.param([held(), held("lifted", version=2)], id="lifted"),
        pytest.param([held("lifted", version=2), held()], id="lifted, in another order"),
    ],
)
def test_a_reminder_of_what_is_not_on_hold_is_in_order(holds):
    scene = sent_scene()
    for hold in holds:
        scene.tell(hold)
    assert scene.violations() == ()


def test_a_hold_that_was_on_its_way_may_come_too_late():
    scene = sent_scene()
    scene.tell(held(), acked_at=ASKED_AT + timedelta(seconds=1), sent_at=ASKED_AT)
    assert scene.violations() == ()


def test_of_a_part_on_hold_the_rest_may_be_asked_for():
    scene = quiet_scene()
    send(scene, INVOICE, request=credited("disputed"))
    scene.tell(held(money=PART))
    assert scene.violations() == ()


def test_money_of_the_customers_own_is_no_part_that_rests():
    scene = quiet_scene()
    send(scene, INVOICE, request=credited("unallocated"))
    scene.tell(held(money=PART))
    assert scene.checks() == {"reminded_while_held"}


def again(scene, **request):
    """The next stage, asked for after the answer."""
    known_daily(scene)
    number, at, deadline_on = CLIMBED[1]
    asked = rung(number, at=at, deadline_on=deadline_on) | request
    send(scene, INVOICE, at=at, reminder_id="r2", request=asked, asked_at=LATER, cleared_at=LATER)


def disputed(**more):
    told = {"response_id": "a3", "customer_id": "C1", "reminder_id": "r1", "channel": "page", "said_at": SENT_AT}
    return ResponseDisputedV1.model_validate({**told, "reason": "defective", **more})


def answered(said):
    scene = sent_scene()
    scene.answers.append(answer(said.TYPE.split(".")[-2], acked_at=ASKED_AT + timedelta(seconds=5)))
    scene.say(said)
    return scene


def test_a_reminder_of_what_is_disputed_is_found():
    scene = answered(disputed())
    again(scene)
    assert scene.checks() == {"reminded_after_answer"}


def test_a_dispute_that_was_decided_keeps_nothing_away():
    scene = answered(disputed())
    decided = CaseDisputeDecidedV1(
        case_id="k1", customer_id="C1", creditor_id="main", at=SENT_AT + timedelta(days=2), dispute_id="x",
        item_id=INVOICE.item_id, money=Money.from_minor(INVOICE.amount_minor, "EUR"), reason="defective",
        outcome="rejected",
    )  # fmt: skip
    scene.say(decided)
    again(scene)
    assert scene.violations() == ()


def test_of_a_disputed_part_the_rest_may_be_asked_for_and_not_all():
    for request, found in ((credited("disputed"), set()), ({}, {"reminded_after_answer"})):
        scene = answered(disputed(money=PART))
        again(scene, **request)
        assert scene.checks() == found


def test_of_a_promised_part_the_rest_may_be_asked_for_and_not_all():
    until = CLIMBED[1][1].date()
    for request, found in ((credited("promised"), set()), ({}, {"reminded_after_answer"})):
        scene = answered(promise(until).model_copy(update={"money": PART}))
        again(scene, **request)
        assert scene.checks() == found


@pytest.mark.parametrize(
    "refusal",
    [
        pytest.param(ResponseContactRefusedV1, id="channel"),
        pytest.param(ResponseRepresentedV1, id="represented"),
    ],
)
def test_a_message_after_a_refusal_is_found(refusal):
    told = {"response_id": "a4", "customer_id": "C1", "reminder_id": "r1", "channel": "page", "said_at": SENT_AT}
    more = {"refused_channel": "email"} if refusal is ResponseContactRefusedV1 else {}
    scene = answered(refusal.model_validate({**told, **more}))
    again(scene)
    assert scene.checks() == {"written_after_refusal"}


def test_a_refusal_of_another_contact_keeps_nothing_away():
    said = ResponseContactRefusedV1(
        response_id="a4", customer_id="C1", reminder_id="r1", channel="page", said_at=SENT_AT,
        refused_channel="email", contact_id="other",
    )  # fmt: skip
    scene = answered(said)
    again(scene)
    assert scene.violations() == ()


def test_an_answer_about_an_item_of_another_invoice_keeps_nothing_away():
    """Ids of items are an invoice's own: the same one may come in another."""
    scene = answered(disputed(item_id=INVOICE.item_id, invoice_id="I9"))
    again(scene)
    assert scene.violations() == ()


WRONG_PERSON = ResponseWrongPersonV1(
    response_id="a4", customer_id="C1", reminder_id="r1", channel="page", said_at=SENT_AT,
    reached_channel="email", contact_id="mail",
)  # fmt: skip


def test_a_message_to_somebody_who_is_not_the_customer_is_found():
    scene = answered(WRONG_PERSON)
    again(scene)
    assert scene.checks() == {"written_after_refusal"}


LATER_ON = SENT_AT + timedelta(days=1)
CORRECTED = ResponseContactCorrectedV1(
    response_id="a5", customer_id="C1", reminder_id="r1", channel="page", said_at=LATER_ON,
    corrected_channel="email", contact_id="mail", address=CUSTOMER.email,
)  # fmt: skip


@pytest.mark.parametrize("consented_at", [LATER_ON, None], ids=["consent", "the customer's own address"])
def test_a_later_word_lets_a_refused_contact_be_used_again(consented_at):
    scene = answered(WRONG_PERSON)
    if consented_at is None:
        scene.say(CORRECTED)
    else:
        scene.tell(customer_with(Consent(given=True, at=consented_at, source="form")), LATER_ON)
    again(scene)
    assert scene.violations() == ()


def customer_with(consent):
    told = customer_changed(CUSTOMER, CREDITOR).model_copy(update={"version": 2})
    return told.model_copy(update={"contacts": (told.contacts[0].model_copy(update={"consent": consent}),)})


def test_a_message_after_the_erp_took_back_the_consent_is_found():
    scene = sent_scene()
    scene.tell(customer_with(Consent(given=False, at=SENT_AT, source="call")), SENT_AT)
    assert scene.checks() == {"written_after_refusal"}


def test_a_consent_that_was_taken_back_while_the_gate_was_asked_may_come_too_late():
    scene = sent_scene()
    scene.tell(customer_with(Consent(given=False, at=SENT_AT, source="call")), SENT_AT, acked_at=LATER)
    assert scene.violations() == ()


def test_a_demand_for_what_the_creditor_collects_is_found():
    scene = quiet_scene(days=1)
    told = invoice_issued(INVOICE).model_dump(mode="json", exclude_none=True)
    told["payment"]["direct_debit"] = {"mandate_id": "m1", "collect_on": "2026-03-18"}
    scene.tell(ErpInvoiceIssuedV1.model_validate({**told, "version": 2}), acked_at=WALL)
    assert scene.violations() == ()
    climb(scene, 1)
    assert scene.checks() == {"debit_demanded"}
