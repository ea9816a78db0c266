"""The HTTP side, on a real PostgreSQL."""

import base64
import json

import pytest
from invoice_wire import NOW, TRACEPARENT, as_bytes, customer_changed, invoice_issued, payment_received, tenant_changed

ONE = {"content-type": "application/cloudevents+json"}
BATCH = {"content-type": "application/cloudevents-batch+json"}


def batch_of(*events) -> bytes:
    return b"[" + b",".join(event if isinstance(event, bytes) else as_bytes(event) for event in events) + b"]"


async def test_one_event_is_applied_and_the_second_time_a_duplicate(desk, client):
    fact = as_bytes(tenant_changed())

    first = await client.call("POST", "/v1/events", content=fact, headers=ONE, token="erp")
    second = await client.call("POST", "/v1/events", content=fact, headers=ONE, token="erp")

    assert (first.status_code, first.json()["result"]) == (202, "accepted")
    assert (second.status_code, second.json()["result"]) == (202, "duplicate")
    assert await desk.types() == ["tenant.changed"]


async def test_binary_mode_is_understood(desk, client):
    event = tenant_changed()
    attributes = event.envelope
    headers = {
        "content-type": "application/json",
        "ce-specversion": "1.0",
        "ce-id": "1",
        "ce-source": "/test/erp",
        "ce-type": attributes.type,
        "ce-time": "2026-03-01T12:00:00Z",
        "ce-tenantid": "acme",
    }

    answer = await client.call("POST", "/v1/events", content=event.data.model_dump_json(), headers=headers)

    assert (answer.status_code, answer.json()["result"]) == (202, "accepted")


async def test_a_batch_takes_what_is_good(desk, client):
    broken = json.loads(as_bytes(invoice_issued("broken")))
    broken["data"]["total"]["amount"] = "1.00"
    unknown = json.loads(as_bytes(tenant_changed()))
    unknown["type"] = "kulant.erp.weather.changed.v1"
    foreign = invoice_issued("foreign", customer_id="c2", version=9)
    content = batch_of(
        tenant_changed(),
        customer_changed(),
        invoice_issued(),
        json.dumps(broken).encode(),
        json.dumps(unknown).encode(),
        b"7",
        invoice_issued("inv-1", customer_id="c2", version=9),
        tenant_changed(tenant="other"),
        foreign,
        foreign,
    )

    answer = await client.call("POST", "/v1/events", content=content, headers=BATCH)

    results = answer.json()["results"]
    assert answer.status_code == 202
    assert [result["result"] for result in results] == [
        *["accepted"] * 3,
        *["problem"] * 5,
        "accepted",
        "duplicate",
    ]
    assert results[3]["problem"]["type"] == "urn:kulant:problem:event-malformed"
    assert results[7]["problem"]["type"] == "urn:kulant:problem:tenant-denied"
    assert sorted(row[2] for row in await desk.state()) == ["foreign", "inv-1"]


async def test_one_event_that_is_a_problem_is_422(client):
    bad = as_bytes(tenant_changed()).replace(b"Europe/Berlin", b"Europe/Atlantis")

    answer = await client.call("POST", "/v1/events", content=bad, headers=ONE)

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert "Atlantis" not in answer.text


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        pytest.param(b"{}", BATCH, 422, id="no-list"),
        pytest.param(b"[" + b"{}," * 1000 + b"{}]", BATCH, 422, id="too-many"),
        pytest.param(b"a=b", {"content-type": "application/x-www-form-urlencoded"}, 415, id="a-form"),
    ],
)
async def test_a_body_that_carries_no_events_is_refused(client, content, headers, status):
    assert (await client.call("POST", "/v1/events", content=content, headers=headers)).status_code == status


async def test_an_empty_batch_is_answered(client):
    answer = await client.call("POST", "/v1/events", content=b"[]", headers=BATCH)

    assert (answer.status_code, answer.json()) == (202, {"results": []})


async def test_a_reader_may_not_tell(client):
    answer = await client.call("POST", "/v1/events", content=b"[]", headers=BATCH, token="reader")

    assert answer.status_code == 403


async def test_a_batch_whose_events_would_be_too_large_is_taken_one_by_one(desk, client, monkeypatch):
    monkeypatch.setattr("kulant_chassis.transaction.MAX_EVENT_BYTES", 2_000)
    large = invoice_issued("large", subject="x" * 400, terms_text="y" * 2_000)

    content = batch_of(tenant_changed(), large, invoice_issued())
    answer = await client.call("POST", "/v1/events", content=content, headers=BATCH)

    assert [result["result"] for result in answer.json()["results"]] == ["accepted", "problem", "accepted"]


LARGEST = "9" * 13 + ".99"


async def test_a_fact_that_adds_up_to_more_than_an_amount_may_be_is_refused_and_the_others_are_taken(desk, client):
    facts = [payment_received(name, amount=LARGEST, invoice_id=None) for name in ("p1", "p2")]

    answer = await client.call(
        "POST", "/v1/events", content=batch_of(tenant_changed(), customer_changed(), *facts), headers=BATCH
    )

    told = [result["result"] for result in answer.json()["results"]]
    assert told == ["accepted", "accepted", "accepted", "problem"]


@pytest.mark.parametrize("path", ["/v1/aging", "/v1/customers/c1"])
async def test_a_sum_that_no_amount_can_say_is_a_problem_and_no_failure(desk, client, path):
    await desk.deliver(
        tenant_changed(),
        customer_changed(),
        *(invoice_issued(name, amount=LARGEST, due_on="2026-02-01") for name in ("i1", "i2")),
    )

    answer = await client.call("GET", path)

    assert (answer.status_code, answer.json()["type"]) == (422, "urn:kulant:problem:amount-too-large")


