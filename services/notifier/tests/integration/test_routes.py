"""Every route: allowed as declared, told as documented, and another tenant's ids are like unknown ones."""

import pytest

from kulant_chassis.migrations import upgrade
from kulant_contracts import topics
from libs.chassis.tests.openapi_fuzz import CASES, Fuzz
from libs.chassis.tests.route_matrix import Matrix, park_one, running, set_environment, whole_app
from notifier.config import Settings
from notifier.main import service

from .conftest import World, numbered, until

BODIES = {
    ("POST", "/v1/tasks/{task_id}/finish"): lambda ids: {"outcome": "closed"},
    ("POST", "/v1/dead-letters/{topic}/{partition}/{offset}/discard"): lambda ids: {"reason": "a test"},
}


@pytest.fixture
async def built(fresh_database, fresh_topics, tmp_path, monkeypatch):
    url = fresh_database("notifier", lambda url: upgrade("notifier", url))
    set_environment(monkeypatch, tmp_path, "KULANT_NOTIFIER_", url, fresh_topics)
    made = service(Settings.load())
    async with running(made, fresh_topics) as runtime:
        yield made, runtime


async def known_ids(database, sink):
    """A reminder of tenant acme that was sent, and one that became a task for want of a contact."""
    world = World(database, sink)
    await world.know("acme", customers=2)
    (reminder,) = numbered(1, tenant="acme")
    (lost,) = numbered(1, tenant="acme", first=1002, channels=("sms",))
    await world.request(reminder, lost)
    await world.start()
    await until(world.all_ended)
    for sender in world.senders:
        await sender.stop()
    (task,) = await world.run("SELECT task_id FROM task")
    return {"reminder_id": str(reminder.reminder_id), "task_id": str(task["task_id"])}


async def test_every_route_for_every_role_and_two_tenants(built, world):
    made, runtime = built
    known = await known_ids(runtime.database, world.sink) | await park_one(runtime.database, topics.INVOICE)

    assert await Matrix(whole_app(made, runtime), known, BODIES).check() == []


async def test_whatever_is_asked_the_answer_is_as_the_openapi_document_says(built, world):
    made, runtime = built
    app = whole_app(made, runtime)
    fuzz = Fuzz(app, await known_ids(runtime.database, world.sink))

    assert await fuzz.check() == []
    assert fuzz.asked >= CASES * 0.9
    assert fuzz.statuses[200] >= CASES * 0.2
