"""The clock of due dates: soon, due, overdue, and what moves them."""

from datetime import date, timedelta

import pytest
from invoice_builders import (
    BERLIN,
    DUE_ON,
    a_customer,
    a_payment,
    a_place,
    an_account,
    an_allocation,
    an_invoice,
    an_item,
    reckoned,
)

from invoice_service.domain.account import Account
from invoice_service.domain.calendar import start_of_day
from invoice_service.domain.fact import InvoiceRegistered, ItemDue, ItemDueSoon, ItemOverdue, ItemRescheduled
from invoice_service.domain.invoice import ItemState
from invoice_service.domain.place import Defaults

LEAD = Defaults(a_place(), lead_days=3)
NO_LEAD = Defaults(a_place())
SOON_AT, DUE_AT, OVERDUE_AT = (start_of_day(DUE_ON + timedelta(days=days), BERLIN) for days in (-3, 0, 1))
BEFORE = SOON_AT - timedelta(hours=1)


def told(account: Account, now, defaults=LEAD) -> list[tuple[type, object]]:
    return [(type(fact), fact.happened_at) for fact in reckoned(account, now, defaults=defaults).facts]


def kinds(account: Account, now, defaults=LEAD) -> list[type]:
    return [kind for kind, _ in told(account, now, defaults)]


@pytest.fixture
def known() -> Account:
    return reckoned(an_account(an_invoice()), BEFORE, defaults=LEAD).account


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        pytest.param(SOON_AT - timedelta(microseconds=1), [], id="just-before"),
        pytest.param(SOON_AT, [(ItemDueSoon, SOON_AT)], id="soon"),
        pytest.param(DUE_AT - timedelta(microseconds=1), [(ItemDueSoon, SOON_AT)], id="still-soon"),
        pytest.param(DUE_AT, [(ItemDue, DUE_AT)], id="too-late-to-say-soon"),
        pytest.param(OVERDUE_AT, [(ItemOverdue, OVERDUE_AT)], id="overdue"),
    ],
)
def test_an_item_turns_when_its_days_begin(known, now, expected) -> None:
    assert told(known, now) == expected


def test_each_turn_is_looked_at_in_its_turn(known) -> None:
    looks = []
    look = reckoned(known, BEFORE, defaults=LEAD)
    while look.next_look_at:
        looks.append(look.next_look_at)
        look = reckoned(look.account, look.next_look_at, defaults=LEAD)

    assert looks == [SOON_AT, DUE_AT, OVERDUE_AT]


def test_without_lead_days_nothing_is_soon(known) -> None:
    assert told(known, SOON_AT, NO_LEAD) == []
    assert reckoned(known, BEFORE, defaults=NO_LEAD).next_look_at == DUE_AT


def test_it_is_said_once_that_an_item_is_due_soon(known) -> None:
    soon = reckoned(known, SOON_AT, defaults=LEAD).account

    assert told(soon, SOON_AT + timedelta(days=1)) == []
    assert told(soon, SOON_AT, Defaults(a_place(), lead_days=5)) == []


def test_an_invoice_that_comes_late_is_due_soon_at_once() -> None:
    assert told(an_account(an_invoice()), SOON_AT) == [(InvoiceRegistered, SOON_AT), (ItemDueSoon, SOON_AT)]


def test_nothing_is_said_of_a_paid_item(known) -> None:
    paid = reckoned(known.record(a_payment(an_allocation())), BEFORE, defaults=LEAD)

    assert paid.next_look_at is None
    assert told(paid.account, SOON_AT) == []


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        pytest.param(30, [InvoiceRegistered, ItemRescheduled], id="later"),
        pytest.param(-30, [InvoiceRegistered, ItemRescheduled, ItemOverdue], id="long-ago"),
        pytest.param(1, [InvoiceRegistered, ItemRescheduled, ItemDueSoon], id="soon-again"),
    ],
)
def test_another_due_date_is_told_and_moves_what_has_not_happened(known, days: int, expected) -> None:
    soon = reckoned(known, SOON_AT, defaults=LEAD).account
    moved = an_invoice(version=2, items=[an_item(due_on=DUE_ON + timedelta(days=days))])

    assert kinds(soon.record(moved), SOON_AT + timedelta(days=1)) == expected


def test_a_due_date_that_comes_back_is_not_soon_twice(known) -> None:
    account = reckoned(known, SOON_AT, defaults=LEAD).account
    later = an_invoice(version=2, items=[an_item(due_on=DUE_ON + timedelta(days=30))])
    account = reckoned(account.record(later), SOON_AT, defaults=LEAD).account

    assert kinds(account.record(an_invoice(version=3)), SOON_AT) == [InvoiceRegistered, ItemRescheduled]


def test_a_due_date_that_is_taken_away_stops_the_clock(known) -> None:
    undated = known.record(an_invoice(version=2, items=[an_item(due_on=None)]))

    look = reckoned(undated, OVERDUE_AT, defaults=LEAD)

    assert [type(fact) for fact in look.facts] == [InvoiceRegistered, ItemRescheduled]
    assert look.account.invoices["inv-1"].standings["i1"].state is ItemState.OPEN
    assert look.next_look_at is None


def test_another_zone_moves_the_turns(known) -> None:
    moved = reckoned(known.record(a_customer(time_zone="Pacific/Honolulu")), BEFORE, defaults=LEAD)

    assert moved.next_look_at == start_of_day(DUE_ON - timedelta(days=3), "Pacific/Honolulu")


def test_the_due_day_of_a_settled_item_may_change_without_a_word(known) -> None:
    paid = reckoned(known.record(a_payment(an_allocation())), BEFORE, defaults=LEAD).account
    moved = an_invoice(version=2, items=[an_item(due_on=date(2026, 6, 1))])

    assert kinds(paid.record(moved), BEFORE) == [InvoiceRegistered]
