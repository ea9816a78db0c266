"""Holds of the ERP, and balances that its books state otherwise."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from invoice_builders import (
    BERLIN,
    a_hold,
    a_payment,
    a_reversal,
    a_statement,
    a_void_invoice,
    an_account,
    an_allocation,
    an_invoice,
    an_item,
    noon,
    reckoned,
)

from invoice_service.domain.account import Account
from invoice_service.domain.hold import HoldChanged, balance_hold_id, unread_fact_hold
from invoice_service.domain.money import Money

NOW = noon(date(2026, 3, 20), BERLIN)
ITEM = ("inv-1", "i1")
PAID = a_payment(an_allocation(1900), received_on=date(2026, 3, 5))


def holds_told(account: Account) -> list[tuple[str, bool]]:
    return [(fact.hold.hold_id, fact.hold.is_set) for fact in reckoned(account, NOW).facts if _is_hold(fact)]


def _is_hold(fact) -> bool:
    return isinstance(fact, HoldChanged)


def is_held(*facts) -> bool:
    held = reckoned(an_account(*facts), NOW).account.holds.get(balance_hold_id(ITEM))
    return held is not None and held.hold.is_set


def test_a_hold_is_told_with_all_that_the_erp_said() -> None:
    (fact,) = reckoned(an_account(a_hold(scope="invoice", scope_id="x", reason="dispute")), NOW).facts

    assert (fact.hold.is_set, fact.hold.details["scope_id"]) == (True, "x")
    assert fact.version > 0


def test_the_highest_version_of_a_hold_counts_whatever_comes_first() -> None:
    lifted = a_hold(version=2, is_set=False)

    assert holds_told(an_account(lifted, a_hold())) == [("h1", False)]
    assert holds_told(an_account(a_hold(), lifted)) == [("h1", False)]


def test_a_hold_is_told_again_only_when_it_says_something_new() -> None:
    known = reckoned(an_account(a_hold()), NOW).account

    assert holds_told(known) == []
    assert holds_told(known.record(a_hold(version=2))) == []
    assert holds_told(known.record(a_hold(version=2, is_set=False))) == [("h1", False)]
    assert known.record(a_hold()) is known


def test_a_new_version_of_a_hold_has_a_higher_version_of_kulants_own() -> None:
    known = reckoned(an_account(a_hold()), NOW).account

    later = reckoned(known.record(a_hold(version=2, is_set=False)), NOW).account

    assert later.holds["h1"].announced_version > known.holds["h1"].announced_version


def test_own_holds_are_known_by_their_ids() -> None:
    assert unread_fact_hold("acme", "c1", "t/0/1", is_set=True).is_own
    assert not a_hold().is_own


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        pytest.param(a_statement((*ITEM, 11900)), False, id="before-the-payment-of-that-day"),
        pytest.param(a_statement((*ITEM, 10000)), False, id="after-the-payment-of-that-day"),
        pytest.param(a_statement((*ITEM, 9999)), True, id="another-sum"),
        pytest.param(a_statement((*ITEM, 10000), currency="USD"), True, id="another-currency"),
        pytest.param(a_statement((*ITEM, 11900), as_of_at=noon(date(2026, 3, 2))), False, id="long-before"),
        pytest.param(a_statement((*ITEM, 11900), as_of_at=noon(date(2026, 3, 9))), True, id="it-lacks-the-payment"),
        pytest.param(a_statement((*ITEM, 10000), as_of_at=noon(date(2026, 3, 2))), False, id="what-is-open-now"),
        pytest.param(
            a_statement((*ITEM, 11900), as_of_at=datetime(2026, 3, 5, 23, 30, tzinfo=UTC)),
            True,
            id="the-day-is-the-customers",
        ),
        pytest.param(a_statement(("inv-1", "gone", 1)), False, id="an-item-that-nobody-has"),
        pytest.param(a_statement(("inv-9", "i1", 1)), False, id="an-invoice-that-has-not-come"),
    ],
)
def test_a_stated_balance_that_differs_holds_the_item(stated, expected: bool) -> None:
    assert is_held(an_invoice(), PAID, stated) is expected
    assert is_held(stated, PAID, an_invoice()) is expected


def test_what_is_paid_after_the_statement_is_no_difference() -> None:
    later = replace(PAID, payment_id="p2", received_on=date(2026, 3, 15))

    assert not is_held(an_invoice(), PAID, a_statement((*ITEM, 10000)), later)


def test_the_hold_is_lifted_when_a_later_statement_agrees() -> None:
    held = reckoned(an_account(an_invoice(), a_statement((*ITEM, 1))), NOW).account

    assert holds_told(held.record(a_statement((*ITEM, 11900), version=2))) == [(balance_hold_id(ITEM), False)]


def test_the_hold_is_lifted_when_the_balance_comes_to_agree() -> None:
    held = reckoned(an_account(an_invoice(), a_statement((*ITEM, 10000))), NOW).account

    assert holds_told(held.record(PAID)) == [(balance_hold_id(ITEM), False)]


def test_the_hold_names_the_item_and_its_invoice() -> None:
    facts = reckoned(an_account(an_invoice(), a_statement((*ITEM, 1))), NOW).facts

    (fact,) = filter(_is_hold, facts)
    assert fact.hold.details == {
        "scope": "item",
        "scope_id": "i1",
        "invoice_id": "inv-1",
        "reason": "balance_differs",
    }
    assert _is_hold(facts[0]), "a reason not to ask is told before what could be asked for"


def test_of_each_item_the_highest_statement_counts() -> None:
    older = a_statement((*ITEM, 1), ("inv-1", "i2", 5), version=1)

    account = an_account(an_invoice(), a_statement((*ITEM, 11900), version=2)).record(older)

    assert account.stated[ITEM].open.amount_minor == 11900
    assert account.stated["inv-1", "i2"].open.amount_minor == 5
    assert account.record(older) is account


def test_of_a_void_invoice_nothing_is_open() -> None:
    assert is_held(an_invoice(), a_void_invoice(), a_statement((*ITEM, 11900)))
    assert not is_held(an_invoice(), a_void_invoice(), a_statement((*ITEM, 0)))


def test_an_item_that_its_invoice_no_longer_has_is_released() -> None:
    other = an_invoice(version=2, items=[an_item("i2")])
    held = reckoned(an_account(an_invoice(), a_statement((*ITEM, 1))), NOW).account

    assert holds_told(held.record(other)) == [(balance_hold_id(ITEM), False)]
    assert not is_held(other, a_statement((*ITEM, 1)), an_invoice())


DOLLARS = replace(a_payment(an_allocation(13000, currency="USD")), money=Money(13000, "USD"))


def test_money_of_another_currency_holds_the_item_that_the_erp_gave_it_to() -> None:
    assert is_held(an_invoice(), DOLLARS)
    assert is_held(DOLLARS, an_invoice())
    whole = replace(DOLLARS, allocations=(an_allocation(13000, item_id=None, currency="USD"),))
    assert is_held(an_invoice(), whole)
    other = replace(DOLLARS, allocations=(an_allocation(13000, item_id="i2", currency="USD"),))
    assert not is_held(an_invoice(items=[an_item(), an_item("i2")]), other)


def test_money_of_another_currency_holds_nothing_that_is_settled_or_that_a_statement_decides() -> None:
    assert not is_held(an_invoice(), DOLLARS, a_payment(an_allocation(), payment_id="p2"))
    assert not is_held(an_invoice(), DOLLARS, a_statement((*ITEM, 11900)))
    assert is_held(an_invoice(), DOLLARS, a_statement((*ITEM, 0)))


def test_the_hold_for_other_money_is_lifted_when_that_is_taken_back_or_corrected() -> None:
    held = reckoned(an_account(an_invoice(), DOLLARS), NOW).account

    assert holds_told(held.record(a_reversal(version=2))) == [(balance_hold_id(ITEM), False)]
    corrected = replace(a_payment(an_allocation()), version=2)
    assert holds_told(held.record(corrected)) == [(balance_hold_id(ITEM), False)]
    assert holds_told(held) == []
