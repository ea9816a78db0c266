from datetime import timedelta

import pytest
from feedback_builders import TODAY, a_debt, an_item

from feedback_service.domain.answer import Money, Part, PaymentClaimed, PaymentMethod, PromiseMade
from feedback_service.domain.form import Fault, Flaw, PaymentForm, PromiseForm, read_payment, read_promise

OLD = an_item("RE-1", 84_350)
NEW = an_item("RE-2", 2_480)
DEBT = a_debt(OLD, NEW)
REMINDED = frozenset(DEBT.item_ids)


def paid(paid_on="2026-05-21", items=DEBT.item_ids, method=""):
    return read_payment(PaymentForm("EUR", paid_on, items, method), DEBT, REMINDED, TODAY)


def promised(pay_on="2026-05-21", amount=""):
    return read_promise(PromiseForm("EUR", pay_on, amount), DEBT, REMINDED, TODAY, 2)


def day(days):
    return (TODAY + timedelta(days=days)).isoformat()


@pytest.mark.parametrize("paid_on", [day(0), day(-1), day(-365)])
def test_a_payment_of_the_last_year_can_be_claimed(paid_on):
    assert isinstance(paid(paid_on), PaymentClaimed)


@pytest.mark.parametrize(
    ("paid_on", "fault"),
    [
        pytest.param("", Fault.DAY_MISSING, id="missing"),
        pytest.param("yesterday", Fault.DAY_UNREADABLE, id="unreadable"),
        pytest.param(day(1), Fault.DAY_IN_FUTURE, id="tomorrow"),
        pytest.param(day(-366), Fault.DAY_LONG_AGO, id="over a year ago"),
    ],
)
def test_a_payment_on_an_impossible_day_is_refused(paid_on, fault):
    assert paid(paid_on) == (Flaw("paid_on", fault),)


def test_a_claim_is_about_what_is_open_on_the_chosen_items():
    assert paid(items=(NEW.item_id,)) == PaymentClaimed((Part(NEW.item_id, Money(2_480, "EUR")),), TODAY)


def test_items_that_are_no_longer_open_are_left_out_of_a_claim():
    claim = paid(items=(NEW.item_id, "settled-meanwhile"))

    assert [part.item_id for part in claim.parts] == [NEW.item_id]


def test_a_claim_about_nothing_is_refused():
    assert paid(items=("settled-meanwhile",)) == (Flaw("item", Fault.ITEMS_MISSING),)


def test_all_flaws_of_a_form_are_told_at_once():
    assert {flaw.field for flaw in paid("", ())} == {"paid_on", "item"}


@pytest.mark.parametrize(("method", "read"), [("card", PaymentMethod.CARD), ("", None), ("cowrie shells", None)])
def test_the_way_of_payment_is_optional(method, read):
    assert paid(method=method).method == read


@pytest.mark.parametrize("pay_on", [day(0), day(1), day(30)])
def test_a_day_within_thirty_days_can_be_promised(pay_on):
    assert isinstance(promised(pay_on), PromiseMade)


@pytest.mark.parametrize(
    ("pay_on", "fault"),
    [
        pytest.param("", Fault.DAY_MISSING, id="missing"),
        pytest.param("soon", Fault.DAY_UNREADABLE, id="unreadable"),
        pytest.param(day(-1), Fault.DAY_IN_PAST, id="yesterday"),
        pytest.param(day(31), Fault.DAY_TOO_FAR, id="31 days ahead"),
    ],
)
def test_a_promise_for_an_unsuitable_day_is_refused(pay_on, fault):
    assert promised(pay_on) == (Flaw("pay_on", fault),)


def test_no_amount_promises_everything():
    assert promised(amount="  ").parts == (Part(None, Money(86_830, "EUR")),)


@pytest.mark.parametrize(
    ("amount", "fault"),
    [
        ("much", Fault.AMOUNT_UNREADABLE),
        ("0,00", Fault.AMOUNT_ZERO),
        ("868.31", Fault.AMOUNT_TOO_HIGH),
    ],
)
def test_an_amount_that_makes_no_sense_is_refused(amount, fault):
    assert promised(amount=amount) == (Flaw("amount", fault),)


@pytest.mark.parametrize("amount", ["0.01", "868.30"])
def test_any_part_of_what_is_open_can_be_promised(amount):
    assert isinstance(promised(amount=amount), PromiseMade)
