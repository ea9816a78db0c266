import asyncio
import json
import re
from datetime import timedelta
from html import unescape
from itertools import permutations

import pytest
from feedback_builders import NOW, REMINDER_ID, an_item
from feedback_events import (
    creditor_changed,
    everything,
    item,
    item_settled,
    promise_taken_up,
    reminder_requested,
    tenant_changed,
)

from kulant_contracts.envelope import CONTENT_TYPE_HEADER, decode
from kulant_contracts.registry import EVENTS

from .conftest import GATE, OPERATOR, page_of

PAGE = page_of(REMINDER_ID)
TABLES = ("item", "customer", "creditor", "reminder", "message_sent", "response", "outbox", "key_row")


async def form(feedback, kind="promise", **fields):
    html = (await feedback.http.get(PAGE)).text
    section = next(part for part in html.split("<form ") if f'value="{kind}"' in part)
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', section))
    return {name: unescape(value) for name, value in hidden.items()} | fields


async def promise(feedback):
    return await form(feedback, "promise", pay_on="2026-05-29", amount="100.00")


async def published(feedback):
    rows = await feedback.rows("SELECT value, traceparent FROM outbox ORDER BY id")
    return [(decode(value, [CONTENT_TYPE_HEADER], EVENTS), traceparent) for value, traceparent in rows]


async def clearance(feedback, seen):
    question = {"reminder_id": "r", "customer_id": "c-1", "kind": "reminder", "items": [], "seen": seen}
    answer = await feedback.http.post("/v1/clearances", json={"reminders": [question]}, headers=GATE)
    assert answer.status_code == 200
    return answer.json()["results"][0]


async def test_the_page_shows_what_the_other_services_said(feedback):
    await feedback.read(*everything())

    html = (await feedback.http.get(PAGE)).text

    for shown in ("Lindenhof GmbH", "Café Morgenrot", "€119.00", "DE89", "our message of 19 May 2026"):
        assert shown in html


async def test_looking_writes_no_row(feedback):
    await feedback.read(*everything())
    before = [await feedback.rows(f"SELECT * FROM {table} ORDER BY 1, 2") for table in TABLES]

    for _ in range(3):
        await feedback.http.get(PAGE)

    assert [await feedback.rows(f"SELECT * FROM {table} ORDER BY 1, 2") for table in TABLES] == before


async def test_an_answer_is_a_fact_before_it_is_acknowledged(feedback):
    await feedback.read(*everything())

    answer = await feedback.http.post(PAGE, data=await promise(feedback))

    assert answer.status_code == 303
    ((event, _),) = await published(feedback)
    assert event.envelope.type == "kulant.response.promise_made.v1"
    assert event.envelope.sequence == 1
    assert event.envelope.correlationid == "erp-1"
    assert event.data.money.amount == "100.00"
    assert event.data.said_at == event.envelope.time == NOW
    assert "You will pay €100.00 on 29 May 2026." in (await feedback.http.get(answer.headers["location"])).text


async def test_the_same_answer_at_the_same_time_is_recorded_once(feedback):
    await feedback.read(*everything())
    fields = await promise(feedback)

    answers = await asyncio.gather(*(feedback.http.post(PAGE, data=fields) for _ in range(5)))

    assert {(answer.status_code, answer.headers["location"]) for answer in answers} == {
        (303, answers[0].headers["location"])
    }
    assert len(await published(feedback)) == 1


async def test_answers_of_one_customer_are_numbered_without_a_gap(feedback):
    await feedback.read(*everything())
    forms = [await promise(feedback) for _ in range(4)]

    await asyncio.gather(*(feedback.http.post(PAGE, data=fields) for fields in forms))

    assert sorted(event.envelope.sequence for event, _ in await published(feedback)) == [1, 2, 3, 4]


async def test_an_answer_makes_every_decision_before_it_stale(feedback):
    await feedback.read(*everything())
    assert await clearance(feedback, {}) == {"reminder_id": "r", "answer": "clear", "reason": None, "sequence": 0}

    await feedback.http.post(PAGE, data=await promise(feedback))

    assert (await clearance(feedback, {}))["answer"] == "stale"
    assert (await clearance(feedback, {"feedback-service": 0}))["answer"] == "stale"
    assert (await clearance(feedback, {"feedback-service": 1, "invoice-service": 7}))["answer"] == "clear"
    assert await clearance(feedback, {"feedback-service": 2}) == {
        "reminder_id": "r",
        "answer": "stale",
        "reason": "seen_not_recorded",
        "sequence": 1,
    }


async def test_a_clearance_is_bound_to_its_tenant_and_role(feedback):
    await feedback.read(*everything())
    await feedback.http.post(PAGE, data=await promise(feedback))
    question = {"reminder_id": "r", "customer_id": "c-1", "kind": "reminder", "items": [], "seen": {}}
    body = {"reminders": [question]}

    other = await feedback.http.post("/v1/clearances", json=body, headers={**GATE, "Kulant-Tenant": "other"})
    reader = await feedback.http.post("/v1/clearances", json=body, headers={**GATE, "Authorization": "Bearer reader"})

    assert other.json()["results"][0]["answer"] == "clear"
    assert reader.status_code == 403


@pytest.mark.parametrize("order", range(6))
async def test_the_order_of_facts_does_not_matter(feedback, order):
    await feedback.read(creditor_changed(2, "New name GmbH"))
    facts = [item(), item_settled(), reminder_requested()]
    for fact in list(permutations(facts))[order]:
        await feedback.read(fact)
    await feedback.read(tenant_changed())
    await feedback.read(creditor_changed(1, "Old name GmbH"))

    html = (await feedback.http.get(PAGE)).text

    assert "nothing is due" in html
    assert "New name GmbH" in html


