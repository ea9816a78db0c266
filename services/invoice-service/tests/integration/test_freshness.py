"""Checked payments, bulk loads and restatements on a real Kafka: what moves only behind the barrier."""

from collections.abc import AsyncIterator

import pytest
from aiokafka import AIOKafkaProducer
from invoice_desk import Desk, migrate, until
from invoice_wire import (
    as_bytes,
    creditor_changed,
    customer_changed,
    invoice_issued,
    payment_received,
    payments_checked,
    tenant_changed,
)
from sqlalchemy import text

from invoice_service.bus.broker_barrier import BrokerBarrier
from invoice_service.bus.subscriptions import reads
from invoice_service.bus.watches import payments_watch
from invoice_service.main import unit_of_work
from invoice_service.store.freshness import WAITING
from kulant_chassis.consumer import Consumer
from kulant_chassis.database import Database
from kulant_chassis.quiescence import LogEnds
from kulant_contracts import topics
from kulant_contracts.envelope import CONTENT_TYPE_HEADER

PARTITIONS = 4


class Service:
    """The service's reader and its watch, each to be started when the test wants it."""

    def __init__(self, database: Database, bootstrap: str, prefix: str) -> None:
        self.desk = Desk(database)
        self.database = database
        self.bootstrap = bootstrap
        self.prefix = prefix
        self.ends = LogEnds(bootstrap, [prefix + topics.ERP])

    def watch(self):
        barrier = BrokerBarrier(self.database, self.ends, [self.prefix + topics.ERP])
        return payments_watch(self.database, unit_of_work, barrier)

    def consumer(self, batch_records: int = 100) -> Consumer:
        return Consumer(
            "invoice-service",
            self.database,
            reads(unit_of_work),
            bootstrap=self.bootstrap,
            topic_prefix=self.prefix,
            batch_records=batch_records,
            session_timeout_ms=6000,
            parking_limit=5,
        )

    async def publish(self, *events, topic: str = topics.ERP, partition: int | None = None) -> None:
        producer = AIOKafkaProducer(bootstrap_servers=self.bootstrap, acks="all")
        await producer.start()
        try:
            for event in events:
                key = event.envelope.partitionkey.encode()
                value, headers = as_bytes(event), [CONTENT_TYPE_HEADER]
                await producer.send_and_wait(self.prefix + topic, value, key=key, headers=headers, partition=partition)
        finally:
            await producer.stop()

    async def waiting(self) -> int:
        async with self.database.read() as connection:
            return (await connection.execute(text(WAITING))).scalar_one()

    async def freshness(self) -> list[str]:
        told = [one for one in await self.desk.told() if one.envelope.type == "kulant.payments.checked.v1"]
        return [one.data.seen_until_at.isoformat()[:10] for one in told]

    async def scalar(self, query: str) -> object:
        async with self.database.read() as connection:
            return (await connection.execute(text(query))).scalar_one()


@pytest.fixture
async def service(fresh_topics, fresh_database) -> AsyncIterator[Service]:
    dead = [topics.dead_letter("invoice-service")]
    fresh_topics.create([topics.ERP, topics.ERP_BULK], dead, partitions=PARTITIONS)
    database = Database(
        fresh_database("invoice_service", migrate),
        source="/kulant/invoice-service",
        topic_prefix=fresh_topics.prefix,
    )
    service = Service(database, fresh_topics.bootstrap, fresh_topics.prefix)
    yield service
    await service.ends.close()
    await database.close()


async def test_freshness_waits_for_what_was_acknowledged_before_it(service):
    """The check itself was read; a payment in another partition, published before it, was not."""
    await service.publish(tenant_changed(), partition=0)
    consumer = service.consumer()
    await consumer.start()
    await until(lambda: service.scalar("SELECT count(*) = 1 FROM tenant"))
    await consumer.stop()
    await service.publish(customer_changed(), payment_received(), partition=1)
    await service.desk.deliver(payments_checked())
    watch = service.watch()
    await watch.start()
    try:
        await until(lambda: service.scalar("SELECT count(goals) = 1 FROM payments_check"))
        assert await service.scalar("SELECT goals ->> '1' FROM payments_check") == "2"
        assert (await service.freshness(), await service.waiting()) == ([], 1)
    finally:
        await watch.stop()

    # Another process takes over: what has to be read stands in the database.
    consumer, watch = service.consumer(), service.watch()
    await service.publish(*(customer_changed(f"c{number}") for number in range(20)))
    await consumer.start()
    await watch.start()
    try:
        await until(lambda: service.scalar("SELECT count(*) = 1 FROM freshness"))
        assert await service.freshness() == ["2026-03-01"]
        assert await service.scalar("SELECT count(*) FROM payment") == 1
        await until(lambda: _is_zero(service))
    finally:
        await watch.stop()
        await consumer.stop()


async def _is_zero(service: Service) -> bool:
    return await service.waiting() == 0


async def test_freshness_is_the_least_over_a_creditors_accounts(service):
    ibans = {"1": "DE02120300000000202051", "2": "DE02500105170137075030"}
    accounts = [{"account_id": name, "iban": iban, "holder": "Acme"} for name, iban in ibans.items()]
    consumer, watch = service.consumer(), service.watch()
    await consumer.start()
    await watch.start()
    try:
        await service.publish(tenant_changed(), creditor_changed(bank_accounts=accounts))
        await service.publish(payments_checked("2026-03-05T00:00:00Z", source_account="1"))
        await until(lambda: service.scalar("SELECT count(*) = 1 FROM payments_check WHERE is_passed"))
        assert await service.freshness() == []

        await service.publish(payments_checked("2026-03-04T00:00:00Z", source_account=ibans["2"]))
        await until(lambda: service.scalar("SELECT count(*) = 1 FROM freshness"))
        await service.publish(payments_checked("2026-03-09T00:00:00Z", source_account="2", version=2))
        await until(lambda: service.scalar("SELECT seen_until_at = '2026-03-05Z' FROM freshness"))

        assert await service.freshness() == ["2026-03-04", "2026-03-05"]
    finally:
        await watch.stop()
        await consumer.stop()


async def test_live_facts_do_not_wait_behind_a_load(service):
    load = [invoice_issued(f"bulk-{number}", customer_id=f"b{number % 50}") for number in range(2000)]
    await service.publish(tenant_changed())
    await service.publish(*load, topic=topics.ERP_BULK)
    consumer = service.consumer(batch_records=50)
    await consumer.start()
    try:
        await until(lambda: service.scalar("SELECT count(*) > 0 FROM invoice"))
        await service.publish(invoice_issued("live"))
        await until(lambda: service.scalar("SELECT count(*) = 1 FROM invoice WHERE invoice_id = 'live'"))
        assert int(str(await service.scalar("SELECT count(*) FROM invoice"))) < 1500

        await until(lambda: service.scalar("SELECT count(*) = 2001 FROM invoice"))
    finally:
        await consumer.stop()
