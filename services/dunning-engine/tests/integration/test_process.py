"""The service as its own process on a real Kafka and a real PostgreSQL."""

import asyncio
import hashlib
import json
import os
import signal
import sys
from contextlib import asynccontextmanager

import asyncpg
import httpx2
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from engine_builders import at
from engine_wire_builders import creditor_changed, customer_changed, item_overdue, item_settled, tenant_changed

from kulant_contracts import topics
from kulant_contracts.case import CaseOpenedV1
from kulant_contracts.envelope import CONTENT_TYPE_HEADER, Event, decode, encode
from kulant_contracts.registry import EVENTS
from kulant_contracts.reminder import ReminderRequestedV1

OWN = [topics.INVOICE, topics.DELIVERY, topics.RESPONSE, topics.REMINDER, topics.CASE]
STEP = at("2026-03-07", 9)
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
TOKEN = "reads and clears"


@pytest.fixture
def environment(fresh_topics, database_url, tmp_path):
    fresh_topics.create(OWN, [topics.dead_letter("dunning-engine")], partitions=3)
    tokens = tmp_path / "tokens.json"
    hashed = hashlib.sha256(TOKEN.encode()).hexdigest()
    tokens.write_text(json.dumps([{"sha256": hashed, "tenants": ["acme"], "roles": ["reader", "clearance"]}]))
    return {
        **os.environ,
        "KULANT_KAFKA_BOOTSTRAP": fresh_topics.bootstrap,
        "KULANT_TOPIC_PREFIX": fresh_topics.prefix,
        "KULANT_DUNNING_ENGINE_DATABASE_URL": database_url,
        "KULANT_TOKENS_FILE": str(tokens),
    }


@asynccontextmanager
async def running(environment, *roles):
    """The process, and a client of its API once it listens."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "dunning_engine", *roles, env=environment, stderr=asyncio.subprocess.PIPE
    )
    try:
        assert process.stderr is not None
        address = ""
        while not address:
            line = json.loads(await asyncio.wait_for(process.stderr.readline(), 60))
            address = line.get("address", "")
        rest = asyncio.create_task(process.stderr.read())
        headers = {"Authorization": f"Bearer {TOKEN}"}
        async with httpx2.AsyncClient(base_url=f"http://{address}", headers=headers) as client:
            yield client
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 30) == 0
        await rest
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


@pytest.fixture
async def bus(fresh_topics, desk):
    """Publishes facts as the other services would, and reads what the engine says."""
    producer = AIOKafkaProducer(bootstrap_servers=fresh_topics.bootstrap, acks="all")
    consumer = AIOKafkaConsumer(
        bootstrap_servers=fresh_topics.bootstrap, auto_offset_reset="earliest", metadata_max_age_ms=500
    )
    await producer.start()
    await consumer.start()
    consumer.subscribe([fresh_topics.name(topic) for topic in (topics.REMINDER, topics.CASE)])

    async def tell(*facts):
        for data in facts:
            event = desk.received(data).event
            traced = event.envelope.model_copy(update={"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"})
            await send(data.TOPIC, event.envelope.partitionkey, encode(traced, data))

    async def send(topic, key, value):
        await producer.send_and_wait(fresh_topics.name(topic), value, key=key.encode(), headers=[CONTENT_TYPE_HEADER])

    async def hear(count) -> list[Event]:
        heard: list[Event] = []
        async with asyncio.timeout(60):
            while len(heard) < count:
                for records in (await consumer.getmany(timeout_ms=200)).values():
                    for event in (decode(record.value, record.headers, EVENTS) for record in records):
                        # Events leave at least once, and a consumer that begins anew reads them again.
                        if event.envelope.id not in known:
                            known.add(event.envelope.id)
                            heard.append(event)
        return heard

    known: set[str] = set()

    tell.send, tell.hear = send, hear
    yield tell
    await consumer.stop()
    await producer.stop()


async def test_facts_on_the_bus_become_events_on_the_bus(environment, bus):
    async with running(environment, "api", "consume", "relay", "timers") as client:
        await bus(tenant_changed(), creditor_changed(), customer_changed(), item_overdue())
        (opened,) = await bus.hear(1)
        await bus(tenant_changed(STEP, version=2))
        (requested,) = await bus.hear(1)
        await bus(item_settled())
        withdrawn_and_closed = await bus.hear(2)

        case = await client.get(f"/v1/cases/{opened.data.case_id}")
        ready = await client.get("/readyz")

    assert isinstance(opened.data, CaseOpenedV1)
    assert isinstance(requested.data, ReminderRequestedV1)
    assert {type(event.data).__name__ for event in withdrawn_and_closed} == {"ReminderWithdrawnV1", "CaseClosedV1"}
    assert requested.envelope.partitionkey == "acme/c-1"
    assert requested.envelope.source == "/kulant/dunning-engine"
    assert requested.envelope.time == STEP
    assert opened.envelope.traceparent.split("-")[1] == TRACE
    assert requested.envelope.correlationid == opened.envelope.correlationid
    # Where the tenant's facts are read after the customer's, one look more is on record.
    outcomes = [one["outcome"] for one in case.json()["decisions"] if one["outcome"] != "nothing"]
    assert (case.json()["state"], outcomes) == ("closed", ["withdraw", "remind", "note"])
    assert ready.status_code == 200


async def test_a_fact_that_cannot_be_read_holds_its_customer_and_nobody_else(environment, bus, database_url):
    async with running(environment, "api", "consume", "relay", "timers") as client:
        await bus(tenant_changed(STEP), creditor_changed(), customer_changed(), item_overdue())
        first = {type(event.data): event.data for event in await bus.hear(2)}
        await bus.send(topics.INVOICE, "acme/c-1", b"{ this is no JSON")
        await bus(customer_changed(customer_id="c-2"), item_overdue(customer_id="c-2"))
        others = await bus.hear(2)

        question = {
            "reminder_id": first[ReminderRequestedV1].reminder_id,
            "customer_id": "c-1",
            "kind": "reminder",
            "items": [],
            "seen": {},
        }
        connection = await asyncpg.connect(database_url)
        async with asyncio.timeout(30):
            while not await connection.fetchval("SELECT count(*) FROM key_row WHERE parked <> '{}'"):
                await asyncio.sleep(0.05)
        await connection.close()
        answer = await client.post("/v1/clearances", json={"reminders": [question]})

    assert {event.data.customer_id for event in others} == {"c-2"}
    assert answer.json()["results"][0]["reason"] == "fact_missing"


async def test_the_environment_is_checked_at_start_in_words(environment):
    del environment["KULANT_KAFKA_BOOTSTRAP"]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "dunning_engine", "api", env=environment, stderr=asyncio.subprocess.PIPE
    )

    _, said = await asyncio.wait_for(process.communicate(), 60)

    assert process.returncode != 0
    assert b"KULANT_KAFKA_BOOTSTRAP" in said
