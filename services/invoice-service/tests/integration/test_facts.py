"""Facts of an ERP in, events of Kulant out, on a real PostgreSQL."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest
from invoice_wire import (
    NOW,
    TRACEPARENT,
    creditor_changed,
    customer_changed,
    invoice_issued,
    payment_received,
    tenant_changed,
)

from invoice_service.domain.calendar import start_of_day
from kulant_chassis.received import Parked, Poison
from kulant_contracts import topics


async def test_an_invoice_is_announced_in_the_words_of_the_contract(desk):
    await desk.deliver(tenant_changed(), creditor_changed(), customer_changed(), invoice_issued())

    tenant, creditor, customer, registered = await desk.told()
    assert tenant.data.test_now_at == NOW
    assert tenant.envelope.partitionkey == "acme"
    assert creditor.data.legal_name == "Acme GmbH"
    assert (customer.data.time_zone, customer.data.country) == ("Europe/Berlin", "DE")
    assert registered.data.items[0].open.amount == "119.00"
    assert registered.data.items[0].state == "open"
    assert [event.envelope.sequence for event in (tenant, creditor, customer, registered)] == [1, 2, 1, 2]


async def test_everything_twice_changes_nothing(desk):
    facts = [tenant_changed(), creditor_changed(), customer_changed(), invoice_issued(), payment_received()]
    await desk.deliver(*facts)
    await desk.told()
    before = await desk.state()

    await desk.deliver(*facts)
    for fact in facts:
        await desk.deliver(fact)

    assert await desk.told() == []
    assert await desk.state() == before


async def test_facts_before_their_tenant_are_kept_and_told_once_it_comes(desk):
    await desk.deliver(payment_received(amount="19.00"), invoice_issued(), customer_changed(), creditor_changed())
    assert await desk.told() == []

    await desk.deliver(tenant_changed())
    assert await desk.types() == ["tenant.changed", "creditor.changed"]
    await desk.let_timers_work()

    customer, registered = await desk.told()
    assert customer.data.customer_id == "c1"
    assert registered.data.items[0].open.amount == "100.00"


async def test_shuffled_facts_give_the_same_state(desk):
    facts = [tenant_changed(), creditor_changed(), creditor_changed(version=2, time_zone="Pacific/Auckland")]
    for number in range(5):
        customer = f"c{number}"
        facts += [
            customer_changed(customer, version=1, time_zone="America/New_York"),
            customer_changed(customer, version=2),
            invoice_issued(f"i{number}", customer_id=customer, due_on="2026-02-28"),
            invoice_issued(f"i{number}", customer_id=customer, version=2, due_on="2026-03-02", amount="200.00"),
            payment_received(f"p{number}", customer_id=customer, invoice_id=f"i{number}", amount="50.00"),
            payment_received(f"p{number}", customer_id=customer, invoice_id=f"i{number}", amount="60.00", version=2),
            payment_received(f"q{number}", customer_id=customer, invoice_id=f"i{number}", amount=f"{number * 40}.00"),
        ]
    await desk.deliver(*facts)
    await desk.let_timers_work()
    expected = [row[1:] for row in await desk.state()]

    for seed in range(3):
        shuffled = random.Random(seed).sample(facts, len(facts))
        other = f"other-{seed}"
        for start in range(0, len(shuffled), 7):
            await desk.deliver(*(moved(fact, other) for fact in shuffled[start : start + 7]))
        await desk.let_timers_work()
        assert [row[1:] for row in await desk.state() if row[0] == other] == expected


def moved(fact, tenant):
    """The same fact about another tenant."""
    from kulant_contracts.envelope import Event, key_of

    update = {"tenantid": tenant, "partitionkey": key_of(tenant, fact.data)}
    return Event(fact.envelope.model_copy(update=update), fact.data)


async def test_timers_make_an_item_due_and_overdue_in_the_customers_zone(desk, client):
    await desk.deliver(tenant_changed(), customer_changed(time_zone="America/New_York"), invoice_issued())
    await desk.told()
    overdue_at = start_of_day(date(2026, 3, 11), "America/New_York")

    await client.call("PUT", "/v1/test-clock", json={"now_at": (overdue_at - timedelta(seconds=1)).isoformat()})
    await desk.let_timers_work()
    assert await desk.types() == ["tenant.changed", "item.due"]

    await client.call("PUT", "/v1/test-clock", json={"now_at": overdue_at.isoformat()})
    await desk.let_timers_work()
    _, overdue = await desk.told()
    assert overdue.envelope.time == overdue_at
    assert overdue.data.state == "overdue"


async def test_a_payment_settles_and_ends_the_looking(desk, client):
    await desk.deliver(tenant_changed(), customer_changed(), invoice_issued())
    await desk.deliver(payment_received())
    await desk.told()

    await client.call("PUT", "/v1/test-clock", json={"now_at": "2026-06-01T00:00:00Z"})
    await desk.let_timers_work()

    assert await desk.types() == ["tenant.changed"]


async def test_events_continue_the_chain_of_the_fact_that_led_to_them(desk, client):
    await desk.deliver(tenant_changed(), invoice_issued(traceparent=TRACEPARENT))
    registered = (await desk.told())[-1]
    issued_id = registered.envelope.causationid
    assert registered.envelope.traceparent == TRACEPARENT
    assert registered.envelope.correlationid == issued_id

    await desk.deliver(payment_received(amount="1.00"))
    (changed,) = await desk.told()
    assert changed.envelope.causationid != issued_id

    await client.call("PUT", "/v1/test-clock", json={"now_at": "2026-03-11T00:00:00Z"})
    await desk.let_timers_work()
    overdue = (await desk.told())[-1]
    assert overdue.envelope.causationid == issued_id


async def test_a_creditor_that_moves_takes_its_customers_along(desk):
    now = datetime(2026, 3, 10, 22, 30, tzinfo=UTC)
    await desk.deliver(tenant_changed(time=now), creditor_changed(), customer_changed(), invoice_issued())
    assert (await desk.types())[-1] == "item.due"

    await desk.deliver(creditor_changed(version=2, time_zone="Pacific/Auckland"))
    await desk.let_timers_work()

    assert await desk.types() == ["creditor.changed", "customer.changed", "item.overdue"]


async def test_an_invoice_of_another_customer_is_poison(desk):
    await desk.deliver(tenant_changed(), invoice_issued())

    with pytest.raises(Poison):
        await desk.deliver(invoice_issued(customer_id="c2", version=2))


@pytest.mark.parametrize("key", [None, b"c1", b"acme/c1", b"acme/other"])
async def test_a_key_of_an_erps_own_making_does_no_harm(desk, key):
    await desk.deliver(tenant_changed())

    await desk.deliver(invoice_issued(), key=key)

    assert (await desk.types())[-1] == "invoice.registered"


async def test_a_key_that_names_another_tenant_is_poison(desk):
    await desk.deliver(tenant_changed())

    with pytest.raises(Poison):
        await desk.deliver(invoice_issued(), key=b"other/c1")


async def test_a_tenant_never_changes_its_mode(desk):
    await desk.deliver(tenant_changed())

    with pytest.raises(Poison):
        await desk.deliver(tenant_changed(mode="live", version=2))


async def test_a_parked_fact_holds_its_customer_once(desk):
    await desk.deliver(tenant_changed(), customer_changed())
    await desk.told()
    parked = Parked("acme/c1", "acme", topics.ERP, 3, 17, "unreadable", None)

    await desk.park(parked)
    await desk.park(parked)

    (hold,) = await desk.told()
    assert (hold.data.reason, hold.data.state, hold.data.scope) == ("unread_fact", "set", "customer")
    assert hold.envelope.time == NOW


@pytest.mark.parametrize("key", [None, "acme", "ACME!/c1"])
async def test_a_parked_record_without_a_customer_holds_nobody(desk, key):
    await desk.park(Parked(key, None, topics.ERP, 3, 17, "unreadable", None))

    assert await desk.told() == []


async def test_a_live_tenant_lives_by_the_wall_clock(desk):
    await desk.deliver(tenant_changed(mode="live"), invoice_issued(due_on="2020-01-01"))

    tenant, registered, overdue = await desk.told()
    assert tenant.data.test_now_at is None
    assert registered.data.items[0].state == overdue.data.state == "overdue"
    assert overdue.envelope.time > datetime(2026, 1, 1, tzinfo=UTC)


async def test_the_schema_in_code_is_the_schema_in_the_database(desk):
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from invoice_service.store.tables import metadata

    def differences(connection):
        options = {"include_name": lambda name, kind, _: kind != "table" or name in metadata.tables}
        return compare_metadata(MigrationContext.configure(connection, opts=options), metadata)

    async with desk.database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []
