"""The barrier on a real Kafka: an answer never overtakes a fact that the broker has accepted."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiokafka import AIOKafkaProducer
from invoice_desk import migrate, until
from invoice_wire import as_bytes, customer_changed, invoice_issued, payment_received, tenant_changed
from sqlalchemy import text

from invoice_service.bus.broker_barrier import BrokerBarrier
from invoice_service.bus.subscriptions import reads
from invoice_service.main import unit_of_work
from invoice_service.usecases.ports import CannotKnow
from kulant_chassis.consumer import Consumer
from kulant_chassis.database import Database
from kulant_chassis.quiescence import LogEnds
from kulant_contracts import topics
from kulant_contracts.envelope import CONTENT_TYPE_HEADER


class Line:
    """A service that reads, the ERP that writes, and the barrier between them."""

    def __init__(self, database: Database, bootstrap: str, prefix: str) -> None:
        self.database = database
        self.bootstrap = bootstrap
        self.prefix = prefix
        self.topic = prefix + topics.ERP
        self.ends = LogEnds(bootstrap, [self.topic])

    def barrier(self, seconds: float = 30) -> BrokerBarrier:
        return BrokerBarrier(self.database, self.ends, [self.topic], patience_seconds=seconds)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[None]:
        consumer = Consumer(
            "invoice-service",
            self.database,
            reads(unit_of_work),
            bootstrap=self.bootstrap,
            topic_prefix=self.prefix,
            batch_records=100,
            session_timeout_ms=6000,
            parking_limit=5,
        )
        await consumer.start()
        try:
            yield
        finally:
            await consumer.stop()

    async def publish(self, *events, transactional: bool = False) -> None:
        settings = {"transactional_id": f"{self.prefix}erp"} if transactional else {}
        producer = AIOKafkaProducer(bootstrap_servers=self.bootstrap, acks="all", **settings)
        await producer.start()
        try:
            if transactional:
                await producer.begin_transaction()
            sent = [
                await producer.send(
                    self.topic,
                    as_bytes(event),
                    key=event.envelope.partitionkey.encode(),
                    headers=[CONTENT_TYPE_HEADER],
                )
                for event in events
            ]
            await asyncio.gather(*sent)
            if transactional:
                await producer.commit_transaction()
        finally:
            await producer.stop()

    async def count_invoices(self) -> int:
        async with self.database.read() as connection:
            return (await connection.execute(text("SELECT count(*) FROM invoice"))).scalar_one()


@pytest.fixture
async def line(fresh_topics, fresh_database) -> AsyncIterator[Line]:
    fresh_topics.create([topics.ERP, topics.ERP_BULK], [topics.dead_letter("invoice-service")], partitions=4)
    database = Database(
        fresh_database("invoice_service", migrate),
        source="/kulant/invoice-service",
        topic_prefix=fresh_topics.prefix,
    )
    line = Line(database, fresh_topics.bootstrap, fresh_topics.prefix)
    yield line
    await line.ends.close()
    await database.close()


def facts(count: int) -> list:
    invoices = [invoice_issued(f"i{number}", customer_id=f"c{number % 7}") for number in range(count)]
    return [tenant_changed(), *(customer_changed(f"c{number}") for number in range(7)), *invoices]


async def test_what_the_broker_accepted_before_the_question_is_in_the_database_after_it(line):
    async with line.reading():
        for round_number in range(1, 4):
            await line.publish(*facts(40 * round_number))
            await line.barrier().pass_through()
            assert await line.count_invoices() == 40 * round_number


async def test_a_question_is_held_while_nobody_reads_and_answered_once_somebody_does(line):
    async with line.reading():
        await line.publish(*facts(5))
        await line.barrier().pass_through()
    await line.publish(payment_received(customer_id="c0", invoice_id="i0"))

    with pytest.raises(CannotKnow):
        await line.barrier(seconds=1).pass_through()

    held = asyncio.create_task(line.barrier().pass_through())
    async with line.reading():
        await held
    async with line.database.read() as connection:
        state = await connection.execute(text("SELECT state FROM item WHERE invoice_id = 'i0'"))
        assert state.scalar_one() == "settled"


async def test_a_service_that_never_read_cannot_know(line):
    with pytest.raises(CannotKnow):
        await line.barrier(seconds=1).pass_through()


async def _has_invoices(line: Line, count: int) -> bool:
    return await line.count_invoices() == count


async def test_control_records_of_an_erps_transactions_hold_nobody(line):
    async with line.reading():
        await line.publish(*facts(3), transactional=True)
        # A broker answers a commit before it has marked all partitions: until then nothing of it is stable.
        await until(lambda: _has_invoices(line, 3))

        await line.barrier().pass_through()


async def test_a_transaction_that_is_still_open_holds_nobody(line):
    producer = AIOKafkaProducer(bootstrap_servers=line.bootstrap, transactional_id=f"{line.prefix}open")
    async with line.reading():
        await line.publish(*facts(3))
        await producer.start()
        await producer.begin_transaction()
        event = invoice_issued("open", customer_id="c0")
        await producer.send_and_wait(line.topic, as_bytes(event), key=b"acme/c0", headers=[CONTENT_TYPE_HEADER])

        await line.barrier(seconds=10).pass_through()

        await producer.abort_transaction()
        await producer.stop()
        await line.barrier().pass_through()
        assert await line.count_invoices() == 3


async def test_a_position_beyond_the_end_of_its_log_is_no_answer(line):
    async with line.reading():
        await line.publish(*facts(3))
        await line.barrier().pass_through()
    async with line.database.begin() as transaction:
        await transaction.connection.execute(
            text("UPDATE consumer_position SET next_offset = next_offset + 100 WHERE partition = 2")
        )

    with pytest.raises(CannotKnow):
        await line.barrier().pass_through()


async def test_without_a_broker_there_is_no_answer(line):
    ends = LogEnds("127.0.0.1:1", [line.topic])

    with pytest.raises(CannotKnow):
        await BrokerBarrier(line.database, ends, [line.topic], patience_seconds=2).pass_through()
