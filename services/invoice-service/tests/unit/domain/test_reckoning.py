from datetime import UTC, date, datetime, timedelta

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
    noon,
    reckoned,
)

from invoice_service.domain.calendar import start_of_day
from invoice_service.domain.fact import (
    CustomerChanged,
    InvoiceRegistered,
    ItemBalanceChanged,
    ItemDue,
    ItemOverdue,
    ItemRescheduled,
    ItemSettled,
)
from invoice_service.domain.invoice import ItemState
from invoice_service.domain.place import Defaults

BEFORE = noon(date(2026, 3, 1))
DUE_AT = start_of_day(DUE_ON, BERLIN)
OVERDUE_AT = start_of_day(DUE_ON + timedelta(days=1), BERLIN)
MICROSECOND = timedelta(microseconds=1)


def kinds(reckoning) -> list[type]:
    return [type(fact) for fact in reckoning.facts]


def standing_of(reckoning, item_id: str = "i1", invoice_id: str = "inv-1"):
    return reckoning.account.invoices[invoice_id].standings[item_id]


@pytest.mark.parametrize(
    ("now", "state", "next_look_at"),
    [
        pytest.param(DUE_AT - MICROSECOND, ItemState.OPEN, DUE_AT, id="the-day-before"),
        pytest.param(DUE_AT, ItemState.DUE, OVERDUE_AT, id="the-due-day-begins"),
        pytest.param(OVERDUE_AT - MICROSECOND, ItemState.DUE, OVERDUE_AT, id="the-due-day-ends"),
        pytest.param(OVERDUE_AT, ItemState.OVERDUE, None, id="the-day-after-begins"),
    ],
)
def test_an_item_turns_with_the_days_of_its_customer(now: datetime, state: ItemState, next_look_at) -> None:
    reckoning = reckoned(an_account(an_invoice()), now)

    assert standing_of(reckoning).state is state
    assert reckoning.next_look_at == next_look_at


def test_a_new_invoice_is_announced_with_its_items() -> None:
    reckoning = reckoned(an_account(an_invoice()), BEFORE)

    assert kinds(reckoning) == [InvoiceRegistered]
    assert reckoning.facts[0].item_ids == ("i1",)


def test_an_invoice_that_comes_late_is_announced_and_overdue_at_once() -> None:
    now = OVERDUE_AT + timedelta(days=30)
    reckoning = reckoned(an_account(an_invoice()), now)

    assert kinds(reckoning) == [InvoiceRegistered, ItemOverdue]
    assert reckoning.facts[1].happened_at == now


def test_reckoning_again_says_nothing() -> None:
    once = reckoned(an_account(a_customer(), an_invoice()), BEFORE)

    again = reckoned(once.account, BEFORE)

    assert again.facts == ()
    assert again.next_look_at == once.next_look_at


def test_becoming_overdue_happened_at_the_turn_of_the_day_even_if_the_look_came_late() -> None:
    due = reckoned(reckoned(an_account(an_invoice()), BEFORE).account, DUE_AT)

    overdue = reckoned(due.account, OVERDUE_AT + timedelta(hours=3))

    assert [(type(fact), fact.happened_at) for fact in overdue.facts] == [(ItemOverdue, OVERDUE_AT)]


def test_versions_rise_and_never_fall_behind_the_wall_clock() -> None:
    first = reckoned(an_account(an_invoice()), BEFORE)
    second = reckoned(first.account, DUE_AT)

    assert standing_of(first).version == 1_700_000_000_000_000
    assert standing_of(second).version == 1_700_000_000_000_001


def test_a_part_payment_changes_the_balance() -> None:
    known = reckoned(an_account(an_invoice()), BEFORE).account

    reckoning = reckoned(known.record(a_payment(an_allocation(5000))), BEFORE)

    assert kinds(reckoning) == [ItemBalanceChanged]
    assert standing_of(reckoning).open_minor == 6900


def test_a_full_payment_settles_on_the_day_it_was_received() -> None:
    known = reckoned(an_account(an_invoice()), OVERDUE_AT).account

    reckoning = reckoned(known.record(a_payment(an_allocation(), received_on=date(2026, 3, 12))), OVERDUE_AT)

    assert kinds(reckoning) == [ItemSettled]
    assert standing_of(reckoning).settled_on == date(2026, 3, 12)
    assert reckoning.next_look_at is None


def test_a_payment_before_its_invoice_waits_for_it() -> None:
    waiting = reckoned(an_account(a_payment(an_allocation())), BEFORE)
    assert waiting.facts == ()

    reckoning = reckoned(waiting.account.record(an_invoice()), BEFORE)

    assert kinds(reckoning) == [InvoiceRegistered, ItemSettled]


def test_a_corrected_payment_opens_the_item_again() -> None:
    settled = reckoned(an_account(an_invoice(), a_payment(an_allocation())), OVERDUE_AT).account

    reckoning = reckoned(settled.record(a_payment(an_allocation(100), version=2)), OVERDUE_AT)

    assert kinds(reckoning) == [ItemOverdue]
    assert standing_of(reckoning).open_minor == 11800
    assert standing_of(reckoning).settled_on is None


