"""People act over the API: written once, decided on at once, heard at the gate, told to the ERP, on record."""

import asyncio
from datetime import date
from uuid import uuid4

import pytest
from engine_api import api_on
from engine_builders import at
from engine_wire_builders import (
    creditor_changed,
    customer_changed,
    disputed,
    eur,
    hold_changed,
    item_overdue,
    question_asked,
    tenant_changed,
)

from kulant_contracts.case import (
    CaseDisputeDecidedV1,
    CaseDisputedV1,
    CaseHeldV1,
    CasePromiseMadeV1,
    CaseResumedV1,
)
from kulant_contracts.reminder import ReminderRequestedV1, ReminderWithdrawnV1

STEP = at("2026-03-09", 9)
HOLD = {"customer_id": "c-1", "reason": "hardship", "note": "Called on Monday."}


@pytest.fixture
async def api(desk):
    async with api_on(desk) as found:
        yield found


@pytest.fixture
async def reminder(desk):
    await desk.tell(tenant_changed(STEP), creditor_changed(), customer_changed(), item_overdue())
    (found,) = await desk.said(ReminderRequestedV1)
    return found


async def problem(response):
    return response.status_code, response.json()["type"].removeprefix("urn:kulant:problem:")


async def test_an_acknowledged_hold_stops_a_reminder_at_the_gate(api, desk, reminder):
    assert await api.clearance(reminder) == "clear"

    response = await api.write("POST", "/v1/holds", HOLD)

    assert response.status_code == 201
    assert await api.clearance(reminder) == "withdrawn"
    (withdrawn,) = await desk.said(ReminderWithdrawnV1)
    assert (withdrawn.reminder_id, withdrawn.reason) == (reminder.reminder_id, "held")
    (held,) = await desk.said(CaseHeldV1)
    assert (held.hold_id, held.reason, held.case_id) == (response.json()["hold_id"], "hardship", reminder.case_id)


async def test_the_same_write_again_and_at_once_is_one_hold(api, desk, reminder):
    answers = await asyncio.gather(*(api.write("POST", "/v1/holds", HOLD, key="once") for _ in range(3)))

    assert len({answer.text for answer in answers}) == 1
    assert len((await api.get("/v1/holds")).json()["items"]) == 1
    assert len(await desk.said(CaseHeldV1)) == 1
    other = await api.write("POST", "/v1/holds", {**HOLD, "reason": "legal"}, key="once")
    assert await problem(other) == (422, "idempotency-key-reused")


async def test_a_lifted_hold_is_told_once_and_gone(api, desk, reminder):
    hold_id = (await api.write("POST", "/v1/holds", HOLD)).json()["hold_id"]

    lifted = await api.write("DELETE", f"/v1/holds/{hold_id}")

    assert lifted.json()["state"] == "lifted"
    assert [resumed.hold_id for resumed in await desk.said(CaseResumedV1)] == [hold_id]
    assert await problem(await api.write("DELETE", f"/v1/holds/{hold_id}")) == (404, "unknown")
    assert (await api.get("/v1/holds", state="set")).json()["items"] == []
    (shown,) = (await api.get("/v1/holds", state="lifted")).json()["items"]
    assert (shown["hold_id"], shown["note"], shown["source"]) == (hold_id, "Called on Monday.", "api")


async def test_the_erps_hold_is_shown_and_lifted_by_the_erp_alone(api, desk, reminder):
    await desk.tell(hold_changed(money=eur("50.00"), scope="item", scope_id="1", invoice_id="inv-1"))

    (shown,) = (await api.get("/v1/holds", customer_id="c-1")).json()["items"]

    assert (shown["source"], shown["money"]) == ("erp", {"amount": "50.00", "currency": "EUR"})
    assert (await api.write("DELETE", "/v1/holds/h-1")).status_code == 404


@pytest.mark.parametrize(
    ("body", "status", "slug"),
    [
        ({**HOLD, "customer_id": "c-2"}, 404, "unknown"),
        ({**HOLD, "scope": "invoice", "scope_id": "inv-9"}, 422, "nothing-owed"),
        ({**HOLD, "scope": "invoice"}, 422, "invalid"),
        ({**HOLD, "scope_id": "inv-1"}, 422, "invalid"),
        ({**HOLD, "reason": "unread_fact"}, 422, "invalid"),
        ({**HOLD, "money": {"amount": "0.00", "currency": "EUR"}}, 422, "invalid"),
        ({**HOLD, "customer_id": "c\x00"}, 422, "invalid"),
    ],
)
async def test_a_hold_that_cannot_be_set(api, reminder, body, status, slug):
    assert await problem(await api.write("POST", "/v1/holds", body)) == (status, slug)


