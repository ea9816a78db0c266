"""The demo ledger is repeatable and has enough of everything to show."""

from collections import Counter
from datetime import date, timedelta

import pytest

from kulant_cli.book import Habit
from kulant_cli.facts import daily_facts, opening_facts
from kulant_cli.ledger import FIRST_DAY, REMINDED_AFTER_DAYS, generate


def _book(seed=1, customers=50, weeks=4, tenant="t"):
    return generate(tenant=tenant, customers=customers, weeks=weeks, seed=seed)


def test_the_same_seed_gives_the_same_book():
    assert _book() == _book()
    assert _book() != _book(seed=2)


@pytest.mark.parametrize("seed", range(8))
def test_any_seed_has_enough_to_show(seed):
    book = _book(seed)
    assert len(opening_facts(book)) + len(daily_facts(book)) >= 200
    reminded_by = book.last_on - timedelta(days=REMINDED_AFTER_DAYS + 2)
    assert len(_still_open(book, reminded_by)) >= 25
    habits = Counter(customer.habit for customer in book.customers)
    assert all(habits[habit] >= 2 for habit in Habit)


def _still_open(book, due_by: date):
    """Invoices of customers that will not have paid when their reminder is due."""
    by_id = {invoice.invoice_id: invoice for invoice in book.invoices}
    in_time = {
        payment.invoice_id
        for payment in book.payments
        if payment.at.date() < by_id[payment.invoice_id].due_on + timedelta(days=REMINDED_AFTER_DAYS)
        and payment.amount_minor == by_id[payment.invoice_id].amount_minor
    }
    return [i for i in book.invoices if i.due_on <= due_by and i.invoice_id not in in_time]


@pytest.mark.parametrize("seed", range(8))
def test_nobody_pays_more_than_was_invoiced_or_outside_the_weeks(seed):
    book = _book(seed)
    paid = Counter()
    for payment in book.payments:
        paid[payment.invoice_id] += payment.amount_minor
        assert FIRST_DAY <= payment.at.date() <= book.last_on
    assert all(paid[invoice.invoice_id] <= invoice.amount_minor for invoice in book.invoices)
    assert len({payment.payment_id for payment in book.payments}) == len(book.payments)


@pytest.mark.parametrize(("customers", "weeks"), [(1, 1), (7, 2), (200, 1), (60, 10)])
def test_other_sizes_work(customers, weeks):
    book = _book(customers=customers, weeks=weeks)
    assert len(book.customers) == customers
    assert len({customer.email for customer in book.customers}) == customers
    assert daily_facts(book)


def test_all_names_are_fictional():
    assert all(customer.email.endswith(".example.org") for customer in _book().customers)