async def test_a_batch_may_name_the_same_entity_twice(feedback):
    await feedback.read(*everything(), item_settled(version=4), item(version=2), *everything())

    assert "nothing is due" in (await feedback.http.get(PAGE)).text


async def test_a_reminder_that_is_quicker_than_its_items_shows_what_it_says(feedback):
    await feedback.read(tenant_changed(), creditor_changed(), reminder_requested())

    assert "€119.00" in (await feedback.http.get(PAGE)).text


async def test_a_page_that_is_not_ready_asks_for_a_moment(feedback):
    assert (await feedback.http.get(PAGE)).status_code == 503

    await feedback.read(reminder_requested())
    assert (await feedback.http.get(PAGE)).status_code == 503


async def test_a_link_ends_90_days_later_in_the_tenants_time(feedback):
    await feedback.read(*everything())
    fields = await promise(feedback)
    await feedback.read(tenant_changed(2, NOW + timedelta(days=90)))

    assert (await feedback.http.get(PAGE)).status_code == 410
    assert (await feedback.http.post(PAGE, data=fields)).status_code == 410
    assert await published(feedback) == []


async def test_an_operator_ends_a_link_for_good(feedback):
    await feedback.read(*everything())
    path = f"/v1/pages/{REMINDER_ID}/revoke"
    keyed = {**OPERATOR, "Idempotency-Key": "k-1"}

    assert (await feedback.http.post(path, headers=OPERATOR)).status_code == 400
    assert (await feedback.http.post(path, headers={**keyed, "Kulant-Tenant": "other"})).status_code == 404
    assert (await feedback.http.post(path, headers={**GATE, "Idempotency-Key": "k-2"})).status_code == 403
    assert (await feedback.http.get(PAGE)).status_code == 200
    assert (await feedback.http.post(path, headers=keyed)).status_code == 204
    assert (await feedback.http.post(path, headers=keyed)).status_code == 204
    assert await feedback.rows("SELECT action, subjects FROM audit") == [
        ("page.revoked", {"reminder_id": str(REMINDER_ID)})
    ]

    await feedback.read(reminder_requested())
    assert (await feedback.http.get(PAGE)).status_code == 410


async def test_a_promise_that_was_taken_up_is_shown_as_agreed(feedback):
    await feedback.read(*everything())
    await feedback.http.post(PAGE, data=await promise(feedback))
    ((event, _),) = await published(feedback)

    await feedback.read(promise_taken_up("another-promise"))
    assert "Agreed" not in (await feedback.http.get(PAGE)).text

    await feedback.read(promise_taken_up(event.data.response_id))
    assert "Agreed" in (await feedback.http.get(PAGE)).text


async def test_answers_are_listed_page_by_page(feedback):
    await feedback.read(*everything())
    for _ in range(3):
        await feedback.http.post(PAGE, data=await promise(feedback))

    listed, cursor = [], ""
    while cursor is not None:
        url = f"/v1/responses?limit=2{f'&cursor={cursor}' if cursor else ''}"
        found = (await feedback.http.get(url, headers=OPERATOR)).json()
        listed += found["items"]
        cursor = found["next"]

    assert len({one["response_id"] for one in listed}) == len(listed) == 3
    assert listed[0] | {"response_id": "", "sequence": 0} == {
        "response_id": "",
        "type": "promise_made",
        "customer_id": "c-1",
        "case_id": "case-1",
        "reminder_id": str(REMINDER_ID),
        "channel": "page",
        "said_at": "2026-05-21T12:05:00Z",
        "invoice_id": "inv-RE-1",
        "item_id": "i-RE-1",
        "money": {"amount": "100.00", "currency": "EUR"},
        "on": "2026-05-29",
        "method": None,
        "details": {},
        "personal": {},
        "quote": None,
        "sequence": 0,
    }
    others = await feedback.http.get("/v1/responses", headers={**OPERATOR, "Kulant-Tenant": "other"})
    assert others.json() == {"items": [], "next": None}
    assert (await feedback.http.get("/v1/responses?customer_id=nobody", headers=OPERATOR)).json()["items"] == []


@pytest.mark.parametrize("cursor", ["x", "e30", "MjAyNi0wNS0yMVQxMjowNTowMCB4"])
async def test_a_cursor_that_we_did_not_give_is_refused(feedback, cursor):
    answer = await feedback.http.get(f"/v1/responses?cursor={cursor}", headers=OPERATOR)

    assert answer.status_code == 422
    assert json.loads(answer.text)["type"] == "urn:kulant:problem:cursor-invalid"


async def test_an_answer_about_more_than_the_reminder_becomes_several_facts_and_one_line(feedback):
    await feedback.read(*everything(), item("RE-2"))

    answer = await feedback.http.post(
        PAGE,
        data=await form(
            feedback, "paid", paid_on="2026-05-20", item=[an_item("RE-1").key.word, an_item("RE-2").key.word]
        ),
    )

    events = [event for event, _ in await published(feedback)]
    assert [event.data.item_id for event in events] == ["i-RE-1", "i-RE-2"]
    assert [event.envelope.sequence for event in events] == [1, 2]
    html = (await feedback.http.get(answer.headers["location"])).text
    assert html.count("You paid €238.00 on 20 May 2026.") == 1
