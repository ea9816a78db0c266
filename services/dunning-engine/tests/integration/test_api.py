"""The gate and the cases over HTTP, bound to roles and tenants."""

import hashlib
from datetime import date
from uuid import uuid4

import httpx2
import pytest
from engine_builders import at
from engine_wire_builders import (
    creditor_changed,
    customer_changed,
    eur,
    item_overdue,
    item_settled,
    promise_made,
    sent,
    suppressed,
    tenant_changed,
)

from dunning_engine.main import routers
from kulant_chassis.auth import TokenRecord, Tokens
from kulant_chassis.http import create_app
from kulant_contracts.case import CaseOpenedV1
from kulant_contracts.reminder import ReminderRequestedV1

STEP = at("2026-03-07", 9)


def token(name, *roles, tenants=("acme",)):
    return TokenRecord(sha256=hashlib.sha256(name.encode()).hexdigest(), tenants=tenants, roles=frozenset(roles))


async def yes():
    return True


@pytest.fixture
async def client(desk):
    records = [
        token("reads", "reader"),
        token("gate", "clearance"),
        token("other", "operator", tenants=("globex",)),
        token("runs", "operator"),
    ]
    app = create_app(
        "dunning-engine",
        routers(desk),
        tokens=Tokens({record.sha256: record for record in records}),
        is_live=lambda: True,
        is_ready=yes,
    )
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://engine") as found:
        yield found


def as_(name):
    return {"Authorization": f"Bearer {name}"}


@pytest.fixture
async def reminder(desk):
    await desk.tell(tenant_changed(STEP), creditor_changed(), customer_changed(), item_overdue())
    (found,) = await desk.said(ReminderRequestedV1)
    return found


async def ask(client, *reminders, name="gate", **changes):
    question = {
        "customer_id": "c-1",
        "kind": "reminder",
        "items": [{"item_id": "1", "open": {"amount": "119.00", "currency": "EUR"}}],
        "seen": {"invoice-service": 3},
    }
    body = {"reminders": [{**question, **changes, "reminder_id": one} for one in reminders]}
    return await client.post("/v1/clearances", json=body, headers=as_(name))


async def test_clears_a_reminder_that_stands_as_requested(client, reminder):
    response = await ask(client, reminder.reminder_id)

    assert response.status_code == 200
    assert response.json() == {"results": [{"reminder_id": reminder.reminder_id, "answer": "clear", "sequence": 1}]}


@pytest.mark.parametrize(
    ("fact", "reason"),
    [
        pytest.param(lambda r: item_settled(), "withdrawn", id="withdrawn"),
        pytest.param(lambda r: promise_made(date(2026, 3, 20)), "withdrawn", id="promised"),
        pytest.param(lambda r: sent(r, STEP), "ended", id="sent"),
        pytest.param(lambda r: suppressed(r, STEP, "expired"), "ended", id="expired"),
    ],
)
async def test_stops_a_reminder_that_does_not_stand_any_more(client, desk, reminder, fact, reason):
    await desk.tell(fact(reminder))

    (result,) = (await ask(client, reminder.reminder_id)).json()["results"]

    assert (result["answer"], result["reason"]) == ("stop", reason)


async def test_stops_while_a_fact_about_the_customer_is_missing(client, desk, reminder):
    desk.received(customer_changed(version=2))
    await desk.tell(customer_changed(version=3))

    (result,) = (await ask(client, reminder.reminder_id)).json()["results"]

    assert (result["answer"], result["reason"]) == ("stop", "fact_missing")


async def test_stops_while_a_fact_about_the_tenant_is_missing(client, desk, reminder):
    desk.received(creditor_changed(version=2))
    await desk.tell(tenant_changed(STEP, version=5))

    (result,) = (await ask(client, reminder.reminder_id)).json()["results"]

    assert (result["answer"], result["reason"]) == ("stop", "fact_missing")


async def test_answers_in_the_order_of_the_questions_and_knows_no_others(client, reminder):
    asked = [str(uuid4()), reminder.reminder_id, "not one of ours"]

    results = (await ask(client, *asked)).json()["results"]

    assert [result["reminder_id"] for result in results] == asked
    assert [result["answer"] for result in results] == ["stop", "clear", "stop"]
    assert results[0]["reason"] == results[2]["reason"] == "reminder_unknown"


async def test_a_reminder_of_another_customer_or_tenant_looks_unknown(client, reminder):
    of_other_customer = await ask(client, reminder.reminder_id, customer_id="c-2")
    of_other_tenant = await ask(client, reminder.reminder_id, name="other")

    for response in (of_other_customer, of_other_tenant):
        assert response.json()["results"][0]["reason"] == "reminder_unknown"


