from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from invoice_builders import (
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

from invoice_service.domain.account import AccountFact
from invoice_service.domain.balance import balances
from invoice_service.domain.cancellation import Kind
from invoice_service.domain.money import Money
from invoice_service.domain.statement import statements

EVER = (date(2026, 1, 1), date(2026, 12, 31))
DAYS = st.dates(date(2026, 1, 1), date(2026, 6, 30))


def lines(account, first=EVER[0], last=EVER[1]):
    (statement,) = statements(account, first, last)
    return [
        (one.movement.on.isoformat()[5:], one.movement.kind.value, one.movement.amount_minor, one.balance_minor)
        for one in statement.lines
    ]


LIFE = [
    an_invoice(items=[an_item(amount_minor=1000)]),
    replace(a_payment(an_allocation(300)), money=Money(350, "EUR")),
    a_reversal(),
    a_credit_note(an_allocation(100), received_on=date(2026, 3, 4)),
    an_adjustment(50, received_on=date(2026, 3, 6)),
    a_payment(an_allocation(390, deducted_minor=10), payment_id="p2", received_on=date(2026, 3, 9)),
]


def test_a_statement_tells_what_moved_and_what_remains() -> None:
    assert lines(an_account(*LIFE)) == [
        ("02-10", "invoice", 1000, 1000),
        ("03-01", "payment", -50, 950),
        ("03-01", "payment", -300, 650),
        ("03-04", "credit_note", -100, 550),
        ("03-06", "adjustment", -50, 500),
        ("03-08", "payment_returned", 50, 550),
        ("03-08", "payment_returned", 300, 850),
        ("03-09", "payment", -390, 460),
        ("03-09", "deduction", -10, 450),
    ]


def test_a_period_begins_with_what_was_before() -> None:
    (statement,) = statements(an_account(*LIFE), date(2026, 3, 4), date(2026, 3, 6))

    assert (statement.opening_minor, statement.closing_minor, len(statement.lines)) == (650, 500, 2)


def test_a_period_without_movements_keeps_its_balance() -> None:
    (statement,) = statements(an_account(*LIFE), date(2026, 6, 1), date(2026, 6, 30))

    assert (statement.opening_minor, statement.closing_minor, statement.lines) == (450, 450, ())


@pytest.mark.parametrize(
    ("fact", "expected"),
    [
        pytest.param(a_void_invoice(), [("02-10", "invoice", 1000, 1000), ("03-08", "invoice_cancelled", -1000, 0)]),
        pytest.param(
            a_payment(an_allocation(40), customer_id="c2"),
            [("02-10", "invoice", 1000, 1000), ("03-01", "payment", -40, 960)],
        ),
        pytest.param(a_payment(an_allocation(40, invoice_id="x")), [("02-10", "invoice", 1000, 1000)]),
        pytest.param(a_payment(an_allocation(40, is_for_cost=True)), [("02-10", "invoice", 1000, 1000)]),
    ],
    ids=["void", "another-pays", "pays-for-another", "pays-a-cost"],
)
def test_what_is_no_plain_payment(fact, expected) -> None:
    assert lines(an_account(LIFE[0], fact)) == expected


def test_a_void_credit_note_never_moved_anything() -> None:
    account = an_account(LIFE[0], a_credit_note(an_allocation(100)), a_cancellation(Kind.CREDIT_NOTE, "n1"))

    assert lines(account) == [("02-10", "invoice", 1000, 1000)]


def test_each_creditor_and_currency_has_an_account_of_its_own() -> None:
    account = an_account(an_invoice(), an_invoice("b", creditor_id="two"), an_invoice("c", currency="USD"))

    assert [one.key for one in statements(account, *EVER)] == [("main", "EUR"), ("main", "USD"), ("two", "EUR")]


@settings(deadline=None, max_examples=60)
@given(
    amounts=st.lists(st.integers(1, 500), min_size=1, max_size=3),
    payments=st.lists(st.tuples(st.integers(1, 400), st.integers(0, 50), DAYS, st.booleans()), max_size=4),
    cut=DAYS,
)
def test_what_remains_is_what_is_open_less_the_credit(amounts, payments, cut: date) -> None:
    facts: list[AccountFact] = [
        an_invoice(items=[an_item(str(number), amount_minor=one) for number, one in enumerate(amounts)])
    ]
    for number, (minor, over, on, is_returned) in enumerate(payments):
        paid = a_payment(an_allocation(minor, item_id=None), payment_id=f"p{number}", received_on=on)
        facts.append(replace(paid, money=Money(minor + over, "EUR")))
        facts += [a_reversal(f"p{number}", on=on + timedelta(days=3))] if is_returned else []
    account = reckoned(an_account(*facts), noon(date(2026, 12, 31))).account
    balance = balances(account)["EUR"]

    whole = statements(account, *EVER)
    parts = [statements(account, EVER[0], cut), statements(account, cut + timedelta(days=1), EVER[1])]

    assert whole[0].closing_minor == balance.open_minor - balance.credit_minor
    assert [one.closing_minor for part in parts for one in part][-1] == whole[0].closing_minor
    assert sum(len(one.lines) for part in parts for one in part) == len(whole[0].lines)