async def test_a_promise_by_phone_counts_like_one_from_the_page(api, desk, reminder):
    body = {"customer_id": "c-1", "on": "2026-03-20", "money": {"amount": "119.00", "currency": "EUR"}}

    response = await api.write("POST", "/v1/promises", body)

    assert (response.status_code, await api.clearance(reminder)) == (201, "withdrawn")
    (made,) = await desk.said(CasePromiseMadeV1)
    assert (made.promise_id, made.on, made.money) == (response.json()["id"], date(2026, 3, 20), eur("119.00"))
    (shown,) = (await api.get("/v1/promises", state="open")).json()["items"]
    assert (shown["id"], shown["on"], shown["case_id"]) == (made.promise_id, "2026-03-20", reminder.case_id)
    assert (await api.get("/v1/promises", state="kept")).json()["items"] == []


async def test_a_promise_for_yesterday_is_refused(api, reminder):
    response = await api.write("POST", "/v1/promises", {"customer_id": "c-1", "on": "2026-03-08"})

    assert await problem(response) == (422, "day-over")


async def test_a_dispute_is_decided_once_and_the_erp_hears_of_both(api, desk, reminder):
    await desk.tell(disputed(money=eur("50.00"), item_id="1", invoice_id="inv-1"))
    (shown,) = (await api.get("/v1/disputes", state="open")).json()["items"]
    (task,) = (await api.get("/v1/tasks", code="decide_dispute")).json()["items"]

    path = f"/v1/disputes/{shown['id']}/decide"
    response = await api.write("POST", path, {"outcome": "rejected"})

    assert (task["about"], response.json()["state"]) == (shown["id"], "rejected")
    (said,) = await desk.said(CaseDisputedV1)
    (decided,) = await desk.said(CaseDisputeDecidedV1)
    assert (said.dispute_id, said.money, said.invoice_id) == (shown["id"], eur("50.00"), "inv-1")
    assert (decided.dispute_id, decided.outcome, decided.money) == (shown["id"], "rejected", eur("50.00"))
    assert await problem(await api.write("POST", path, {"outcome": "accepted"})) == (409, "already-decided")
    assert (await api.get("/v1/tasks", code="decide_dispute")).json()["items"] == []
    assert [one["state"] for one in (await api.get("/v1/disputes")).json()["items"]] == ["rejected"]


async def test_a_question_rests_its_item_until_somebody_says_it_is_answered(api, desk, reminder):
    await desk.tell(question_asked(item_id="1", invoice_id="inv-1"))
    (task,) = (await api.get("/v1/tasks")).json()["items"]
    (question,) = (await api.get("/v1/questions", state="open")).json()["items"]

    response = await api.write("POST", f"/v1/questions/{question['id']}/answered")

    assert (task["code"], task["about"]) == ("answer_question", question["id"])
    assert response.json()["state"] == "answered"
    assert (await api.get("/v1/tasks")).json()["items"] == []
    assert await problem(await api.write("POST", f"/v1/questions/{question['id']}/answered")) == (
        409,
        "already-answered",
    )


async def test_a_finished_task_does_not_come_back(api, desk, reminder):
    await desk.tell(hold_changed(reason="balance_differs", scope="item", scope_id="1", invoice_id="inv-1"))
    (task,) = (await api.get("/v1/tasks")).json()["items"]

    finished = await api.write("POST", f"/v1/tasks/{task['task_id']}/finish")
    await desk.tell(customer_changed(version=2))

    assert (task["code"], finished.json()["state"]) == ("balance_differs", "finished")
    assert (await api.get("/v1/tasks")).json()["items"] == []
    assert [one["task_id"] for one in (await api.get("/v1/tasks", state="finished")).json()["items"]] == [
        task["task_id"]
    ]


async def test_everything_about_a_customer_at_once(api, desk, reminder):
    await desk.tell(disputed(money=eur("50.00"), item_id="1", invoice_id="inv-1"))
    await api.write("POST", "/v1/holds", HOLD)

    file = (await api.get("/v1/customers/c-1")).json()

    assert (file["customer_id"], file["kind"], file["is_erased"]) == ("c-1", "business", False)
    assert [(one["invoice_id"], one["stage"]) for one in file["items"]] == [("inv-1", 0)]
    assert file["items"][0]["reasons"]
    assert [one["case_id"] for one in file["cases"]] == [reminder.case_id]
    assert [one["reason"] for one in file["holds"]] == ["hardship"]
    assert [one["what"] for one in file["disputes"]] == ["defective"]
    assert reminder.reminder_id in [one["reminder_id"] for one in file["reminders"]]
    assert file["decisions"][0]["causes"]["types"] == ["api.hold_set"]


