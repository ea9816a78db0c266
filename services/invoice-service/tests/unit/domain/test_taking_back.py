"""What is taken back, corrected or adjusted, whatever comes first."""

from dataclasses import replace
from datetime import date
from itertools import permutations

import pytest
from invoice_builders import (
    BERLIN,
    a_cancellation,
    a_credit_note,
    a_payment,
    a_reversal,
    a_void_invoice,
    an_account,
    an_adjustment,
    an_allocation,
    an_invoice,
    an_item,
    noon,
    reckoned,
)

from invoice_service.domain.account import Account
from invoice_service.domain.balance import credits_of
from invoice_service.domain.cancellation import Kind
from invoice_service.domain.fact import (
    InvoiceCancelled,
    InvoiceRegistered,
    ItemBalanceChanged,
    ItemOverdue,
    ItemSettled,
)
from invoice_service.domain.invoice import ItemState

NOW = noon(date(2026, 3, 20), BERLIN)
PAID = a_payment(an_allocation(), received_on=date(2026, 3, 1))


def standing(account: Account, item_id: str = "i1"):
    return account.invoices["inv-1"].standings[item_id]


def after(*facts):
    return reckoned(an_account(*facts), NOW)


def kinds(reckoning) -> list[type]:
    return [type(fact) for fact in reckoning.facts]


@pytest.mark.parametrize("facts", list(permutations([an_invoice(), PAID, a_reversal(reason_code="AM04")])))
def test_a_payment_that_came_back_opens_its_item_again_in_any_order(facts) -> None:
    found = standing(after(*facts).account)

    assert (found.state, found.open_minor) == (ItemState.OVERDUE, 11900)
    assert (found.returned.payment_id, found.returned.on) == ("p1", date(2026, 3, 8))
    assert found.returned.details["reason_code"] == "AM04"
    assert found.closings == ((date(2026, 3, 1), 11900), (date(2026, 3, 8), -11900))


def test_a_settled_item_is_told_overdue_when_its_payment_comes_back() -> None:
    settled = after(an_invoice(), PAID).account

    reckoning = reckoned(settled.record(a_reversal()), NOW)

    assert kinds(reckoning) == [ItemOverdue]


@pytest.mark.parametrize(
    ("method", "payment", "expected"),
    [
        pytest.param("sepa_direct_debit", None, True, id="the-payments-method"),
        pytest.param("Direct-Debit", None, True, id="however-it-is-written"),
        pytest.param("transfer", None, False, id="a-transfer"),
        pytest.param(None, None, False, id="nobody-says"),
        pytest.param(None, {"direct_debit": {"mandate_id": "m", "collect_on": "2026-03-01"}}, True, id="the-terms"),
        pytest.param(None, {"reference": "r"}, False, id="other-terms"),
    ],
)
def test_a_returned_debit_is_told_from_other_payments(method, payment, expected) -> None:
    invoice = an_invoice(details={"payment": payment} if payment else {})

    found = standing(after(invoice, replace(PAID, method=method), a_reversal()).account)

    assert found.returned.is_direct_debit is expected


@pytest.mark.parametrize(("version", "is_open"), [(1, True), (2, True), (3, False)])
def test_a_payment_told_anew_in_a_higher_version_counts_again(version: int, is_open: bool) -> None:
    found = standing(after(an_invoice(), replace(PAID, version=version), a_reversal(version=2)).account)

    assert (found.open_minor == 11900) is is_open
    assert (found.returned is not None) is is_open


def test_only_the_items_that_the_payment_had_closed_have_it_returned() -> None:
    items = [an_item("a", due_on=date(2026, 3, 1), amount_minor=60), an_item("b", amount_minor=60)]
    whole = a_payment(an_allocation(60, item_id=None))

    account = after(an_invoice(items=items), whole, a_reversal()).account

    assert standing(account, "a").returned is not None
    assert standing(account, "b").returned is None


def test_the_last_of_several_returns_is_told() -> None:
    again = a_payment(an_allocation(), payment_id="p2", received_on=date(2026, 3, 10))

    facts = [an_invoice(), PAID, a_reversal(), again, a_reversal("p2", on=date(2026, 3, 15))]

    assert standing(after(*facts).account).returned.payment_id == "p2"


def test_a_paid_item_keeps_what_it_says_about_an_earlier_return() -> None:
    again = a_payment(an_allocation(), payment_id="p2", received_on=date(2026, 3, 10))

    found = standing(after(an_invoice(), PAID, a_reversal(), again).account)

    assert (found.state, found.settled_on, found.returned.payment_id) == (ItemState.SETTLED, date(2026, 3, 10), "p1")


