"""A guard against work that grows: statements and broker requests for a batch of facts, whatever time they take.

Time depends on who else is there; these figures do not. A change that needs more of them changes the figure here, and
says why.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from aiokafka import ConsumerRecord, TopicPartition
from sqlalchemy import text

from bench import ledger
from bench.traffic import Message
from dunning_engine import main as engine
from dunning_engine.bus.subscriptions import reads as engine_reads
from invoice_service.bus.subscriptions import reads as invoice_reads
from invoice_service.main import unit_of_work
from kulant_chassis.batch import BatchProcessor
from kulant_chassis.clock import WallClock
from kulant_chassis.database import Database
from kulant_chassis.migrations import upgrade
from kulant_chassis.outbox import Relay
from kulant_chassis.parking import ParkingPlace
from kulant_chassis.positions import begin
from kulant_chassis.received import Reads
from kulant_contracts import topics
from kulant_contracts.envelope import CONTENT_TYPE_HEADER
from kulant_devstack.fixtures import FreshDatabase, FreshTopics
from notifier.bus.outgoing import draft_of
from notifier.bus.subscriptions import reads as notifier_reads
from notifier.domain import decision
from notifier.domain.decision import Answer
from notifier.domain.reminder import Reminder
from notifier.gateways.rendering import MailRenderer
from notifier.gateways.rendering import Sender as MailSender
from notifier.sender import Sender, SenderParts
from notifier.store.work import StoredWork, open_work
from notifier.usecases.ports import Accepted
from tests.integration.counting import counted

FACTS = 500
REMINDERS = 80
TENANT = "counted"
_ENGINE = engine_reads(engine.engine(), engine.work_of)
_NOTIFIER = notifier_reads(lambda transaction: StoredWork(transaction, draft_of))


class _Service:
    """A service's database and its handler of batches, fed without a consumer group."""

    def __init__(self, name: str, url: str, reads: Reads, prefix: str = "") -> None:
        self.database = Database(url, source=f"/kulant/{name}", topic_prefix=prefix)
        parking = ParkingPlace(name, "127.0.0.1:1", limit=1, topic_prefix="")
        self._batches = BatchProcessor(self.database, reads, parking, topic_prefix="")
        self._next: dict[str, int] = {}

    async def read(self, topic: str, messages: Sequence[Message], size: int = 500) -> None:
        """Batches of one partition, as large as they are under load."""
        place = TopicPartition(topic, 0)
        if topic not in self._next:
            self._next[topic] = 0
            async with self.database.begin() as transaction:
                await begin(transaction.connection, {place: 0})
        for first in range(0, len(messages), size):
            start = self._next[topic]
            batch = messages[first : first + size]
            records = [_record(topic, start + number, *message) for number, message in enumerate(batch)]
            end = self._next[topic] = start + len(records)
            await self._batches.process(place, records, start=start, end=end)

    async def given(self, topic: str) -> list[Message]:
        """What lies in the outbox for a topic."""
        async with self.database.read() as connection:
            rows = await connection.execute(
                text("SELECT key, value FROM outbox WHERE topic = :topic ORDER BY id"), {"topic": topic}
            )
            return [(row.key, row.value) for row in rows]


def _record(topic: str, offset: int, key: str, value: bytes) -> Any:
    return ConsumerRecord(topic, 0, offset, 0, 0, key.encode(), value, None, 0, 0, [CONTENT_TYPE_HEADER])


Serve = Callable[..., _Service]


@pytest.fixture
async def serve(fresh_database: FreshDatabase) -> AsyncIterator[Serve]:
    """A service on a database of this test's own."""
    made: list[_Service] = []

    def on(name: str, reads: Reads, prefix: str = "") -> _Service:
        package = name.replace("-", "_")
        made.append(_Service(name, fresh_database(package, lambda url: upgrade(package, url)), reads, prefix))
        return made[-1]

    yield on
    for service in made:
        await service.database.close()


