"""A payment counts for the invoice that it names, whoever paid, in whatever order the facts come."""

from dataclasses import replace
from itertools import permutations

import pytest
from invoice_builders import a_customer, a_payment, a_tenant, an_account, an_allocation, an_invoice
from invoice_fakes import FakeUnitOfWork

from invoice_service.domain.balance import Balance, balances
from invoice_service.domain.money import Money
from invoice_service.domain.trail import Trail
from invoice_service.usecases.record_facts import Outcome, Told, record_facts

OF_OWNER = an_invoice()
BY_ANOTHER = a_payment(an_allocation(), customer_id="c0")
CORRECTED = a_payment(an_allocation(invoice_id="inv-2"), customer_id="c2", version=2)
SECOND = an_invoice("inv-2", customer_id="c3")


async def tell(uow, *facts):
    return await record_facts(uow, [Told(fact, Trail()) for fact in facts])


def open_of(uow, customer_id="c1", invoice_id="inv-1"):
    return uow.known_accounts["acme", customer_id].invoices[invoice_id].standings["i1"].open_minor


@pytest.mark.parametrize("facts", list(permutations([OF_OWNER, BY_ANOTHER, replace(BY_ANOTHER, version=0)])))
@pytest.mark.parametrize("at_once", [True, False])
async def test_another_customers_payment_settles_in_any_order(facts, at_once):
    uow = FakeUnitOfWork()
    await tell(uow, a_tenant())

    for batch in [facts] if at_once else [[fact] for fact in facts]:
        await tell(uow, *batch)

    assert open_of(uow) == 0


@pytest.mark.parametrize("facts", list(permutations([OF_OWNER, SECOND, BY_ANOTHER, CORRECTED])))
@pytest.mark.parametrize("at_once", [True, False])
async def test_a_correction_that_names_another_payer_leaves_nothing_of_the_old_version(facts, at_once):
    uow = FakeUnitOfWork()
    await tell(uow, a_tenant())

    for batch in [facts] if at_once else [[fact] for fact in facts]:
        assert await tell(uow, *batch) == [Outcome.ACCEPTED] * len(batch)

    assert (open_of(uow), open_of(uow, "c3", "inv-2")) == (11900, 0)


async def test_payments_of_one_id_and_version_by_two_customers_both_count():
    uow = FakeUnitOfWork()
    half = a_payment(an_allocation(5000))

    await tell(uow, a_tenant(), OF_OWNER, half, replace(half, customer_id="c0"))

    assert open_of(uow) == 1900


async def test_whose_invoice_another_pays_is_locked_before_it_changes():
    uow = FakeUnitOfWork()
    await tell(uow, a_tenant(), OF_OWNER)
    assert (uow.met, uow.locked) == ([("acme", False)], set())

    await tell(uow, BY_ANOTHER)

    assert uow.met[-1] == ("acme", True)
    assert ("acme", "c1") in uow.locked


async def test_a_payment_of_ones_own_known_invoice_keeps_nobody_waiting():
    uow = FakeUnitOfWork()
    await tell(uow, a_tenant(), OF_OWNER)
    uow.met.clear()

    await tell(uow, a_customer(), a_payment(an_allocation()))

    assert (uow.met, uow.locked) == ([], set())


def test_what_was_paid_for_another_is_no_credit_of_the_payer():
    payer = an_account(replace(a_payment(an_allocation()), money=Money(12000, "EUR")))

    assert balances(payer)["EUR"] == Balance(credit_minor=100)
    assert balances(an_account(BY_ANOTHER)) == {}


@pytest.mark.parametrize("is_at_once", [True, False])
@pytest.mark.parametrize("is_reversed", [True, False])
async def test_credit_goes_with_the_payer_of_the_highest_version(is_at_once, is_reversed):
    """Also when both versions come in one batch, in whatever order."""
    uow = FakeUnitOfWork()
    await tell(uow, a_tenant())
    first = replace(a_payment(), money=Money(500, "EUR"))
    facts = [first, replace(first, version=2, customer_id="c2")]
    facts = facts[::-1] if is_reversed else facts

    for batch in [facts] if is_at_once else [[fact] for fact in facts]:
        await tell(uow, *batch)

    credit = {
        customer_id: sum(one.amount_minor for one in account.credits.values())
        for (_, customer_id), account in uow.known_accounts.items()
    }
    assert {name: minor for name, minor in credit.items() if minor} == {"c2": 500}