async def test_a_test_clock_begins_at_its_tenants_first_fact_and_only_moves_forward(desk, client):
    await desk.deliver(tenant_changed())
    await desk.deliver(tenant_changed(version=2, name="New", time=NOW.replace(year=2027)))
    await desk.told()

    async def move(now_at):
        return (await client.call("PUT", "/v1/test-clock", json={"now_at": now_at})).status_code

    assert (await client.call("GET", "/v1/test-clock")).json() == {"now_at": "2026-03-01T12:00:00Z"}
    assert await move("2026-03-01T13:00:00+01:00") == 200
    assert await desk.types() == []
    assert await move("2026-03-01T11:59:59Z") == 409
    assert await move("2026-03-01T12:00:01Z") == 200
    (changed,) = await desk.told()
    assert changed.data.test_now_at == changed.envelope.time
    assert changed.data.settings_version < changed.data.version
    assert await move("not a time") == 422


@pytest.mark.parametrize("mode", ["live", None])
async def test_a_live_or_unknown_tenant_has_no_test_clock(desk, client, mode):
    if mode:
        await desk.deliver(tenant_changed(mode=mode))

    for answer in (
        await client.call("GET", "/v1/test-clock"),
        await client.call("PUT", "/v1/test-clock", json={"now_at": "2026-03-01T12:00:00Z"}),
    ):
        assert answer.status_code == 404


async def test_only_an_operator_moves_the_clock(desk, client):
    await desk.deliver(tenant_changed())

    answer = await client.call("PUT", "/v1/test-clock", json={"now_at": "2027-01-01T00:00:00Z"}, token="erp")

    assert answer.status_code == 403


async def test_items_are_listed_page_by_page_and_by_state(desk, client):
    late = [invoice_issued(f"late-{number}", due_on="2026-02-01") for number in range(5)]
    await desk.deliver(tenant_changed(), *late, invoice_issued("early"), payment_received(invoice_id="late-3"))

    listed, cursor = [], ""
    while cursor is not None:
        query = "state=overdue&limit=3" + (f"&cursor={cursor}" if cursor else "")
        page = (await client.call("GET", f"/v1/items?{query}", token="reader")).json()
        listed += [item["invoice_id"] for item in page["items"]]
        cursor = page["next"]

    assert listed == ["late-0", "late-1", "late-2", "late-4"]
    assert len((await client.call("GET", "/v1/items")).json()["items"]) == 6
    assert (await client.call("GET", "/v1/items?cursor=xyz")).status_code == 422


async def test_an_invoice_is_shown_under_any_id(desk, client):
    await desk.deliver(tenant_changed(), invoice_issued("2026/0001 a"))

    shown = (await client.call("GET", "/v1/invoices/2026%2F0001%20a")).json()

    assert shown["items"][0]["open"] == {"amount": "119.00", "currency": "EUR"}
    assert (await client.call("GET", "/v1/invoices/other")).status_code == 404


async def test_a_customer_is_shown_with_what_it_owes_and_has_too_much(desk, client):
    await desk.deliver(
        tenant_changed(),
        customer_changed(),
        invoice_issued("a"),
        invoice_issued("b", due_on="2026-02-01"),
        payment_received("p", invoice_id="a", amount="200.00"),
        payment_received("q", invoice_id=None, amount="5.00"),
        payment_received("r", invoice_id="unheard", amount="7.00"),
    )

    shown = (await client.call("GET", "/v1/customers/c1")).json()

    (balance,) = shown["balances"]
    assert shown["told"]["name"] == "Customer"
    assert {name: money["amount"] for name, money in balance.items()} == {
        "open": "119.00",
        "overdue": "119.00",
        "credit": "86.00",
    }
    assert (await client.call("GET", "/v1/customers/nobody")).status_code == 404


async def test_nothing_of_another_tenant_is_shown(desk, client):
    await desk.deliver(tenant_changed(), customer_changed(), invoice_issued())

    for path in ("/v1/invoices/inv-1", "/v1/customers/c1"):
        assert (await client.call("GET", path, tenant="other")).status_code == 404
    assert (await client.call("GET", "/v1/items", tenant="other")).json()["items"] == []
    assert (await client.call("GET", "/v1/items", token="reader", tenant="other")).status_code == 403


async def test_an_event_over_http_keeps_its_trace(desk, client):
    await desk.deliver(tenant_changed())
    await desk.told()

    content = as_bytes(invoice_issued(traceparent=TRACEPARENT))
    await client.call("POST", "/v1/events", content=content, headers=ONE)

    (registered,) = await desk.told()
    assert registered.envelope.traceparent == TRACEPARENT


@pytest.mark.parametrize("strange", ["%00", "a%00b", "%0A", "a%7Fb"])
@pytest.mark.parametrize("kind", ["invoices", "customers"])
async def test_an_id_with_control_characters_is_unknown(desk, client, kind, strange):
    await desk.deliver(tenant_changed())

    answer = await client.call("GET", f"/v1/{kind}/{strange}", token="reader")

    assert answer.status_code == 404


async def test_a_cursor_with_control_characters_is_refused(desk, client):
    cursor = base64.urlsafe_b64encode(json.dumps(["a\0", "b"]).encode()).decode()

    answer = await client.call("GET", f"/v1/items?cursor={cursor}", token="reader")

    assert answer.status_code == 422


async def test_asking_for_the_test_clock_opens_no_writing_transaction(desk, client, monkeypatch):
    await desk.deliver(tenant_changed())

    def refuse():
        raise AssertionError("a transaction that may write")

    monkeypatch.setattr(desk.database, "begin", refuse)
    answer = await client.call("GET", "/v1/test-clock", token="reader")

    assert (answer.status_code, answer.json()["now_at"]) == (200, "2026-03-01T12:00:00Z")