@pytest.mark.parametrize(
    ("method", "path", "name", "status"),
    [
        ("POST", "/v1/clearances", "reads", 403),
        ("GET", "/v1/cases", "gate", 403),
        ("GET", "/v1/cases/x", "gate", 403),
        ("GET", "/v1/cases", "nobody", 401),
        ("GET", "/v1/cases", "runs", 200),
    ],
)
async def test_each_route_wants_its_role(client, method, path, name, status):
    response = await client.request(method, path, headers=as_(name), json={"reminders": []})

    assert response.status_code == status


async def test_shows_a_case_with_its_decisions_in_words(client, desk, reminder):
    await desk.tell(sent(reminder, STEP))

    file = (await client.get(f"/v1/cases/{reminder.case_id}", headers=as_("reads"))).json()

    assert (file["customer_id"], file["creditor_id"], file["currency"], file["state"]) == ("c-1", "main", "EUR", "open")
    assert file["items"][0]["open"] == {"amount": "119.00", "currency": "EUR"}
    assert [(one["reminder_id"], one["progress"]) for one in file["reminders"]] == [(reminder.reminder_id, "said")]
    latest, first = file["decisions"]
    assert latest["in_words"] == ["Nothing about invoice R-1 yet, because its next stage begins on 2026-03-19."]
    assert first["in_words"] == ["A reminder about invoice R-1, because stage 1 began on 2026-03-07."]
    policy = desk.engine.policies[0]
    assert first["policy"] == {"code": policy.code, "version": policy.version}
    assert first["effects"]["requested"] == [reminder.reminder_id]
    assert "kulant.item.overdue.v1" in first["causes"]["types"]


async def test_a_closed_case_says_since_when(client, desk, reminder):
    await desk.tell(item_settled())

    file = (await client.get(f"/v1/cases/{reminder.case_id}", headers=as_("reads"))).json()

    assert (file["state"], file["items"], file["closed_at"]) == ("closed", [], STEP.isoformat().replace("+00:00", "Z"))


@pytest.mark.parametrize("case_id", [str(uuid4()), "nonsense"])
async def test_a_case_that_is_not_there_is_a_problem(client, case_id):
    response = await client.get(f"/v1/cases/{case_id}", headers=as_("reads"))

    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"


async def test_a_case_of_another_tenant_looks_like_one_that_is_not_there(client, reminder):
    response = await client.get(f"/v1/cases/{reminder.case_id}", headers=as_("other"))
    unknown = await client.get(f"/v1/cases/{uuid4()}", headers=as_("other"))

    assert (response.status_code, response.json()) == (404, unknown.json())


async def test_lists_cases_page_by_page(client, desk):
    await desk.tell(tenant_changed(STEP), creditor_changed())
    for number in range(5):
        one = f"c-{number}"
        await desk.tell(customer_changed(customer_id=one), item_overdue(customer_id=one, open=eur("1.00")))
    await desk.tell(item_settled(customer_id="c-0"))

    seen, cursor = [], None
    while True:
        query = {"limit": 2, "cursor": cursor} if cursor else {"limit": 2}
        page = (await client.get("/v1/cases", params=query, headers=as_("reads"))).json()
        seen.append([case["customer_id"] for case in page["items"]])
        cursor = page["next"]
        if cursor is None:
            break

    opened = [case.customer_id for case in await desk.said(CaseOpenedV1)]
    assert seen == [opened[0:2], opened[2:4], opened[4:]]


@pytest.mark.parametrize(
    ("query", "customers"),
    [
        ({"customer_id": "c-1"}, ["c-1"]),
        ({"customer_id": "c-2"}, []),
        ({"state": "open"}, ["c-1"]),
        ({"state": "closed"}, []),
    ],
)
async def test_lists_the_cases_that_are_asked_for(client, reminder, query, customers):
    page = (await client.get("/v1/cases", params=query, headers=as_("reads"))).json()

    assert [case["customer_id"] for case in page["items"]] == customers


@pytest.mark.parametrize("query", [{"cursor": "%%"}, {"cursor": "AA"}, {"limit": 0}, {"state": "asleep"}])
async def test_a_list_asked_for_in_a_wrong_way_is_a_problem(client, query):
    response = await client.get("/v1/cases", params=query, headers=as_("reads"))

    assert response.status_code == 422
    assert response.json()["type"].startswith("urn:kulant:problem:")
