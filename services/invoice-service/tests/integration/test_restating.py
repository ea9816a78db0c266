"""State told again, on a real PostgreSQL."""

from invoice_wire import (
    creditor_changed,
    customer_changed,
    hold_changed,
    invoice_cancelled,
    invoice_issued,
    payment_received,
    tenant_changed,
)

from invoice_service.bus.watches import restating
from invoice_service.main import unit_of_work

KEY = {"idempotency-key": "k1"}


async def ask(client, **body):
    return await client.call("POST", "/v1/restatements", json=body, headers=KEY)


async def work(desk) -> None:
    step = restating(desk.database, unit_of_work)._step
    while await step():
        pass


def versions(events) -> dict:
    """The last version that was told of each thing."""
    found = {}
    for event in events:
        data = event.data
        for item in getattr(data, "items", [data]):
            names = ("invoice_id", "item_id", "hold_id", "creditor_id", "customer_id")
            found[event.envelope.partitionkey, *(getattr(item, name, None) for name in names)] = item.version
    return found


async def test_current_state_is_told_again_in_the_same_versions(desk, client):
    await desk.deliver(
        tenant_changed(),
        creditor_changed(),
        customer_changed(),
        customer_changed("c2"),
        hold_changed(),
        invoice_issued(),
        invoice_issued("paid"),
        invoice_issued("void"),
        invoice_issued("other", customer_id="c2"),
        payment_received(invoice_id="paid", amount="120.00"),
        invoice_cancelled("void"),
    )
    before = await desk.told()
    state = await desk.whole_state()

    ordered = (await ask(client)).json()
    await work(desk)

    again = await desk.told()
    assert versions(again) == versions(before)
    last = {event.envelope.partitionkey: event.envelope.sequence for event in before}
    assert {event.envelope.baseline for event in again if event.envelope.partitionkey == "acme/c1"} == {last["acme/c1"]}
    assert {event.envelope.baseline for event in again if event.envelope.partitionkey == "acme"} == {last["acme"]}
    assert [event.envelope.type.split(".")[-2] for event in again if event.data.TYPE.startswith("kulant.invoice")] == [
        "registered",
        "registered",
        "cancelled",
        "registered",
    ]
    assert await desk.whole_state() == state
    shown = await client.call("GET", f"/v1/restatements/{ordered['restatement_id']}")
    assert shown.json()["is_done"] is True


async def test_one_customer_alone_is_told_with_what_is_tenant_wide(desk, client):
    await desk.deliver(tenant_changed(), customer_changed(), customer_changed("c2"))
    await desk.told()

    await ask(client, customer_id="c2")
    await work(desk)

    assert [event.envelope.partitionkey for event in await desk.told()] == ["acme", "acme/c2"]


async def test_many_customers_are_told_in_parts_each_once(desk, client):
    customers = [customer_changed(f"c{number:03}") for number in range(120)]
    await desk.deliver(tenant_changed(), *customers)
    await desk.told()

    await ask(client)
    await work(desk)

    told = [event.envelope.partitionkey for event in await desk.told()]
    assert told == ["acme", *(f"acme/c{number:03}" for number in range(120))]


async def test_no_reminder_becomes_stale_by_it(desk, client):
    await desk.deliver(tenant_changed(), customer_changed(), invoice_issued())
    seen = (await desk.told())[-1].envelope.sequence
    await ask(client)
    await work(desk)

    question = {
        "reminder_id": "r",
        "customer_id": "c1",
        "kind": "reminder",
        "items": [{"item_id": "inv-1-1", "invoice_id": "inv-1", "open": {"amount": "119.00", "currency": "EUR"}}],
        "seen": {"invoice-service": seen},
    }
    answered = await client.call("POST", "/v1/clearances", json={"reminders": [question]})

    assert answered.json()["results"][0]["answer"] == "clear"


async def test_an_order_is_an_operators_and_acts_once(desk, client):
    await desk.deliver(tenant_changed())
    assert (await client.call("POST", "/v1/restatements", json={}, token="erp", headers=KEY)).status_code == 403
    assert (await client.call("POST", "/v1/restatements", json={})).status_code == 400

    first, second = await ask(client), await ask(client)

    assert (first.status_code, first.json()) == (202, second.json())
    unknown = "/v1/restatements/00000000-0000-7000-8000-000000000000"
    assert (await client.call("GET", unknown)).status_code == 404
    path = f"/v1/restatements/{first.json()['restatement_id']}"
    assert (await client.call("GET", path, tenant="other")).status_code == 404


async def test_a_tenant_of_whom_nothing_was_told_is_not_known(client):
    assert (await ask(client)).status_code == 404
