"""The service as its own process: Kafka in, Kafka out, time and the gate over HTTP."""

import asyncio
import hashlib
import json
import os
import socket
import sys
from collections.abc import AsyncIterator

import httpx2
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from invoice_desk import migrate, until
from invoice_wire import READABLE_OWN, TRACEPARENT, as_bytes, customer_changed, eur, invoice_issued, tenant_changed

from kulant_contracts import topics
from kulant_contracts.envelope import CONTENT_TYPE_HEADER, Event, decode


class Process:
    """The running service, and what it has told so far."""

    def __init__(self, port: int, bootstrap: str, prefix: str) -> None:
        headers = {"authorization": "Bearer operator", "kulant-tenant": "acme"}
        self.client = httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=60)
        self.bootstrap = bootstrap
        self.prefix = prefix
        self.told: list[Event] = []

    async def is_ready(self) -> bool:
        try:
            return (await self.client.get("/readyz")).status_code == 200
        except httpx2.TransportError:
            return False

    async def is_quiet(self) -> bool:
        answer = await self.client.get("/v1/quiescence")
        figures = answer.json()
        return answer.status_code == 200 and not any(figures[name] for name in ("lag", "outbox", "due_timers"))

    async def publish(self, *events: Event) -> None:
        async with AIOKafkaProducer(bootstrap_servers=self.bootstrap, acks="all") as producer:
            for event in events:
                key = event.envelope.partitionkey.encode()
                topic = self.prefix + topics.ERP
                await producer.send_and_wait(topic, as_bytes(event), key=key, headers=[CONTENT_TYPE_HEADER])

    async def types(self) -> set[str]:
        """The types of all events on the service's topic."""
        consumer = AIOKafkaConsumer(
            self.prefix + topics.INVOICE, bootstrap_servers=self.bootstrap, auto_offset_reset="earliest"
        )
        async with consumer:
            ends = await consumer.end_offsets(consumer.assignment())
            self.told = []
            while [place for place in ends if await consumer.position(place) < ends[place]]:
                for records in (await consumer.getmany(timeout_ms=200)).values():
                    self.told += [decode(one.value, one.headers, READABLE_OWN) for one in records]
        return {event.envelope.type for event in self.told}


@pytest.fixture
async def process(fresh_topics, fresh_database, tmp_path) -> AsyncIterator[Process]:
    fresh_topics.create(
        [topics.ERP, topics.ERP_BULK, topics.INVOICE], [topics.dead_letter("invoice-service")], partitions=2
    )
    record = {"sha256": hashlib.sha256(b"operator").hexdigest(), "tenants": ["*"], "roles": ["operator"]}
    (tmp_path / "tokens.json").write_text(json.dumps([record]))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {
        **os.environ,
        "KULANT_KAFKA_BOOTSTRAP": fresh_topics.bootstrap,
        "KULANT_TOPIC_PREFIX": fresh_topics.prefix,
        "KULANT_TOKENS_FILE": str(tmp_path / "tokens.json"),
        "KULANT_INVOICE_SERVICE_DATABASE_URL": fresh_database("invoice_service", migrate),
        "KULANT_INVOICE_SERVICE_HTTP_PORT": str(port),
    }
    arguments = ["-m", "invoice_service", "api", "consume", "relay", "timers"]
    child = await asyncio.create_subprocess_exec(sys.executable, *arguments, env=environment)
    process = Process(port, fresh_topics.bootstrap, fresh_topics.prefix)
    try:
        await until(process.is_ready, 60)
        yield process
    finally:
        await process.client.aclose()
        child.terminate()
        assert await asyncio.wait_for(child.wait(), 40) == 0


async def test_an_invoice_from_kafka_becomes_overdue_on_kafka_and_passes_the_gate(process):
    await process.publish(tenant_changed(), customer_changed(), invoice_issued(traceparent=TRACEPARENT))
    await until(process.is_quiet, 60)
    moved = await process.client.put("/v1/test-clock", json={"now_at": "2026-03-12T08:00:00Z"})
    assert moved.status_code == 200
    await until(process.is_quiet, 60)

    assert await process.types() >= {"kulant.invoice.registered.v1", "kulant.item.overdue.v1"}
    last = max(event.envelope.sequence or 0 for event in process.told if event.envelope.partitionkey == "acme/c1")
    question = {
        "reminder_id": "r1",
        "customer_id": "c1",
        "kind": "reminder",
        "items": [{"item_id": "inv-1-1", "open": eur("119.00")}],
        "seen": {"invoice-service": last},
    }
    answer = await process.client.post("/v1/clearances", json={"reminders": [question]})
    assert answer.json()["results"] == [{"reminder_id": "r1", "answer": "clear", "reason": None, "sequence": last}]


async def test_a_malformed_fact_holds_its_customer_and_nobody_else(process):
    broken = as_bytes(invoice_issued("broken")).replace(b"2026-02-10", b"yesterday!")
    async with AIOKafkaProducer(bootstrap_servers=process.bootstrap, acks="all") as producer:
        topic = process.prefix + topics.ERP
        await producer.send_and_wait(topic, as_bytes(tenant_changed()), key=b"acme", headers=[CONTENT_TYPE_HEADER])
        await producer.send_and_wait(topic, broken, key=b"acme/c1", headers=[CONTENT_TYPE_HEADER])
    await process.publish(invoice_issued("good", customer_id="c2"))
    await until(process.is_quiet, 60)

    await process.types()
    holds = [event.envelope.partitionkey for event in process.told if event.envelope.type == "kulant.hold.changed.v1"]
    registered = [event.data.invoice_id for event in process.told if "registered" in event.envelope.type]
    assert holds == ["acme/c1"]
    assert registered == ["good"]
