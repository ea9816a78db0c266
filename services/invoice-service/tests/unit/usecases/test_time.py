from datetime import date, timedelta

import pytest
from invoice_builders import BERLIN, DUE_ON, a_customer, a_place, a_tenant, an_invoice, noon
from invoice_fakes import WALL, FakeUnitOfWork, NamedTurns

from invoice_service.domain.calendar import start_of_day
from invoice_service.domain.errors import ClockOnlyMovesForward, NoTestClock
from invoice_service.domain.tenant import Creditor, Mode
from invoice_service.domain.trail import Trail
from invoice_service.usecases.hold_unread_fact import hold_unread_fact
from invoice_service.usecases.mark_overdue import mark_overdue
from invoice_service.usecases.move_test_clock import move_test_clock
from invoice_service.usecases.record_facts import Told, record_facts

NOW = noon(date(2026, 3, 1))
OVERDUE_AT = start_of_day(DUE_ON + timedelta(days=1), BERLIN)


@pytest.fixture
async def uow():
    uow = FakeUnitOfWork()
    facts = [a_tenant(), a_customer(), an_invoice(), an_invoice("inv-2")]
    await record_facts(uow, [Told(fact, Trail(event_id="told")) for fact in facts])
    uow.told.clear()
    return uow


async def test_time_makes_items_overdue_and_each_has_a_turn_of_its_own(uow):
    uow.clocks["acme"] = OVERDUE_AT

    await mark_overdue(uow, NamedTurns(), [("acme", "c1")])

    assert [(type(fact).__name__, trail.traceparent, trail.event_id) for fact, trail in uow.told] == [
        ("ItemOverdue", "turn of inv-1", "told"),
        ("ItemOverdue", "turn of inv-2", "told"),
    ]
    assert uow.looks["acme", "c1"] is None


async def test_a_look_too_early_tells_nothing_and_arms_the_next(uow):
    await mark_overdue(uow, NamedTurns(), [("acme", "c1")])

    assert uow.told == []
    assert uow.looks["acme", "c1"] == start_of_day(DUE_ON, BERLIN)


async def test_a_look_at_a_customer_behind_its_tenant_announces_its_new_place(uow):
    await record_facts(uow, [Told(Creditor("acme", "main", 1, a_place("Asia/Tokyo", "JP")), Trail())])
    uow.told.clear()

    await mark_overdue(uow, NamedTurns(), [("acme", "c1")])

    ((fact, trail),) = uow.told
    assert fact.place == a_place("Asia/Tokyo", "JP")
    assert trail == Trail()
    assert uow.looks["acme", "c1"] == start_of_day(DUE_ON, "Asia/Tokyo")


async def test_the_clock_moves_forward_and_is_told(uow):
    await move_test_clock(uow, "acme", OVERDUE_AT, Trail(traceparent="t"))

    ((fact, trail),) = uow.told
    assert (fact.test_now_at, fact.happened_at, trail.traceparent) == (OVERDUE_AT, OVERDUE_AT, "t")
    assert fact.version > fact.settings_version
    assert uow.clocks["acme"] == OVERDUE_AT


async def test_moving_the_clock_to_where_it_stands_changes_nothing(uow):
    await move_test_clock(uow, "acme", NOW, Trail())

    assert uow.told == []


async def test_the_clock_never_goes_back(uow):
    with pytest.raises(ClockOnlyMovesForward):
        await move_test_clock(uow, "acme", NOW - timedelta(microseconds=1), Trail())


@pytest.mark.parametrize("mode", [Mode.LIVE, None])
async def test_a_live_or_unknown_tenant_has_no_clock_to_move(mode):
    uow = FakeUnitOfWork()
    if mode:
        await record_facts(uow, [Told(a_tenant(mode=mode), Trail())])

    with pytest.raises(NoTestClock):
        await move_test_clock(uow, "acme", NOW, Trail())


async def test_an_unread_fact_holds_its_customer_once(uow):
    for _ in range(2):
        await hold_unread_fact(uow, "acme", "c1", "h1", Trail())

    assert [(fact.hold.hold_id, fact.happened_at) for fact, _ in uow.told] == [("unread_fact:h1", NOW)]


async def test_an_unread_fact_holds_also_before_its_tenant_is_known():
    uow = FakeUnitOfWork()

    await hold_unread_fact(uow, "acme", "c1", "h1", Trail())

    ((fact, _),) = uow.told
    assert fact.happened_at == WALL
