"""The notifier on a real PostgreSQL, with a gate that answers as told and a mail server that keeps its mails."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import notifier_builders as make
import pytest
from mail_sink import MailSink, mail_sink
from sqlalchemy import text

from kulant_chassis.clock import WallClock
from kulant_chassis.database import Database
from kulant_chassis.ids import uuid7
from kulant_chassis.migrations import upgrade
from kulant_contracts import topics
from notifier.bus.outgoing import draft_of
from notifier.domain.decision import Answer
from notifier.domain.reminder import Reminder
from notifier.gateways.email import SmtpAccess, SmtpGateway
from notifier.gateways.rendering import MailRenderer
from notifier.gateways.rendering import Sender as MailSender
from notifier.sender import Sender, SenderParts
from notifier.store.claims import IN_FLIGHT
from notifier.store.work import StoredWork, open_work
from notifier.usecases.ports import Command, Trace
from notifier.usecases.record_commands import record_commands

BUSINESS = datetime(2026, 3, 12, 8, 14, tzinfo=UTC)


@dataclass
class FakeGate:
    """Says `clear` unless told otherwise: `says` by (service, reminder id), None is no answer."""

    says: Callable[[str, Reminder], Answer | None] = lambda service, reminder: Answer("clear", 3)
    asked: list[tuple[str, int]] = field(default_factory=list)
    before: Callable[[str], Awaitable[None]] | None = None

    async def ask(self, service: str, tenant: str, reminders: Sequence[Reminder]) -> Mapping[UUID, Answer]:
        assert {one.tenant for one in reminders} == {tenant}
        self.asked.append((service, len(reminders)))
        if self.before:
            await self.before(service)
        return {one.reminder_id: said for one in reminders if (said := self.says(service, one)) is not None}

    async def close(self) -> None:
        pass


@dataclass
class World:
    """All parts of a notifier without Kafka."""

    database: Database
    sink: MailSink
    gate: FakeGate = field(default_factory=FakeGate)
    senders: list[Sender] = field(default_factory=list)

    async def know(
        self, tenant: str = "nordlicht", *, test_now_at: datetime | None = BUSINESS, customers: int = 1
    ) -> None:
        """The tenant, its creditor, and customers C-1001 onwards."""
        async with self.database.begin() as transaction:
            await transaction.lock([tenant])
            await transaction.follow_tenant(
                tenant,
                mode="test" if test_now_at else "live",
                test_now_at=test_now_at,
                version=1,
                settings_changed=False,
            )
            work = StoredWork(transaction, draft_of)
            await work.parties.save_creditors([(tenant, make.creditor(), 1)])
            facts = []
            for number in range(customers):
                customer_id = f"C-{1001 + number}"
                facts.append((f"{tenant}/{customer_id}", make.customer(customer_id=customer_id), 1))
            await work.parties.save_customers(facts)

    async def move_clock(self, to: datetime, tenant: str = "nordlicht") -> None:
        async with self.database.begin() as transaction:
            await transaction.lock([tenant])
            clock = await transaction.tenant(tenant)
            await transaction.follow_tenant(
                tenant, mode="test", test_now_at=to, version=clock.version + 1, settings_changed=False
            )

    async def read_up_to(self, sequence: int, key: str = "nordlicht/C-1001", source: str = "invoice-service") -> None:
        """The service has read invoice facts about the customer up to this sequence."""
        topic = topics.INVOICE if source == "invoice-service" else topics.RESPONSE
        async with self.database.begin() as transaction:
            await transaction.lock([key])
            for number in range(1, sequence + 1):
                transaction.key(key).take(f"/kulant/{source}", topic, number)

    async def request(self, *reminders: Reminder, has_read: bool = True, trace: Trace | None = None) -> None:
        """Commands arrive."""
        if has_read:
            for one in reminders:
                await self.read_up_to(one.seen.get("invoice-service", 0), one.key)
        async with self._locked({one.key for one in reminders}) as work:
            await record_commands(work, [Command(one, trace or Trace()) for one in reminders], {}, uuid7)

    async def withdraw(self, reminder: Reminder) -> None:
        """A withdrawal arrives."""
        async with self._locked({reminder.key}) as work:
            await record_commands(work, [], {reminder.reminder_id: "paid"}, uuid7)

    @asynccontextmanager
    async def _locked(self, keys: set[str]) -> AsyncIterator[StoredWork]:
        async with self.database.begin() as transaction:
            await transaction.lock(keys)
            yield StoredWork(transaction, draft_of)

    def sender(self, **changes: Any) -> Sender:
        """A sender that is not started yet."""
        gateway = SmtpGateway(SmtpAccess("127.0.0.1", self.sink.port, announce_seconds=10, connections=4))
        values: dict[str, Any] = {
            "database": self.database,
            "open_work": open_work(self.database, draft_of),
            "clock": WallClock(),
            "gate": self.gate,
            "gateway": gateway,
            "renderer": MailRenderer(MailSender("reminders@kulant.example")),
            "page_url": lambda reminder_id: f"https://pay.example/r/{reminder_id}",
            "lease_seconds": 5.0,
            "most_per_batch": 1000,
            "most_tenants": 16,
        }
        sender = Sender(SenderParts(**(values | changes)))
        self.senders.append(sender)
        return sender

    async def start(self, **changes: Any) -> Sender:
        sender = self.sender(**changes)
        await sender.start()
        return sender

    async def silence(self) -> None:
        """All leases run out, as they do some seconds after a kill."""
        await self.run("UPDATE sender_lease SET expires_at = clock_timestamp() - interval '1 s'")

    async def run(self, sql: str, **parameters: Any) -> list[Any]:
        async with self.database.engine.begin() as connection:
            result = await connection.execute(text(sql), parameters)
            return list(result.mappings()) if result.returns_rows else []

    async def states(self) -> dict[str, int]:
        rows = await self.run("SELECT state, count(*) AS n FROM reminder GROUP BY state")
        return {row["state"]: row["n"] for row in rows}

    async def events(self) -> list[dict[str, Any]]:
        """What was given out, oldest first, with the event's short name as `is`."""
        rows = await self.run("SELECT value FROM outbox ORDER BY id")
        told = [json.loads(bytes(row["value"])) for row in rows]
        return [one["data"] | {"is": one["type"].split(".")[2], "envelope": one} for one in told]

    async def in_flight(self) -> int:
        async with self.database.read() as connection:
            return (await connection.execute(text(IN_FLIGHT), {"wall": datetime.now(UTC)})).scalar_one()

    async def all_ended(self) -> bool:
        return not await self.run(
            "SELECT 1 FROM reminder WHERE state IN ('requested', 'claimed', 'handing_over') LIMIT 1"
        )


async def until(condition: Callable[[], Any], seconds: float = 20) -> None:
    """Wait for a condition (plain or awaitable), never for a time."""
    async with asyncio.timeout(seconds):
        while True:
            outcome = condition()
            if await outcome if asyncio.iscoroutine(outcome) else outcome:
                return
            await asyncio.sleep(0.02)


def numbered(count: int, tenant: str = "nordlicht", first: int = 1001, **changes: Any) -> list[Reminder]:
    """So many reminders, each of a customer of its own."""
    return [
        make.reminder(
            make.line(f"R-{number}"),
            reminder_id=uuid7(),
            tenant=tenant,
            customer_id=f"C-{number}",
            **{"not_before_at": BUSINESS - timedelta(hours=1), "not_after_at": BUSINESS + timedelta(hours=8)} | changes,
        )
        for number in range(first, first + count)
    ]


@pytest.fixture
async def world(fresh_database) -> AsyncIterator[World]:
    database = Database(fresh_database("notifier", lambda url: upgrade("notifier", url)), source="/kulant/notifier")
    async with mail_sink() as sink:
        made = World(database, sink)
        yield made
        for sender in made.senders:
            await sender.stop()
    await database.close()
