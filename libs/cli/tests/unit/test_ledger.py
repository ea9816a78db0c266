"""The demo ledger is repeatable, shaped like real payers, and has enough of everything to show."""

from collections import Counter
from datetime import timedelta
from functools import cache

import pytest

from kulant_cli.book import Habit
from kulant_cli.entries import FIRST_DAY
from kulant_cli.histories import MOST_LATE_DAYS
from kulant_cli.ledger import EACH_BEHAVIOUR, SHARES, generate, wanted
from kulant_cli.telling import daily_facts, opening_facts
from kulant_contracts.erp import ErpInvoiceIssuedV1

SEEDS = range(1, 6)


@cache
def book(seed=1, customers=200, weeks=12):
    return generate(tenant="t", customers=customers, weeks=weeks, seed=seed)


def small(seed=1):
    return generate(tenant="t", customers=12, weeks=3, seed=seed)


def test_the_same_seed_gives_the_same_book():
    assert small() == small()
    assert small() != small(seed=2)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_default_ledger_has_everybody_and_everything(seed):
    whole = book(seed)
    facts = daily_facts(whole)
    assert sum(isinstance(fact.data, ErpInvoiceIssuedV1) and fact.data.version == 1 for fact in facts) >= 800
    assert len(whole.customers) == 200
    assert {customer.kind for customer in whole.customers} == {"business", "consumer", "public"}
    assert {customer.place.country for customer in whole.customers} == {"DE", "AT", "CH", "NL", "GB"}
    assert {invoice.creditor_id for invoice in whole.invoices} == {creditor.creditor_id for creditor in whole.creditors}
    assert {invoice.currency for invoice in whole.invoices} == {"EUR", "CHF", "GBP"}
    habits = Counter(customer.habit for customer in whole.customers)
    assert habits == SHARES
    assert (whole.last_on - FIRST_DAY).days == 83
    assert len(opening_facts(whole)) == 203


def _lateness(whole):
    """Days late of every invoice whose whole story lies within the ledger, by customer."""
    by_id = {invoice.invoice_id: invoice for invoice in whole.invoices}
    last = {}
    for payment in whole.payments:
        last[payment.invoice_id] = max(last.get(payment.invoice_id, payment.at), payment.at)
    seen_out = whole.last_on - timedelta(days=MOST_LATE_DAYS)
    return [
        (by_id[invoice_id].customer_id, (at.date() - by_id[invoice_id].due_on).days)
        for invoice_id, at in last.items()
        if by_id[invoice_id].due_on <= seen_out
    ]


def test_its_payers_are_as_late_as_real_ones():
    days = [late for seed in SEEDS for _, late in _lateness(book(seed))]
    late = [one for one in days if one > 0]
    assert 0.31 < len(late) / len(days) < 0.40
    assert 9.0 < sum(late) / len(late) < 11.5
    assert max(late) <= MOST_LATE_DAYS
    weeks = Counter(one // 7 for one in late)
    assert weeks[0] > weeks[1] > weeks[2] > weeks[3]


def test_who_was_late_once_is_likelier_to_be_late_again():
    again = {True: [], False: []}
    for seed in SEEDS:
        by_customer = {}
        for customer_id, days in _lateness(book(seed)):
            by_customer.setdefault(customer_id, []).append(days > 0)
        for first, *others in by_customer.values():
            again[first] += others
    after_late, after_punctual = (sum(again[was_late]) / len(again[was_late]) for was_late in (True, False))
    assert after_late > 1.4 * after_punctual


@pytest.mark.parametrize("seed", SEEDS)
def test_nobody_pays_more_than_was_invoiced_or_outside_the_weeks(seed):
    whole = book(seed)
    returned = {(one.payment.payment_id, one.payment.at) for one in whole.returns}
    paid = Counter()
    for payment in whole.payments:
        assert FIRST_DAY <= payment.at.date() <= whole.last_on
        if payment.is_allocated and (payment.payment_id, payment.at) not in returned:
            paid[payment.invoice_id] += payment.amount_minor
    assert all(paid[invoice.invoice_id] <= invoice.amount_minor for invoice in whole.invoices)
    told = Counter((payment.payment_id, payment.is_allocated) for payment in whole.payments)
    assert set(told.values()) == {1}


@pytest.mark.parametrize("seed", SEEDS)
def test_what_the_erp_brings_about_itself_is_there_often_enough(seed):
    whole = book(seed)
    payments = Counter(payment.payment_id for payment in whole.payments)
    assert sum(count == 2 for count in payments.values()) >= EACH_BEHAVIOUR, "unallocated first"
    assert sum(one.payment.method == "direct_debit" for one in whole.returns) >= EACH_BEHAVIOUR
    assert sum(one.payment.method != "direct_debit" for one in whole.returns) >= EACH_BEHAVIOUR
    assert len(whole.corrections) >= EACH_BEHAVIOUR
    assert {one.way for one in whole.corrections} == {"adjustment", "credit_note", "new_version"}
    assert len(whole.new_addresses) >= EACH_BEHAVIOUR
    assert sum(payment.racing for payment in whole.payments) >= EACH_BEHAVIOUR


@pytest.mark.parametrize(
    ("customers", "weeks", "expected"), [(200, 12, 5), (400, 20, 5), (200, 6, 2), (100, 12, 2), (50, 4, 0)]
)
def test_how_often_everything_must_happen_goes_with_the_size(customers, weeks, expected):
    assert wanted(customers, weeks) == expected


@pytest.mark.parametrize(("customers", "weeks"), [(1, 1), (7, 2), (60, 1), (20, 30)])
def test_other_sizes_work(customers, weeks):
    whole = generate(tenant="t", customers=customers, weeks=weeks, seed=1)
    assert len(whole.customers) == customers
    assert len({customer.email for customer in whole.customers}) == customers
    assert daily_facts(whole)


def test_a_handful_of_customers_has_a_race_in_it():
    assert Habit.RACING in {customer.habit for customer in generate(tenant="t", customers=3, weeks=2, seed=9).customers}


def test_all_names_are_fictional_and_no_two_customers_are_called_alike():
    whole = book()
    assert all(customer.email.endswith(".t.example.org") for customer in whole.customers)
    assert all(creditor.domain.endswith(".example.com") for creditor in whole.creditors)
    named = [customer.name for customer in whole.customers if customer.kind != "consumer"]
    assert len(set(named)) == len(named)
