"""Money on the wire: exact, in the currency's own digits, or refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from kulant_contracts.money import AmountTooLarge, Money, check_one_currency, minor_digits, sum_minor

CURRENCIES = ("EUR", "JPY", "KWD", "CLF", "USD", "XOF", "TND", "ISK")


@given(st.integers(-(10**15) + 1, 10**15 - 1), st.sampled_from(CURRENCIES))
def test_every_amount_comes_back_as_it_went(amount_minor, currency):
    money = Money.from_minor(amount_minor, currency)

    read = Money.model_validate_json(money.model_dump_json())

    assert read == money
    assert read.amount_minor == amount_minor


@pytest.mark.parametrize("amount_minor", [10**15, -(10**15), 10**30])
def test_a_sum_of_too_many_digits_is_told_from_every_other_fault(amount_minor):
    with pytest.raises(AmountTooLarge):
        Money.from_minor(amount_minor, "EUR")


@pytest.mark.parametrize(
    ("amount_minor", "currency", "amount"),
    [
        pytest.param(11900, "EUR", "119.00", id="two digits"),
        pytest.param(5, "EUR", "0.05", id="less than one"),
        pytest.param(-5, "EUR", "-0.05", id="negative"),
        pytest.param(119, "JPY", "119", id="no digits"),
        pytest.param(119000, "KWD", "119.000", id="three digits"),
        pytest.param(1, "CLF", "0.0001", id="four digits"),
        pytest.param(0, "EUR", "0.00", id="nothing"),
    ],
)
def test_minor_units_are_written_with_the_digits_of_the_currency(amount_minor, currency, amount):
    assert Money.from_minor(amount_minor, currency).amount == amount


@pytest.mark.parametrize(
    ("amount", "currency"),
    [
        ("119", "EUR"),
        ("119.0", "EUR"),
        ("119.000", "EUR"),
        ("119.00", "JPY"),
        ("119.00", "KWD"),
        ("0119.00", "EUR"),
        ("+1.00", "EUR"),
        (" 1.00", "EUR"),
        ("1.00\n", "EUR"),
        ("1,00", "EUR"),
        ("1e2", "JPY"),
        ("NaN", "EUR"),
        ("", "EUR"),
        ("-0.00", "EUR"),
        ("-0", "JPY"),
        ("١٢٣.٠٠", "EUR"),
        ("10000000000000.00", "EUR"),
        ("1000000000000000", "JPY"),
        ("1.00", "EUX"),
        ("1.00", "eur"),
        ("1.00", ""),
        (1.0, "EUR"),
        (1, "JPY"),
        (None, "EUR"),
        ("1.00", None),
        ("1.00", ["EUR"]),
    ],
)
def test_what_is_not_exactly_an_amount_of_that_currency_is_refused(amount, currency):
    with pytest.raises(ValidationError):
        Money.model_validate({"amount": amount, "currency": currency})


def test_the_greatest_amount_has_fifteen_digits():
    assert Money(amount="9999999999999.99", currency="EUR").amount_minor == 10**15 - 1
    with pytest.raises(AmountTooLarge):
        Money.from_minor(10**15, "EUR")


def test_an_unknown_currency_has_no_minor_digits():
    with pytest.raises(ValueError, match="unknown currency"):
        minor_digits("EUX")


def test_amounts_of_one_currency_add_up_and_others_are_refused():
    monies = [Money.from_minor(1, "EUR"), Money.from_minor(2, "EUR")]
    check_one_currency("EUR", monies)

    assert sum_minor(monies) == 3
    with pytest.raises(PydanticCustomError):
        check_one_currency("USD", monies)
