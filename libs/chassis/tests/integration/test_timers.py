"""Alarms on real PostgreSQL: each key looked at once its time has come, live and test apart, failures alone."""

from datetime import timedelta
from math import inf

import pytest
from sqlalchemy import text

from kulant_chassis.clock import MovableClock
from kulant_chassis.database import Database
from kulant_chassis.failures import LockOrderViolated, TenantUnknown
from kulant_chassis.pacing import Backoff
from kulant_chassis.timers import Timers, count_due
from libs.chassis.tests.integration.conftest import NOW, migrate, until

HOUR = timedelta(hours=1)


@pytest.fixture
def clock():
    return MovableClock(NOW)


@pytest.fixture
async def database(fresh_database, clock):
    database = Database(fresh_database("chassis_toy", migrate), clock=clock)
    yield database
    await database.close()


async def arm(database, key, at):
    async with database.begin() as transaction:
        await transaction.lock([key])
        transaction.look_at(key, at)


async def follow(database, tenant, mode, now_at=None, version=1, settings_changed=True):
    async with database.begin() as transaction:
        return await transaction.follow_tenant(
            tenant, mode=mode, test_now_at=now_at, version=version, settings_changed=settings_changed
        )


async def due(database, clock):
    async with database.read() as connection:
        return await count_due(connection, clock.now())


async def look_until_nothing_is_due(database, clock, look=None):
    seen = []

    async def note(transaction, dues):
        for one in dues:
            if look is not None:
                look(one)
            transaction.look_at(one.key, None)
        seen.extend((one.key, one.now) for one in dues)

    timers = Timers(database, note)
    await timers.start()

    async def is_over():
        return await due(database, clock) == 0

    try:
        await until(is_over)
    finally:
        await timers.stop()
    return seen


async def nobody_is_behind(database):
    """As after a look at everybody; their alarms stay."""
    async with database.begin() as transaction:
        await transaction.connection.execute(
            text(
                "UPDATE key_row SET tenant_version = settings_version FROM tenant_clock"
                " WHERE key_row.tenant = tenant_clock.tenant"
            )
        )


async def test_a_live_customer_is_looked_at_when_the_wall_clock_gets_there(database, clock):
    await follow(database, "acme", "live")
    await arm(database, "acme/C1", NOW + HOUR)
    assert await due(database, clock) == 0

    clock.move(HOUR)

    assert await look_until_nothing_is_due(database, clock) == [("acme/C1", NOW + HOUR)]


async def test_a_test_customer_waits_for_its_tenants_clock_alone(database, clock):
    await follow(database, "trial", "test", now_at=NOW)
    await arm(database, "trial/C1", NOW + HOUR)
    clock.move(10 * HOUR)
    assert await due(database, clock) == 0

    await follow(database, "trial", "test", now_at=NOW + HOUR, version=2, settings_changed=False)

    assert await look_until_nothing_is_due(database, clock) == [("trial/C1", NOW + HOUR)]


async def test_a_test_clock_never_goes_back(database):
    await follow(database, "trial", "test", now_at=NOW + HOUR)
    await follow(database, "trial", "test", now_at=NOW, version=2)

    async with database.begin() as transaction:
        assert await transaction.now("trial") == NOW + HOUR


async def test_an_older_version_of_a_tenant_changes_nothing(database):
    assert await follow(database, "trial", "test", now_at=NOW, version=5)
    assert not await follow(database, "trial", "test", now_at=NOW + HOUR, version=4)


async def test_customers_are_looked_at_again_when_their_tenants_settings_change(database, clock):
    await follow(database, "acme", "live")
    await arm(database, "acme/C1", None)
    await follow(database, "acme", "live", version=2, settings_changed=False)
    assert await due(database, clock) == 0

    await follow(database, "acme", "live", version=3)

    assert [key for key, _ in await look_until_nothing_is_due(database, clock)] == ["acme/C1"]


async def test_a_customer_known_before_its_tenant_is_looked_at_when_the_tenant_arrives(database, clock):
    await arm(database, "acme/C1", None)
    await follow(database, "acme", "live")

    assert [key for key, _ in await look_until_nothing_is_due(database, clock)] == ["acme/C1"]


async def test_one_failing_look_is_set_aside_and_the_others_go_on(database, clock):
    await follow(database, "acme", "live")
    for number in range(5):
        await arm(database, f"acme/C{number}", NOW)
    failures = 0

    def look(one):
        nonlocal failures
        if one.key == "acme/C3" and failures < 3:
            failures += 1
            raise ZeroDivisionError

    seen = await look_until_nothing_is_due(database, clock, look)

    assert sorted(key for key, _ in seen) == [f"acme/C{number}" for number in range(5)]
    assert failures == 3


async def due_kinds(database, *set_aside):
    timers = Timers(database, None)
    timers._set_aside = {key: (inf, Backoff()) for key in set_aside}
    return await timers._due_kinds()


async def test_whether_anybody_is_due_on_the_machines_clock_is_asked_of_the_first_who_was_not_set_aside(database):
    await follow(database, "acme", "live")
    for name, at in [("C1", NOW), ("C2", NOW), ("C3", NOW + HOUR)]:
        await arm(database, f"acme/{name}", at)
    await nobody_is_behind(database)

    assert await due_kinds(database) == await due_kinds(database, "acme/C1") == ["live"]
    assert await due_kinds(database, "acme/C1", "acme/C2") == []


async def test_whether_anybody_is_due_is_asked_of_each_tenants_first_who_was_not_set_aside(database):
    await follow(database, "early", "test", now_at=NOW)
    await follow(database, "late", "test", now_at=NOW + HOUR)
    for tenant in ("early", "late"):
        await arm(database, f"{tenant}/C1", NOW + HOUR)
        await arm(database, f"{tenant}/C2", NOW + HOUR)
    await nobody_is_behind(database)

    assert await due_kinds(database) == await due_kinds(database, "late/C1") == ["test"]
    assert await due_kinds(database, "late/C1", "late/C2") == []

    await follow(database, "early", "test", now_at=NOW, version=2)
    assert (
        await due_kinds(database, "late/C1", "late/C2")
        == await due_kinds(database, "late/C1", "late/C2", "early/C1")
        == ["behind"]
    )
    assert await due_kinds(database, "late/C1", "late/C2", "early/C1", "early/C2") == []


async def test_the_time_of_an_unknown_tenant_cannot_be_told(database):
    async with database.begin() as transaction:
        with pytest.raises(TenantUnknown):
            await transaction.now("nobody")


async def test_locks_are_taken_in_rising_order_only(database):
    async with database.begin() as transaction:
        await transaction.lock(["acme/C2"])
        await transaction.lock(["acme/C3"])
        with pytest.raises(LockOrderViolated):
            await transaction.lock(["acme/C1"])
