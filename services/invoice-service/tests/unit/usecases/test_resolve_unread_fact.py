from invoice_fakes import FakeUnitOfWork

from invoice_service.domain.trail import Trail
from invoice_service.usecases.hold_unread_fact import hold_unread_fact
from invoice_service.usecases.resolve_unread_fact import resolve_unread_fact

PLACE = "kulant.erp.v1/0/5"


async def test_all_whom_the_fact_held_are_released_once():
    uow = FakeUnitOfWork()
    for customer_id in ("c1", "c2"):
        await hold_unread_fact(uow, "acme", customer_id, PLACE, Trail())
    await hold_unread_fact(uow, "acme", "c1", "kulant.erp.v1/0/6", Trail())
    uow.told.clear()

    assert await resolve_unread_fact(uow, "acme", PLACE, Trail()) == 2
    assert await resolve_unread_fact(uow, "acme", PLACE, Trail()) == 0

    assert [(fact.hold.customer_id, fact.hold.is_set) for fact, _ in uow.told] == [("c1", False), ("c2", False)]
    assert uow.locked == {("acme", "c1"), ("acme", "c2")}


async def test_of_a_fact_that_held_nobody_nothing_is_told():
    uow = FakeUnitOfWork()

    assert await resolve_unread_fact(uow, "acme", PLACE, Trail()) == 0
    assert uow.told == []


async def test_a_fact_that_is_parked_again_holds_again_in_a_higher_version():
    uow = FakeUnitOfWork()
    await hold_unread_fact(uow, "acme", "c1", PLACE, Trail())
    await resolve_unread_fact(uow, "acme", PLACE, Trail())

    await hold_unread_fact(uow, "acme", "c1", PLACE, Trail())

    versions = [fact.version for fact, _ in uow.told]
    assert [fact.hold.is_set for fact, _ in uow.told] == [True, False, True]
    assert versions == sorted(set(versions))


async def test_somebody_elses_release_in_between_is_not_told_twice():
    class Released(FakeUnitOfWork):
        async def lock_too(self, customers):
            self.known_accounts.clear()

    uow = Released()
    await hold_unread_fact(uow, "acme", "c1", PLACE, Trail())
    uow.told.clear()

    assert (await resolve_unread_fact(uow, "acme", PLACE, Trail()), uow.told) == (0, [])
