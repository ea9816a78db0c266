"""When it is told up to which moment no payment can be missing."""

from datetime import UTC, datetime

from invoice_builders import a_creditor, a_tenant
from invoice_fakes import FakeUnitOfWork

from invoice_service.domain.freshness import ALL_ACCOUNTS, Check, PaymentsChecked
from invoice_service.domain.trail import Trail
from invoice_service.usecases.record_facts import Outcome, Told, record_facts
from invoice_service.usecases.tell_freshness import tell_freshness

ONE, TWO = (datetime(2026, 3, day, tzinfo=UTC) for day in (1, 2))


def a_check(until: datetime = ONE, *, version: int = 1, account: str = ALL_ACCOUNTS, creditor_id: str = "main"):
    return Check("acme", creditor_id, account, version, until)


async def tell(uow, *facts):
    return await record_facts(uow, [Told(fact, Trail()) for fact in facts])


def told(uow) -> list[tuple[str, datetime]]:
    found = [(one.creditor_id, one.seen_until_at) for one, _ in uow.told if isinstance(one, PaymentsChecked)]
    uow.told.clear()
    return found


async def test_a_check_alone_tells_nothing():
    uow = FakeUnitOfWork()

    assert await tell(uow, a_tenant(), a_check()) == [Outcome.ACCEPTED] * 2
    assert told(uow) == []


async def test_a_check_that_passed_is_told_once():
    uow = FakeUnitOfWork()
    await tell(uow, a_tenant(), a_check())

    await tell_freshness(uow, "acme", [a_check()])
    assert told(uow) == [("main", ONE)]
    await tell_freshness(uow, "acme", [a_check()])
    assert told(uow) == []


async def test_a_lower_or_equal_version_is_a_duplicate_even_once_it_has_passed():
    uow = FakeUnitOfWork()
    await tell(uow, a_tenant(), a_check(version=3))
    await tell_freshness(uow, "acme", [a_check(version=3)])

    assert await tell(uow, a_check(version=3), a_check(TWO, version=2)) == [Outcome.DUPLICATE] * 2


async def test_each_creditor_is_told_by_itself_and_versions_grow():
    uow = FakeUnitOfWork()
    checks = [a_check(), a_check(TWO, creditor_id="two"), a_check(TWO, version=2)]
    await tell(uow, a_tenant(), a_creditor(), *checks)

    await tell_freshness(uow, "acme", checks[:2])
    first = uow.told_freshness["acme", "main"]
    assert told(uow) == [("main", ONE), ("two", TWO)]
    await tell_freshness(uow, "acme", checks[2:])

    assert told(uow) == [("main", TWO)]
    assert uow.told_freshness["acme", "main"].version > first.version


async def test_a_creditors_account_that_nobody_checked_leaves_all_unknown():
    uow = FakeUnitOfWork()
    accounts = [{"account_id": "a"}, {"account_id": "b"}]
    await tell(uow, a_tenant(), a_creditor(bank_accounts=accounts), a_check(account="a"))

    await tell_freshness(uow, "acme", [a_check(account="a")])
    assert told(uow) == []
    await tell(uow, a_check(TWO, account="b"))
    await tell_freshness(uow, "acme", [a_check(TWO, account="b")])
    assert told(uow) == [("main", ONE)]


async def test_before_its_tenant_is_known_a_check_waits():
    uow = FakeUnitOfWork()
    await tell(uow, a_check())

    await tell_freshness(uow, "acme", [a_check()])

    assert (told(uow), uow.checks["acme", "main", "", 1][1]) == ([], False)
