"""The service's own consumer and relay on a real broker."""

import asyncio
import re

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from feedback_builders import NOW, REMINDER_ID
from feedback_events import everything

from feedback_service.bus.outgoing import drafts
from feedback_service.bus.subscriptions import TOPICS, reads
from feedback_service.store.store import FeedbackStore
from kulant_chassis.consumer import Consumer
from kulant_chassis.outbox import Relay
from kulant_contracts import topics
from kulant_contracts.envelope import CONTENT_TYPE_HEADER, Envelope, decode, encode, key_of
from kulant_contracts.registry import EVENTS

from .conftest import page_of


def on_the_wire(data, sequence):
    envelope = Envelope(
        id=f"{data.TYPE}-{sequence}",
        source="/kulant/test",
        type=data.TYPE,
        time=NOW,
        tenantid="acme",
        partitionkey=key_of("acme", data),
        sequence=sequence,
    )
    return encode(envelope, data)


async def publish(bootstrap, prefix):
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap)
    await producer.start()
    given = {}
    for data in everything():
        stream = (data.TOPIC, key_of("acme", data))
        given[stream] = given.get(stream, 0) + 1
        for _ in range(2):  # every message twice
            await producer.send_and_wait(
                prefix + data.TOPIC,
                on_the_wire(data, given[stream]),
                key=stream[1].encode(),
                headers=[CONTENT_TYPE_HEADER],
            )
    await producer.stop()


@pytest.fixture
async def running(feedback, fresh_topics):
    fresh_topics.create([*TOPICS, topics.RESPONSE], [topics.dead_letter("feedback-service")], partitions=2)
    feedback.database._topic_prefix = fresh_topics.prefix
    consumer = Consumer(
        "feedback-service",
        feedback.database,
        reads(lambda transaction: FeedbackStore(transaction, drafts)),
        bootstrap=fresh_topics.bootstrap,
        topic_prefix=fresh_topics.prefix,
        batch_records=100,
        session_timeout_ms=6000,
        parking_limit=1,
    )
    relay = Relay(feedback.database, fresh_topics.bootstrap, lease_seconds=5)
    await consumer.start()
    await relay.start()
    yield feedback
    await relay.stop()
    await consumer.stop()


async def ready(feedback, path):
    async with asyncio.timeout(30):
        while (answer := await feedback.http.get(path)).status_code != 200 or "19 May" not in answer.text:
            await asyncio.sleep(0.1)
    return answer.text


async def test_facts_come_in_from_kafka_and_answers_go_out_to_it(running, fresh_topics):
    path = page_of(REMINDER_ID)
    await publish(fresh_topics.bootstrap, fresh_topics.prefix)
    once = re.findall(r'name="once" value="([^"]*)"', await ready(running, path))[1]

    answer = await running.http.post(
        path, data={"answer": "promise", "currency": "EUR", "once": once, "pay_on": "2026-05-29"}
    )

    assert answer.status_code == 303
    reader = AIOKafkaConsumer(
        fresh_topics.name(topics.RESPONSE), bootstrap_servers=fresh_topics.bootstrap, auto_offset_reset="earliest"
    )
    await reader.start()
    record = await asyncio.wait_for(reader.getone(), 20)
    await reader.stop()
    event = decode(record.value, record.headers, EVENTS)
    assert record.key == b"acme/c-1"
    assert event.envelope.type == "kulant.response.promise_made.v1"
    assert event.data.response_id in answer.headers["location"]
    assert await running.rows("SELECT count(*) FROM key_row WHERE parked <> '{}'") == [(0,)]
