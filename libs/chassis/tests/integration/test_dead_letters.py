"""What was parked is resolved by a person, once, through the consumer's own path, and holds nobody afterwards."""

import base64
import hashlib

import httpx2
import pytest
from sqlalchemy import text

from kulant_chassis.auth import TokenRecord, Tokens
from kulant_chassis.dead_letter_routes import dead_letters_router
from kulant_chassis.http import create_app
from kulant_chassis.received import Poison
from kulant_contracts import topics
from libs.chassis.tests.integration.conftest import closed, send, until
from libs.chassis.tests.integration.test_consumer import running

PLACE = f"{topics.CASE}/0/0"
BROKEN = closed("C1", "k1", 1).replace(b'"case_id":"k1"', b'"case_id":7')


@pytest.fixture
async def api(toy):
    """The toy's operators: one of tenant acme, one of another tenant, one who covers all; and one who only reads."""
    people = {
        "acme": (("acme",), {"operator"}),
        "other": (("other",), {"operator"}),
        "all": (("*",), {"operator"}),
        "reads": (("acme",), {"reader"}),
    }
    records = [
        TokenRecord(
            sha256=hashlib.sha256(name.encode()).hexdigest(), tenants=tenants, roles=frozenset(roles), name=name
        )
        for name, (tenants, roles) in people.items()
    ]
    app = create_app(
        "toy",
        [dead_letters_router(toy.database, toy.reads())],
        tokens=Tokens({record.sha256: record for record in records}),
        is_live=lambda: True,
        is_ready=_ready,
    )
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://toy") as client:
        yield Api(client)


class Api:
    def __init__(self, client):
        self._client = client
        self._keys = iter(range(1000))

    async def get(self, path="", who="acme", tenant="acme"):
        answer = await self._client.get(f"/v1/dead-letters{path}", headers=self._headers(who, tenant))
        return answer.status_code, answer.json()

    async def post(self, path, who="acme", tenant="acme", **what):
        headers = self._headers(who, tenant) | {"Idempotency-Key": f"k{next(self._keys)}"}
        answer = await self._client.post(f"/v1/dead-letters/{path}", headers=headers, **what)
        return answer.status_code, answer.json()

    def _headers(self, who, tenant):
        named = {"Kulant-Tenant": tenant} if who == "all" else {}
        return {"Authorization": f"Bearer {who}", **named}


async def _ready():
    return True


async def parked(toy, producer, topic, value, *, key="acme/C1"):
    """Let the consumer park this record and read on."""
    await send(producer, topic, value, key=key)
    await read_on(toy)


async def read_on(toy):
    async with running(toy.consumer()):
        await until(lambda: _is_read(toy))


async def _is_read(toy):
    consumer = toy.ends
    async with toy.database.read() as connection:
        rows = (await connection.execute(text("SELECT topic, partition, next_offset FROM consumer_position"))).all()
    read = {(row.topic, row.partition): row.next_offset for row in rows}
    return all(read.get(place, 0) >= end for place, end in (await consumer()).items())


async def is_complete(toy, key="acme/C1"):
    async with toy.database.begin() as transaction:
        await transaction.lock([key])
        return transaction.key(key).is_complete


async def test_a_replay_applies_the_fact_once_and_frees_its_customer(toy, api, producer, topic):
    toy.fails_on.add("k1")
    await parked(toy, producer, topic, closed("C1", "k1", 1))
    await parked(toy, producer, topic, closed("C1", "k2", 2))
    assert await toy.effects() == ["k2"]
    assert not await is_complete(toy)
    toy.fails_on.clear()

    first = await api.post(f"{PLACE}/replay")
    second = await api.post(f"{PLACE}/replay")

    assert first == second
    assert (first[0], first[1]["state"], first[1]["resolved_by"]) == (200, "replayed", "acme")
    assert await toy.effects() == ["k1", "k2"]
    assert await is_complete(toy)
    assert [(one.place, one.is_replayed, one.key) for one in toy.resolved] == [(PLACE, True, "acme/C1")]


async def test_a_record_that_cannot_be_read_is_replayed_with_repaired_bytes(toy, api, producer, topic):
    await parked(toy, producer, topic, BROKEN)

    as_it_is = await api.post(f"{PLACE}/replay")
    repaired = await api.post(f"{PLACE}/replay", content=closed("C1", "k1", 1))

    assert as_it_is[0] == 422
    assert as_it_is[1]["type"] == "urn:kulant:problem:dead-letter-refused"
    assert (repaired[0], repaired[1]["state"]) == (200, "replayed")
    assert await toy.effects() == ["k1"]
    assert await is_complete(toy)