async def test_a_case_explains_itself_and_tells_all_decisions_in_order(api, desk, reminder):
    await api.write("POST", "/v1/holds", HOLD)

    explanation = (await api.get(f"/v1/cases/{reminder.case_id}/explanation")).json()
    journal = (await api.get(f"/v1/cases/{reminder.case_id}/journal", limit=1)).json()
    rest = (await api.get(f"/v1/cases/{reminder.case_id}/journal", cursor=journal["next"])).json()

    assert "held" in [reason["rule"] for reason in explanation["reasons"]]
    assert explanation["messages"] == []
    assert explanation["in_words"]
    assert journal["items"][0]["outcome"] == "remind"
    assert [one["causes"]["types"] for one in rest["items"]] == [["api.hold_set"]]
    assert rest["next"] is None


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"waits_for": "held"}, 1),
        ({"waits_for": "promised"}, 0),
        ({"creditor_id": "main"}, 1),
        ({"creditor_id": "else"}, 0),
        ({"stage": 0}, 1),
        ({"stage": 1}, 0),
    ],
)
async def test_cases_are_found_by_what_they_wait_for(api, desk, reminder, query, count):
    await desk.tell(hold_changed())

    assert len((await api.get("/v1/cases", **query)).json()["items"]) == count


@pytest.mark.parametrize("sort", ["opened_at", "-opened_at", "open", "-open", "stage", "-stage"])
async def test_cases_in_every_order_page_by_page(api, desk, sort):
    await desk.tell(tenant_changed(at("2026-03-03", 9)), creditor_changed())
    for number, amount in enumerate(["5.00", "3.00", "9.00", "3.00"]):
        one = f"c-{number}"
        await desk.tell(customer_changed(customer_id=one), item_overdue(customer_id=one, open=eur(amount)))

    found, cursor = [], {}
    while cursor is not None:
        page = (await api.get("/v1/cases", limit=1, sort=sort, **cursor)).json()
        found += page["items"]
        cursor = {"cursor": page["next"]} if page["next"] else None

    values = {"opened_at": lambda c: "", "open": lambda c: float(c["open"]["amount"]), "stage": lambda c: c["stage"]}
    by = values[sort.removeprefix("-")]
    expected = sorted(found, key=lambda c: (by(c), c["case_id"]), reverse=sort.startswith("-"))
    assert [case["case_id"] for case in found] == [case["case_id"] for case in expected]
    assert len({case["customer_id"] for case in found}) == 4


WRITES = [
    ("POST", "/v1/holds", HOLD),
    ("DELETE", f"/v1/holds/{uuid4()}", None),
    ("POST", "/v1/promises", {"customer_id": "c-1", "on": "2026-03-20"}),
    ("POST", f"/v1/disputes/{uuid4()}/decide", {"outcome": "rejected"}),
    ("POST", f"/v1/questions/{uuid4()}/answered", None),
    ("POST", f"/v1/tasks/{uuid4()}/finish", None),
]


@pytest.mark.parametrize(("method", "path", "body"), WRITES)
async def test_only_an_agent_writes_and_another_tenants_things_look_unknown(api, reminder, method, path, body):
    denied = await api.write(method, path, body, name="reads")
    elsewhere = await api.write(method, path, body, name="other")

    assert await problem(denied) == (403, "role-missing")
    assert await problem(elsewhere) == (404, "unknown")


@pytest.mark.parametrize("path", ["/v1/customers/c-1", "/v1/customers/c-9", "/v1/customers/a%2Fb"])
async def test_a_customer_of_another_tenant_looks_unknown(api, reminder, path):
    assert await problem(await api.get(path, name="other")) == (404, "unknown")


async def test_every_write_is_on_record_with_who_did_it(api, reminder):
    hold_id = (await api.write("POST", "/v1/holds", HOLD)).json()["hold_id"]
    await api.write("DELETE", f"/v1/holds/{hold_id}", name="runs")

    entries = (await api.get("/v1/audit", name="runs")).json()["items"]

    assert [(one["token_name"], one["action"]) for one in entries] == [("runs", "hold.lifted"), ("acts", "hold.set")]
    assert entries[0]["subjects"] == {"customer_id": "c-1", "hold_id": hold_id}
    assert "Called" not in str(entries)