async def test_registering_a_batch_of_invoices_takes_few_statements(serve: Serve) -> None:
    service = serve("invoice-service", invoice_reads(unit_of_work))
    await service.read(topics.ERP, ledger.parties_of_erp(TENANT, FACTS))
    with counted() as found:
        await service.read(topics.ERP, ledger.invoices_of_erp(TENANT, FACTS))
    assert len(await service.given(topics.INVOICE)) > 2 * FACTS  # customers, then their invoices
    assert found <= Counter(sql=16, copy=1, commit=1)


async def test_deciding_on_a_batch_of_customers_takes_few_statements(serve: Serve) -> None:
    service = serve("dunning-engine", _ENGINE)
    await service.read(topics.INVOICE, ledger.parties(TENANT, FACTS))
    with counted() as found:
        await service.read(topics.INVOICE, ledger.overdue(TENANT, FACTS))
    assert len(await service.given(topics.REMINDER)) == FACTS
    assert found <= Counter(sql=19, copy=5, commit=1)


async def test_a_batch_of_events_reaches_the_broker_in_few_requests(serve: Serve, fresh_topics: FreshTopics) -> None:
    fresh_topics.create([topics.REMINDER, topics.CASE])
    service = serve("dunning-engine", _ENGINE, fresh_topics.prefix)
    await service.read(topics.INVOICE, ledger.parties(TENANT, FACTS))
    await service.read(topics.INVOICE, ledger.overdue(TENANT, FACTS))
    relay = Relay(service.database, fresh_topics.bootstrap, lease_seconds=5)
    with counted() as found:
        await relay.start()
        async with asyncio.timeout(30):
            while await service.given(fresh_topics.name(topics.CASE)):
                await asyncio.sleep(0.02)
        await relay.stop()
    # How many partitions share a request is the timing of broker and client; one per event would be a thousand.
    assert 1 <= found["Produce"] <= 50


class _Clear:
    """Owners that let everything leave."""

    async def ask(self, service: str, tenant: str, reminders: Sequence[Reminder]) -> Mapping[UUID, Answer]:
        return {one.reminder_id: Answer("clear", 3) for one in reminders}

    async def close(self) -> None:
        pass


class _Taker:
    """A mail server that takes everything, without a network."""

    name, lanes = "smtp", 16

    def __init__(self) -> None:
        self.taken = 0

    async def is_ready(self) -> bool:
        return True

    async def open(self, address: str, comes_back_to: str) -> "_Taker":
        return self

    async def hand_over(self, content: bytes) -> Accepted:
        self.taken += 1
        return Accepted("taken")

    async def close(self) -> None:
        pass


async def test_sending_reminders_takes_few_statements(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decision, "CLEARANCE_AGE", timedelta(hours=1))  # else a slow machine asks the gate again
    decides = serve("dunning-engine", _ENGINE)
    customers, overdue = ledger.parties(TENANT, REMINDERS), ledger.overdue(TENANT, REMINDERS)
    await decides.read(topics.INVOICE, [*customers, *overdue])
    service = serve("notifier", _NOTIFIER)
    await service.read(topics.INVOICE, [*customers, *overdue])
    with counted() as recording:
        await service.read(topics.REMINDER, await decides.given(topics.REMINDER))
    server = _Taker()
    sender = _sender(service.database, server)
    with counted() as sending:
        await _send_all(sender)
    assert server.taken == len(await service.given(topics.DELIVERY)) == REMINDERS
    assert recording <= Counter(sql=9, commit=2)
    assert sending <= Counter(sql=94, copy=6, commit=18)


def _sender(database: Database, server: _Taker) -> Sender:
    parts = SenderParts(
        database=database,
        open_work=open_work(database, draft_of),
        clock=WallClock(),
        gate=_Clear(),
        gateway=server,
        renderer=MailRenderer(MailSender("reminders@kulant.example")),
        page_url=lambda reminder_id: f"https://pay.example/r/{reminder_id}",
        lease_seconds=60.0,
        most_per_batch=1_000,
        most_tenants=16,
    )
    return Sender(parts)


async def _send_all(sender: Sender) -> None:
    """What the loop of the role `send` does, without its pauses: their number depends on the time that passes."""
    await sender._beat()
    while True:
        await sender._claim()
        lanes = list(sender._lanes)
        if not lanes:
            return
        await asyncio.gather(*(lane.task for lane in lanes))