def test_an_older_version_changes_nothing() -> None:
    account = an_account(an_invoice(version=5), a_payment(an_allocation(), version=5), a_customer(version=5))

    assert account.record(an_invoice(version=4)) is account
    assert account.record(an_invoice(version=5, number="other")) is account
    assert account.record(a_payment(version=5)) is account
    assert account.record(a_customer(version=1)) is account


def test_a_higher_version_moves_the_due_date() -> None:
    overdue = reckoned(an_account(an_invoice()), OVERDUE_AT).account
    later = an_invoice(version=2, items=[an_item(due_on=date(2026, 5, 1))])

    reckoning = reckoned(overdue.record(later), OVERDUE_AT)

    assert kinds(reckoning) == [InvoiceRegistered, ItemRescheduled]
    assert standing_of(reckoning).state is ItemState.OPEN
    assert standing_of(reckoning).version > overdue.invoices["inv-1"].standings["i1"].version


def test_a_higher_version_that_says_the_same_is_not_announced() -> None:
    known = reckoned(an_account(an_invoice(), a_customer(name="n")), BEFORE).account

    newer = known.record(an_invoice(version=2)).record(a_customer(version=2, name="n"))

    assert reckoned(newer, BEFORE).facts == ()


def test_a_new_number_gives_every_item_a_new_version() -> None:
    known = reckoned(an_account(an_invoice()), BEFORE).account

    reckoning = reckoned(known.record(an_invoice(version=2, number="R-2")), BEFORE)

    assert kinds(reckoning) == [InvoiceRegistered]
    assert standing_of(reckoning).version > known.invoices["inv-1"].standings["i1"].version


def test_an_item_that_its_invoice_no_longer_has_is_cancelled() -> None:
    known = reckoned(an_account(an_invoice(items=[an_item("a"), an_item("b")])), BEFORE).account

    reckoning = reckoned(known.record(an_invoice(version=2, items=[an_item("b")])), BEFORE)

    assert kinds(reckoning) == [InvoiceRegistered]
    assert standing_of(reckoning, "a").state is ItemState.CANCELLED
    assert standing_of(reckoning, "a").open_minor == 0


def test_an_item_without_a_due_date_is_never_overdue() -> None:
    reckoning = reckoned(an_account(an_invoice(items=[an_item(due_on=None)])), OVERDUE_AT + timedelta(days=999))

    assert standing_of(reckoning).state is ItemState.OPEN
    assert reckoning.next_look_at is None


@pytest.mark.parametrize(
    ("customer_zone", "creditors", "zone"),
    [
        pytest.param("America/New_York", {"main": "Asia/Tokyo"}, "America/New_York", id="the-customers-own"),
        pytest.param(None, {"main": "Asia/Tokyo"}, "Asia/Tokyo", id="else-the-creditors"),
        pytest.param(None, {"other": "Asia/Tokyo"}, BERLIN, id="else-the-tenants"),
    ],
)
def test_days_begin_where_the_customer_lives(customer_zone: str | None, creditors: dict[str, str], zone: str) -> None:
    account = an_account(a_customer(time_zone=customer_zone), an_invoice())

    reckoning = reckoned(
        account, BEFORE, defaults=Defaults(a_place(), {name: a_place(place) for name, place in creditors.items()})
    )

    assert reckoning.next_look_at == start_of_day(DUE_ON, zone)


def test_the_zone_moves_when_the_customer_arrives() -> None:
    now = OVERDUE_AT + timedelta(hours=1)
    overdue = reckoned(an_account(an_invoice()), now).account

    reckoning = reckoned(overdue.record(a_customer(time_zone="America/Los_Angeles")), now)

    assert kinds(reckoning) == [CustomerChanged, ItemDue]
    assert reckoning.next_look_at == start_of_day(date(2026, 3, 11), "America/Los_Angeles")


def test_a_zone_far_to_the_west_reopens_what_was_due_with_a_new_announcement() -> None:
    due = reckoned(an_account(an_invoice()), DUE_AT).account

    reckoning = reckoned(due.record(a_customer(time_zone="Pacific/Honolulu")), DUE_AT)

    assert kinds(reckoning) == [CustomerChanged, InvoiceRegistered]
    assert standing_of(reckoning).state is ItemState.OPEN


def test_the_next_look_is_the_nearest_of_all_items() -> None:
    account = an_account(
        an_invoice("late", items=[an_item(due_on=date(2026, 9, 1))]),
        an_invoice("soon", items=[an_item(due_on=date(2026, 3, 5))]),
    )

    assert reckoned(account, BEFORE).next_look_at == start_of_day(date(2026, 3, 5), BERLIN)


def test_sequences_are_noted_at_the_items_that_the_event_spoke_of() -> None:
    account = reckoned(an_account(an_invoice()), BEFORE).account.with_sequences([("inv-1", "i1", 7)])

    assert account.invoices["inv-1"].standings["i1"].sequence == 7
    assert reckoned(account, BEFORE).facts == ()


def test_now_is_utc_or_any_other_aware_zone() -> None:
    there = OVERDUE_AT.astimezone(UTC)

    assert standing_of(reckoned(an_account(an_invoice()), there)).state is ItemState.OVERDUE
