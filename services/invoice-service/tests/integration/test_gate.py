"""What the gate says, on a real PostgreSQL."""

import pytest
from invoice_wire import customer_changed, eur, invoice_issued, payment_received, tenant_changed

from kulant_chassis.received import Parked
from kulant_contracts import topics


@pytest.fixture
async def seen(desk) -> int:
    """Two invoices are known; the sequence up to which a decision has seen all."""
    await desk.deliver(tenant_changed(), customer_changed(), invoice_issued(), invoice_issued("inv-2"))
    return (await desk.told())[-1].envelope.sequence


def ask(client, seen: int, *, customer_id: str = "c1", items=(("inv-1-1", "119.00"),)):
    question = {
        "reminder_id": "r1",
        "customer_id": customer_id,
        "kind": "reminder",
        "items": [{"item_id": item_id, "open": eur(amount)} for item_id, amount in items],
        "seen": {"invoice-service": seen, "feedback-service": 4},
    }
    return client.call("POST", "/v1/clearances", json={"reminders": [question]})


async def answer(client, seen: int, **more) -> tuple[str, str | None, int]:
    (result,) = (await ask(client, seen, **more)).json()["results"]
    return result["answer"], result.get("reason"), result["sequence"]


async def test_nothing_new_is_clear(client, seen):
    assert await answer(client, seen) == ("clear", None, seen)


async def test_a_payment_of_the_item_is_stale(desk, client, seen):
    await desk.deliver(payment_received(amount="1.00"))

    assert await answer(client, seen) == ("stale", "item_changed", seen + 1)
    assert await answer(client, seen + 1) == ("stale", "balance_differs", seen + 1)
    assert await answer(client, seen + 1, items=[("inv-1-1", "118.00")]) == ("clear", None, seen + 1)


async def test_a_payment_of_another_item_is_clear(desk, client, seen):
    await desk.deliver(payment_received(invoice_id="inv-2"))

    assert await answer(client, seen) == ("clear", None, seen + 1)


async def test_a_change_of_the_customer_is_stale(desk, client, seen):
    await desk.deliver(customer_changed(version=2, name="Other"))

    assert await answer(client, seen) == ("stale", "customer_changed", seen + 1)


async def test_a_hold_is_stale(desk, client, seen):
    await desk.park(Parked("acme/c1", "acme", topics.ERP, 0, 5, "unreadable", None))

    assert await answer(client, seen) == ("stale", "customer_changed", seen + 1)


async def test_having_seen_more_than_there_is_is_stale(client, seen):
    assert await answer(client, seen + 1) == ("stale", "seen_ahead", seen)


async def test_an_unknown_item_or_customer_is_stale(client, seen):
    assert await answer(client, seen, items=[("nothing", "1.00")]) == ("stale", "item_unknown", seen)
    assert await answer(client, 0, customer_id="nobody") == ("stale", "customer_unknown", 0)


async def test_many_questions_are_answered_in_their_order(desk, client, seen):
    await desk.deliver(customer_changed("c2"), invoice_issued("x", customer_id="c2"))
    questions = [
        {
            "reminder_id": f"r{number}",
            "customer_id": customer,
            "kind": "reminder",
            "items": [],
            "seen": {"invoice-service": 2},
        }
        for number, customer in enumerate(["c2", "c1", "c3"] * 300)
    ]

    answered = await client.call("POST", "/v1/clearances", json={"reminders": questions})

    results = answered.json()["results"]
    assert [result["reminder_id"] for result in results] == [f"r{number}" for number in range(900)]
    assert [result["answer"] for result in results[:3]] == ["clear", "clear", "stale"]


async def test_a_missing_seen_counts_as_nothing_seen(desk, client, seen):
    assert await answer(client, 0) == ("stale", "customer_changed", seen)


async def test_the_gate_needs_its_own_role(client, seen):
    refused = await client.call("POST", "/v1/clearances", json={"reminders": []}, token="erp")

    assert refused.status_code == 403
