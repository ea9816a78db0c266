"""Every route: allowed as declared, told as documented, and another tenant's ids are like unknown ones."""

import os
import re
from html import unescape
from pathlib import Path

import pytest
from feedback_builders import NOW, REMINDER_ID
from feedback_events import everything
from httpx2 import ASGITransport, AsyncClient

from feedback_service.bus.outgoing import drafts
from feedback_service.config import Settings
from feedback_service.main import service
from feedback_service.store.doors import Opener
from kulant_chassis.migrations import upgrade
from kulant_chassis.tokens import sign
from kulant_contracts import topics
from libs.chassis.tests.openapi_fuzz import CASES, Fuzz
from libs.chassis.tests.route_matrix import Matrix, park_one, running, set_environment, whole_app

from .conftest import Feedback


def question(ids):
    item = {"item_id": "1", "open": {"amount": "119.00", "currency": "EUR"}}
    about = {"reminder_id": ids["reminder_id"], "customer_id": ids["customer_id"], "kind": "reminder"}
    return {"reminders": [{**about, "items": [item], "seen": {}}]}


BODIES = {
    ("POST", "/v1/clearances"): question,
    ("POST", "/v1/dead-letters/{topic}/{partition}/{offset}/discard"): lambda ids: {"reason": "a test"},
}


@pytest.fixture
async def built(fresh_database, fresh_topics, tmp_path, monkeypatch):
    url = fresh_database("feedback_service", lambda url: upgrade("feedback_service", url))
    set_environment(monkeypatch, tmp_path, "KULANT_FEEDBACK_SERVICE_", url, fresh_topics)
    made = service(Settings.load())
    async with running(made, fresh_topics) as runtime:
        yield made, runtime


async def claim_on_the_page(app):
    """The customer says that it has paid, so that there is an answer to be listed."""
    secret = Path(os.environ["KULANT_PAGE_SECRET_FILE"]).read_bytes()
    page = f"/r/{sign(secret, 'page', REMINDER_ID)}"
    async with AsyncClient(transport=ASGITransport(app), base_url="http://127.0.0.1:9") as visitor:
        html = (await visitor.get(page)).text
        section = next(part for part in html.split("<form ") if 'value="paid"' in part)
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', section))
        fields = {name: unescape(value) for name, value in hidden.items()}
        said = await visitor.post(page, data=fields | {"paid_on": NOW.date().isoformat()}, follow_redirects=True)
    assert said.status_code == 200, said.text


async def known_ids(app, database):
    await Feedback(database, Opener(database, drafts), None, None).read(*everything())
    await claim_on_the_page(app)
    return {"reminder_id": str(REMINDER_ID), "customer_id": "c-1", **await park_one(database, topics.INVOICE)}


async def test_every_route_for_every_role_and_two_tenants(built):
    made, runtime = built
    app = whole_app(made, runtime)
    known = await known_ids(app, runtime.database)

    assert await Matrix(app, known, BODIES).check() == []


async def test_whatever_is_asked_the_answer_is_as_the_openapi_document_says(built):
    made, runtime = built
    app = whole_app(made, runtime)
    fuzz = Fuzz(app, await known_ids(app, runtime.database))

    assert await fuzz.check() == []
    assert fuzz.asked >= CASES * 0.9
    assert fuzz.statuses[200] >= CASES * 0.2
