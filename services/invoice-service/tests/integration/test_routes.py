"""Every route: allowed as declared, told as documented, and another tenant's ids are like unknown ones."""

import pytest
from invoice_desk import Desk, migrate
from invoice_wire import NOW, customer_changed, invoice_issued, tenant_changed

from invoice_service.config import Settings
from invoice_service.main import service, unit_of_work
from invoice_service.usecases.ports import Restatement
from kulant_chassis.ids import uuid7
from kulant_contracts import topics
from libs.chassis.tests.openapi_fuzz import CASES, Fuzz
from libs.chassis.tests.route_matrix import Matrix, park_one, running, set_environment, whole_app


def question(ids):
    item = {"item_id": ids["item_id"], "open": {"amount": "119.00", "currency": "EUR"}}
    about = {"reminder_id": "r-1", "customer_id": ids["customer_id"], "kind": "reminder"}
    return {"reminders": [{**about, "items": [item], "seen": {"invoice-service": 1}}]}


BODIES = {
    ("POST", "/v1/clearances"): question,
    ("PUT", "/v1/test-clock"): lambda ids: {"now_at": NOW.isoformat()},
    ("POST", "/v1/dead-letters/{topic}/{partition}/{offset}/discard"): lambda ids: {"reason": "a test"},
    ("POST", "/v1/restatements"): lambda ids: {"customer_id": ids["customer_id"]},
}


@pytest.fixture
async def built(fresh_database, fresh_topics, tmp_path, monkeypatch):
    set_environment(
        monkeypatch, tmp_path, "KULANT_INVOICE_SERVICE_", fresh_database("invoice_service", migrate), fresh_topics
    )
    made = service(Settings.load())
    async with running(made, fresh_topics) as runtime:
        yield made, runtime


async def known_ids(database):
    issued = invoice_issued()
    await Desk(database).deliver(tenant_changed(), customer_changed(), issued)
    data = issued.data
    ordered = Restatement(uuid7(), "acme", None)
    async with database.begin() as transaction:
        await unit_of_work(transaction).restatements.add(ordered)
    return {
        "customer_id": data.customer_id,
        "invoice_id": data.invoice_id,
        "item_id": data.items[0].item_id,
        "restatement_id": str(ordered.restatement_id),
        **await park_one(database, topics.ERP),
    }


async def test_every_route_for_every_role_and_two_tenants(built):
    made, runtime = built
    known = await known_ids(runtime.database)

    assert await Matrix(whole_app(made, runtime), known, BODIES).check() == []


async def test_whatever_is_asked_the_answer_is_as_the_openapi_document_says(built):
    made, runtime = built
    app = whole_app(made, runtime)
    fuzz = Fuzz(app, await known_ids(runtime.database))

    assert await fuzz.check() == []
    assert fuzz.asked >= CASES * 0.9
    assert fuzz.statuses[200] >= CASES * 0.2
