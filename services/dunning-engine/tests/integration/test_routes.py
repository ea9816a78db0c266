"""Every route: allowed as declared, told as documented, and another tenant's ids are like unknown ones."""

from datetime import UTC, datetime

import pytest
from engine_wire_builders import (
    creditor_changed,
    customer_changed,
    item_overdue,
    tenant_changed,
)
from httpx2 import ASGITransport, AsyncClient

from dunning_engine.config import Settings
from dunning_engine.main import service
from kulant_contracts import topics
from kulant_contracts.case import CaseOpenedV1
from kulant_contracts.reminder import ReminderRequestedV1
from kulant_contracts.response import ResponseDisputedV1, ResponseHardshipSignalledV1, ResponseQuestionAskedV1
from libs.chassis.tests.openapi_fuzz import CASES, Fuzz
from libs.chassis.tests.route_matrix import Matrix, park_one, running, set_environment, whole_app

from .conftest import Desk, migrate

STEP_AT = datetime(2026, 3, 7, 9, tzinfo=UTC)
SAID = {"customer_id": "c-1", "channel": "page", "said_at": STEP_AT}


def question(ids):
    item = {"item_id": "1", "open": {"amount": "119.00", "currency": "EUR"}}
    about = {"reminder_id": ids["reminder_id"], "customer_id": ids["customer_id"], "kind": "reminder"}
    return {"reminders": [{**about, "items": [item], "seen": {"invoice-service": 3}}]}


BODIES = {
    ("POST", "/v1/clearances"): question,
    ("POST", "/v1/holds"): lambda ids: {"customer_id": ids["customer_id"], "reason": "manual"},
    ("POST", "/v1/promises"): lambda ids: {"customer_id": ids["customer_id"], "on": "2026-03-20"},
    ("POST", "/v1/disputes/{dispute_id}/decide"): lambda ids: {"outcome": "rejected"},
    ("POST", "/v1/dead-letters/{topic}/{partition}/{offset}/discard"): lambda ids: {"reason": "a test"},
}


@pytest.fixture
async def built(fresh_database, fresh_topics, tmp_path, monkeypatch):
    set_environment(
        monkeypatch, tmp_path, "KULANT_DUNNING_ENGINE_", fresh_database("dunning_engine", migrate), fresh_topics
    )
    made = service(Settings.load())
    async with running(made, fresh_topics) as runtime:
        yield made, runtime


async def hold_set_here(app):
    headers = {"Authorization": "Bearer acme-agent", "Idempotency-Key": "the-hold"}
    asked = {"customer_id": "c-1", "reason": "manual", "until_on": "2026-03-31"}
    async with AsyncClient(transport=ASGITransport(app), base_url="http://it") as client:
        return (await client.post("/v1/holds", json=asked, headers=headers)).json()["hold_id"]


async def known_ids(app, database):
    desk = Desk(database)
    await desk.tell(tenant_changed(STEP_AT), creditor_changed(), customer_changed(), item_overdue())
    await desk.settle()
    (reminder,) = await desk.said(ReminderRequestedV1)
    (case,) = await desk.said(CaseOpenedV1)
    about = {**SAID, "reminder_id": reminder.reminder_id, "item_id": reminder.items[0].item_id}
    await desk.tell(
        ResponseDisputedV1(response_id="dispute-of-c-1", reason="defective", **about),
        ResponseQuestionAskedV1(response_id="question-of-c-1", **about),
        ResponseHardshipSignalledV1(response_id="hardship-of-c-1", **SAID),
    )
    await desk.settle()
    (task,) = await desk.rows("SELECT task_id FROM task WHERE about LIKE '%hardship-of-c-1%'")
    return {
        "customer_id": "c-1",
        "reminder_id": reminder.reminder_id,
        "case_id": case.case_id,
        "hold_id": await hold_set_here(app),
        "dispute_id": "dispute-of-c-1",
        "question_id": "question-of-c-1",
        "task_id": str(task.task_id),
    }


async def test_every_route_for_every_role_and_two_tenants(built):
    made, runtime = built
    app = whole_app(made, runtime)
    known = await known_ids(app, runtime.database) | await park_one(runtime.database, topics.INVOICE)

    assert await Matrix(app, known, BODIES).check() == []


async def test_whatever_is_asked_the_answer_is_as_the_openapi_document_says(built):
    made, runtime = built
    app = whole_app(made, runtime)
    fuzz = Fuzz(app, await known_ids(app, runtime.database))

    assert await fuzz.check() == []
    assert fuzz.asked >= CASES * 0.9
    assert fuzz.statuses[200] >= CASES * 0.2