@pytest.mark.parametrize("value", [closed("C1", "k1", 1), BROKEN], ids=["refused by the service", "unreadable"])
async def test_a_discard_frees_its_customer_without_an_effect(toy, api, producer, topic, value):
    toy.fails_on.add("k1")
    await parked(toy, producer, topic, value)
    await parked(toy, producer, topic, closed("C1", "k2", 2))

    first = await api.post(f"{PLACE}/discard", json={"reason": "a test of the sender"})
    second = await api.post(f"{PLACE}/discard", json={"reason": "again"})
    replayed = await api.post(f"{PLACE}/replay")

    assert (first[0], first[1]["state"], first[1]["note"]) == (200, "discarded", "a test of the sender")
    assert second == first
    assert (replayed[0], replayed[1]["type"]) == (409, "urn:kulant:problem:dead-letter-resolved")
    assert await toy.effects() == ["k2"]
    assert await is_complete(toy)
    assert (await api.get(f"/{PLACE}"))[1]["content"] is None


async def test_what_was_resolved_stays_so_when_the_topic_is_read_again(toy, api, producer, topic):
    await parked(toy, producer, topic, BROKEN)
    await api.post(f"{PLACE}/discard", json={"reason": "wrong"})
    async with toy.database.begin() as transaction:
        await transaction.connection.execute(text("UPDATE consumer_position SET next_offset = 0"))

    await read_on(toy)

    assert await is_complete(toy)
    assert len(toy.parked) == 1
    assert [one["state"] for one in (await api.get())[1]["items"]] == ["discarded"]


async def test_what_is_refused_again_stays_open_and_holds_on(toy, api, producer, topic):
    toy.fails_on.add("k1")
    toy.failure = Poison
    await parked(toy, producer, topic, closed("C1", "k1", 1))

    status, problem = await api.post(f"{PLACE}/replay")

    assert (status, problem["detail"]) == (422, "refused on purpose.")
    assert [one["state"] for one in (await api.get("?state=open"))[1]["items"]] == ["open"]
    assert not await is_complete(toy)


async def test_an_operator_sees_the_bytes_and_the_list_only_the_beginning_of_an_id(toy, api, producer, topic):
    await parked(toy, producer, topic, BROKEN)

    (entry,) = (await api.get())[1]["items"]
    _, whole = await api.get(f"/{PLACE}")

    assert (entry["place"], entry["key"], entry["type"]) == (PLACE, "acme/C1…", "kulant.case.closed.v1")
    assert "content" not in entry
    assert whole["whole_key"] == "acme/C1"
    assert base64.b64decode(whole["content"]) == BROKEN
    assert whole["text"].encode() == BROKEN


async def test_a_list_goes_on_page_by_page(toy, api, producer, topic):
    for _ in range(3):
        await parked(toy, producer, topic, BROKEN)

    _, first = await api.get("?limit=2")
    _, last = await api.get(f"?limit=2&cursor={first['next']}")

    assert [one["place"][-1] for one in first["items"] + last["items"]] == ["2", "1", "0"]
    assert last["next"] is None


@pytest.mark.parametrize("value", [closed("C1", "k1", 1), BROKEN])
async def test_another_tenants_record_looks_like_none(toy, api, producer, topic, value):
    toy.fails_on.add("k1")
    await parked(toy, producer, topic, value)
    nowhere = f"{topics.CASE}/0/999"

    for path, what in (("replay", {}), ("discard", {"json": {"reason": "x"}})):
        assert await api.post(f"{PLACE}/{path}", who="other", **what) == await api.post(
            f"{nowhere}/{path}", who="other", **what
        )
    assert await api.get(f"/{PLACE}", who="other") == await api.get(f"/{nowhere}", who="other")
    assert (await api.get(who="other"))[1]["items"] == []
    assert (await api.get(who="reads"))[0] == 403
    assert not await is_complete(toy)


async def test_bytes_without_a_tenant_are_shown_to_who_covers_all(toy, api, producer, topic):
    await parked(toy, producer, topic, b"\xff", key="no key of ours")

    assert (await api.get())[1]["items"] == []
    (entry,) = (await api.get(who="all"))[1]["items"]
    assert (entry["key"], entry["type"]) == (None, None)
    status, resolved = await api.post(f"{PLACE}/discard", who="all", json={"reason": "noise"})
    assert (status, resolved["state"]) == (200, "discarded")


async def test_repaired_bytes_may_not_speak_for_another_tenant(toy, api, producer, topic):
    await parked(toy, producer, topic, BROKEN)
    foreign = closed("C1", "k1", 1).replace(b'"acme"', b'"other"').replace(b"acme/C1", b"other/C1")

    status, problem = await api.post(f"{PLACE}/replay", content=foreign)

    assert (status, problem["detail"]) == (422, "it names another tenant.")
    assert await toy.effects() == []
