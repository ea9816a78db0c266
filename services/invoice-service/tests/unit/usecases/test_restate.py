"""Current state is told again, in the same versions and without anything decided."""

from uuid import UUID

import pytest
from invoice_builders import (
    a_creditor,
    a_customer,
    a_hold,
    a_payment,
    a_tenant,
    a_void_invoice,
    an_allocation,
    an_invoice,
)
from invoice_fakes import FakeUnitOfWork

from invoice_service.domain.trail import Trail
from invoice_service.usecases.ports import Restatement
from invoice_service.usecases.record_facts import Told, record_facts
from invoice_service.usecases.restate import restate

ORDER = Restatement(UUID(int=1), "acme", None)
OF_ONE = Restatement(UUID(int=2), "acme", "c1")


@pytest.fixture
async def uow() -> FakeUnitOfWork:
    uow = FakeUnitOfWork()
    facts = [
        a_tenant(),
        a_creditor(),
        a_customer(),
        a_hold(),
        an_invoice(),
        an_invoice("void"),
        a_void_invoice("void"),
        a_payment(an_allocation(20000)),
    ]
    await record_facts(uow, [Told(fact, Trail()) for fact in facts])
    return uow


def told(uow) -> list[tuple[str, int]]:
    return [(type(fact).__name__, getattr(fact, "version", 0)) for fact, _ in uow.told]


async def test_all_is_told_as_it_was(uow):
    before = {name: version for name, version in told(uow) if not name.startswith("Item")}
    last = uow.told_upto("acme", "c1")
    uow.told.clear()
    uow.baselines.clear()
    uow.orders.append(ORDER)

    assert await restate(uow)

    assert dict(told(uow)) == before
    assert uow.kinds() == [
        "TenantChanged",
        "CreditorChanged",
        "CustomerChanged",
        "HoldChanged",
        "CreditChanged",
        "InvoiceRegistered",
        "InvoiceCancelled",
    ]
    assert uow.baselines == [2, 2, *[last] * 5]
    assert not await restate(uow)


async def test_of_one_customer_nothing_else_is_told(uow):
    uow.known_accounts["acme", "c9"] = uow.known_accounts["acme", "c1"]
    uow.orders.append(OF_ONE)

    while await restate(uow):
        pass

    assert uow.kinds().count("CustomerChanged") == 2
    assert uow.locked_keys == [("acme", True, ("c1",))]


async def test_what_was_never_announced_is_not_told():
    uow = FakeUnitOfWork()
    facts = [an_invoice(), a_customer(), a_hold(), a_creditor()]
    await record_facts(uow, [Told(fact, Trail()) for fact in facts])
    await record_facts(uow, [Told(a_tenant(), Trail())])
    uow.known_tenants.clear()
    uow.told.clear()
    uow.orders.append(ORDER)

    assert await restate(uow)

    assert uow.kinds() == []


async def test_an_unknown_tenant_has_nothing_to_tell():
    uow = FakeUnitOfWork()
    uow.orders.append(ORDER)

    assert await restate(uow)
    assert (uow.told, await restate(uow)) == ([], False)


async def test_many_customers_are_told_in_parts(uow):
    for number in range(120):
        uow.known_accounts["acme", f"n{number:03}"] = uow.known_accounts["acme", "c1"]
    uow.orders.append(ORDER)

    steps = 0
    while await restate(uow):
        steps += 1

    assert steps == 3
    assert [with_tenant for _, with_tenant, _ in uow.locked_keys] == [True, False, False]