@pytest.mark.parametrize(
    ("is_from_beginning", "closings"),
    [
        pytest.param(True, ((None, 1900),), id="a-correction-from-the-beginning"),
        pytest.param(False, ((date(2026, 3, 1), 1900),), id="a-settlement-from-its-day"),
    ],
)
def test_a_credit_note_reduces_what_is_open(is_from_beginning: bool, closings) -> None:
    note = a_credit_note(an_allocation(1900), is_from_beginning=is_from_beginning)

    found = standing(after(note, an_invoice()).account)

    assert (found.open_minor, found.corrected_minor, found.closings) == (10000, 1900, closings)


def test_an_item_that_was_never_owed_is_settled_since_its_issue() -> None:
    found = standing(after(an_invoice(), a_credit_note(an_allocation())).account)

    assert (found.state, found.settled_on) == (ItemState.SETTLED, date(2026, 2, 10))


def test_a_void_credit_note_never_counted() -> None:
    note = a_credit_note(an_allocation(1900))
    void = a_cancellation(Kind.CREDIT_NOTE, "n1")

    account = after(void, note, an_invoice()).account

    assert (standing(account).open_minor, standing(account).closings) == (11900, ())
    assert standing(account).returned is None
    assert credits_of(after(replace(note, allocations=()), void).account) == {}


def test_a_payment_and_a_credit_note_of_one_id_are_two_things() -> None:
    note = a_credit_note(an_allocation(1900), credit_note_id="p1")

    account = after(an_invoice(), note, a_payment(an_allocation(10000)), a_reversal("p1")).account

    assert standing(account).open_minor == 10000


@pytest.mark.parametrize(
    ("amount_minor", "open_minor", "corrected_minor"),
    [
        pytest.param(900, 11000, 900, id="less"),
        pytest.param(-100, 12000, -100, id="negative-raises-it"),
        pytest.param(20000, 0, 11900, id="never-below-zero"),
    ],
)
def test_an_adjustment_changes_what_is_open(amount_minor: int, open_minor: int, corrected_minor: int) -> None:
    account = after(an_adjustment(amount_minor), an_invoice()).account

    assert (standing(account).open_minor, standing(account).corrected_minor) == (open_minor, corrected_minor)
    assert credits_of(account) == {}


def test_money_beside_a_write_off_is_credit_and_the_write_off_is_not() -> None:
    paid = a_payment(an_allocation(11900), received_on=date(2026, 3, 9))

    account = after(an_invoice(), an_adjustment(900), paid).account

    assert credits_of(account) == {("main", "EUR"): 900}


@pytest.mark.parametrize("facts", list(permutations([an_invoice(), a_void_invoice(), PAID])))
def test_a_void_invoice_owes_nothing_and_what_was_paid_is_credit(facts) -> None:
    account = after(*facts).account

    assert (standing(account).state, standing(account).open_minor) == (ItemState.CANCELLED, 0)
    assert credits_of(account) == {("main", "EUR"): 11900}


def test_a_void_invoice_is_told_once() -> None:
    known = after(an_invoice()).account

    reckoning = reckoned(known.record(a_void_invoice(reason="duplicate")), NOW)

    (fact,) = reckoning.facts
    assert isinstance(fact, InvoiceCancelled)
    assert fact.cancellation.details["reason"] == "duplicate"
    assert reckoned(reckoning.account, NOW).facts == ()
    assert kinds(reckoned(an_account(a_void_invoice(), an_invoice()), NOW)) == [InvoiceCancelled]
    assert reckoning.account.invoices["inv-1"].is_closed


def test_an_invoice_in_a_higher_version_stands_again() -> None:
    void = after(an_invoice(), a_void_invoice(version=2)).account

    reckoning = reckoned(void.record(an_invoice(version=3)), NOW)

    assert kinds(reckoning) == [InvoiceRegistered, ItemOverdue]
    assert standing(reckoning.account).open_minor == 11900


def test_a_late_cancellation_of_a_lower_version_changes_nothing() -> None:
    known = after(an_invoice(version=5)).account

    later = known.record(a_void_invoice(version=4))

    assert later is not known
    assert reckoned(later, NOW).facts == ()


def test_only_the_invoices_own_customer_makes_it_void() -> None:
    account = after(a_void_invoice(customer_id="c2"), an_invoice()).account

    assert standing(account).state is ItemState.OVERDUE


def test_the_same_taking_back_again_changes_nothing() -> None:
    account = after(an_invoice(), PAID, a_reversal(), a_void_invoice()).account

    assert account.record(a_reversal()) is account
    assert account.record(a_void_invoice(version=1)) is account


def test_a_part_that_comes_back_is_told_as_a_balance() -> None:
    items = [an_item(due_on=date(2026, 5, 1))]
    known = after(an_invoice(items=items), a_payment(an_allocation(900))).account

    assert kinds(reckoned(known.record(a_reversal()), NOW)) == [ItemBalanceChanged]


def test_a_correction_that_closes_the_rest_settles() -> None:
    known = after(an_invoice(), a_payment(an_allocation(11000))).account

    assert kinds(reckoned(known.record(a_credit_note(an_allocation(900))), NOW)) == [ItemSettled]
