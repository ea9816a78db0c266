from dataclasses import replace
from datetime import date, timedelta

from invoice_builders import (
    a_creditor,
    a_customer,
    a_payment,
    a_place,
    a_tenant,
    an_allocation,
    an_invoice,
    noon,
)
from invoice_fakes import WALL, FakeUnitOfWork

from invoice_service.domain.errors import FactRefused
from invoice_service.domain.invoice import ItemState
from invoice_service.domain.tenant import Mode
from invoice_service.domain.trail import Trail
from invoice_service.usecases.record_facts import Outcome, Told, record_facts

NOW = noon(date(2026, 3, 1))


async def tell(uow, *facts):
    return await record_facts(uow, [Told(fact, Trail(event_id=f"e{number}")) for number, fact in enumerate(facts)])


async def test_facts_are_applied_in_one_go_whatever_comes_first():
    uow = FakeUnitOfWork()

    results = await tell(uow, a_payment(an_allocation()), an_invoice(), a_customer(), a_creditor(), a_tenant())

    assert results == [Outcome.ACCEPTED] * 5
    assert uow.kinds() == ["TenantChanged", "CreditorChanged", "CustomerChanged", "InvoiceRegistered", "ItemSettled"]
    assert uow.looks == {("acme", "c1"): None}


async def test_the_same_facts_again_are_duplicates_and_tell_nothing():
    uow = FakeUnitOfWork()
    facts = [a_tenant(), a_creditor(), a_customer(), an_invoice(), a_payment(an_allocation())]
    await tell(uow, *facts)
    uow.kinds()

    assert await tell(uow, *facts) == [Outcome.DUPLICATE] * 5
    assert uow.kinds() == []


async def test_customers_of_an_unknown_tenant_are_kept_and_not_looked_at():
    uow = FakeUnitOfWork()

    await tell(uow, an_invoice(), a_creditor())

    assert uow.kinds() == []
    assert uow.looks == {}
    assert "inv-1" in uow.known_accounts["acme", "c1"].invoices


async def test_every_fact_follows_from_the_one_that_changed_its_invoice():
    uow = FakeUnitOfWork()
    other = an_invoice("inv-2")
    await tell(uow, a_tenant())
    uow.told.clear()

    await tell(uow, an_invoice(), other, a_payment(an_allocation(1)), a_customer())

    assert [(type(fact).__name__, trail.event_id) for fact, trail in uow.told] == [
        ("CustomerChanged", "e3"),
        ("InvoiceRegistered", "e2"),
        ("InvoiceRegistered", "e1"),
    ]


async def test_a_payment_that_moves_to_another_invoice_changes_both():
    uow = FakeUnitOfWork()
    await tell(uow, a_tenant(), an_invoice(), an_invoice("inv-2"), a_payment(an_allocation()))
    uow.told.clear()

    await tell(uow, replace(a_payment(an_allocation(invoice_id="inv-2")), version=2))

    assert [(type(fact).__name__, trail.event_id) for fact, trail in uow.told] == [
        ("ItemBalanceChanged", "e0"),
        ("ItemSettled", "e0"),
    ]


async def test_an_invoice_stays_with_its_first_customer():
    uow = FakeUnitOfWork()
    thief = replace(an_invoice(version=2), customer_id="c2")

    results = await tell(uow, a_tenant(), an_invoice(), thief)

    assert isinstance(results[2], FactRefused)
    assert ("acme", "c2") not in uow.known_accounts


async def test_sequences_are_kept_with_customer_and_items():
    uow = FakeUnitOfWork()

    await tell(uow, a_tenant(), a_customer(), an_invoice())

    account = uow.known_accounts["acme", "c1"]
    assert account.customer.sequence == 1
    assert account.invoices["inv-1"].standings["i1"].sequence == 2


async def test_a_test_clock_begins_at_the_first_fact_and_stays():
    uow = FakeUnitOfWork()

    await tell(uow, a_tenant())
    await tell(uow, a_tenant(version=2, told_at=NOW + timedelta(days=1), name="new"))

    assert uow.clocks == {"acme": NOW}
    assert [fact.test_now_at for fact, _ in uow.told] == [NOW, NOW]
    assert uow.told[1][0].version > uow.told[0][0].version
    assert uow.left_behind == ["acme"]


async def test_a_live_tenant_has_no_clock_of_its_own():
    uow = FakeUnitOfWork()

    await tell(uow, a_tenant(mode=Mode.LIVE))

    ((fact, _),) = uow.told
    assert (fact.test_now_at, fact.happened_at) == (None, WALL)


async def test_a_tenant_that_says_the_same_in_a_higher_version_is_not_told_again():
    uow = FakeUnitOfWork()
    await tell(uow, a_tenant(), a_creditor())
    uow.kinds()

    assert await tell(uow, a_tenant(version=2), a_creditor(version=2)) == [Outcome.ACCEPTED] * 2
    assert uow.kinds() == []
    assert await tell(uow, a_tenant(version=2, name="late"), a_creditor(version=2, name="late")) == [
        Outcome.DUPLICATE,
        Outcome.DUPLICATE,
    ]


async def test_a_tenant_never_changes_its_mode():
    uow = FakeUnitOfWork()

    results = await tell(uow, a_tenant(), a_tenant(version=2, mode=Mode.LIVE))

    assert isinstance(results[1], FactRefused)
    assert uow.kinds() == ["TenantChanged"]


async def test_only_a_new_place_leaves_customers_behind():
    uow = FakeUnitOfWork()
    await tell(uow, a_tenant(), a_creditor())
    uow.left_behind.clear()

    await tell(uow, a_creditor(version=2, name="new"))
    assert uow.left_behind == []

    await tell(uow, a_creditor(version=3, place=a_place("Asia/Tokyo", "JP")), a_tenant(version=2, place=a_place("UTC")))
    assert uow.left_behind == ["acme", "acme"]


async def test_a_settled_item_is_never_looked_at_again():
    uow = FakeUnitOfWork()

    await tell(uow, a_tenant(), an_invoice(), a_payment(an_allocation()))

    standing = uow.known_accounts["acme", "c1"].invoices["inv-1"].standings["i1"]
    assert standing.state is ItemState.SETTLED
    assert uow.looks["acme", "c1"] is None
