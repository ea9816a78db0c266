"""The service on a real PostgreSQL: facts go in as the consumer hands them over, events are read from the outbox."""

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import httpx2
from aiokafka import ConsumerRecord
from invoice_wire import READABLE_OWN, as_bytes
from sqlalchemy import text

from invoice_service.api.access import Access
from invoice_service.api.clearances import clearances_router
from invoice_service.api.events import events_router
from invoice_service.api.look_ups import look_ups_router
from invoice_service.api.restatements import restatements_router
from invoice_service.api.test_clock import test_clock_router
from invoice_service.bus.looks import looks
from invoice_service.bus.subscriptions import reads
from invoice_service.main import unit_of_work
from kulant_chassis.auth import TokenRecord, Tokens
from kulant_chassis.database import Database
from kulant_chassis.http import create_app
from kulant_chassis.logs import start_logging
from kulant_chassis.migrations import upgrade
from kulant_chassis.received import Parked, Received
from kulant_chassis.timers import Timers, count_due
from kulant_chassis.transaction import Cause, Transaction
from kulant_contracts import topics
from kulant_contracts.envelope import Event, decode_structured

start_logging("invoice-service", "WARNING")


def migrate(url: str) -> None:
    upgrade("invoice_service", url)


def received(event: Event, key_bytes: bytes | None) -> Received:
    envelope = event.envelope
    key = envelope.partitionkey
    record = ConsumerRecord(topics.ERP, 0, 0, 0, 0, key_bytes, as_bytes(event), None, 0, 0, ())
    cause = Cause(envelope.traceparent, envelope.tracestate, envelope.correlationid or envelope.id, envelope.id)
    return Received(event, key, topics.ERP, 0, 0, cause, record)


async def until(condition: Callable[[], object], seconds: float = 30) -> None:
    """Wait for a condition (plain or awaitable), never for a time."""
    async with asyncio.timeout(seconds):
        while True:
            outcome = condition()
            if await outcome if asyncio.iscoroutine(outcome) else outcome:
                return
            await asyncio.sleep(0.02)


@dataclass
class Desk:
    """One invoice-service."""

    database: Database
    read: int = 0
    seen: list[Event] = field(default_factory=list)

    async def deliver(self, *events: Event, key: bytes | None = None) -> None:
        """Hand over a batch as the consumer does; `key` is what the ERP used as Kafka key."""
        batch = [received(event, key) for event in events]
        async with self.database.begin() as transaction:
            await transaction.lock([one.key for one in batch])
            await reads(unit_of_work).handle(transaction, batch)

    async def apply(self, transaction: Transaction, event: Event) -> None:
        """Hand over one event inside a transaction that the test commits."""
        await reads(unit_of_work).handle(transaction, [received(event, None)])

    async def park(self, parked: Parked) -> None:
        """Park a record as the consumer does."""
        handler = reads(unit_of_work).on_parked
        assert handler is not None
        async with self.database.begin() as transaction:
            await transaction.lock([parked.key] if parked.key else [])
            await handler(transaction, parked)

    async def let_timers_work(self) -> None:
        """Run the timers until nobody is due."""
        timers = Timers(self.database, looks(unit_of_work))
        await timers.start()
        try:
            await until(self._is_nobody_due)
        finally:
            await timers.stop()

    async def _is_nobody_due(self) -> bool:
        async with self.database.begin() as transaction:
            return await count_due(transaction.connection, transaction.started_at) == 0

    async def told(self) -> list[Event]:
        """The events told since the last call."""
        async with self.database.read() as connection:
            rows = (
                await connection.execute(
                    text("SELECT id, value FROM outbox WHERE id > :id ORDER BY id"), {"id": self.read}
                )
            ).all()
        if rows:
            self.read = rows[-1].id
        return [decode_structured(row.value, READABLE_OWN) for row in rows]

    async def types(self) -> list[str]:
        """The types of the events told since the last call, without what all have in common."""
        return [event.envelope.type.removeprefix("kulant.").removesuffix(".v1") for event in await self.told()]

    async def state(self) -> Sequence[tuple[object, ...]]:
        """How every item stands, without versions and sequences."""
        columns = "tenant, customer_id, invoice_id, item_id, due_on, amount_minor, open_minor, state, settled_on"
        async with self.database.read() as connection:
            found = await connection.execute(text(f"SELECT {columns} FROM item ORDER BY 1, 2, 3, 4"))
            return [tuple(row) for row in found]

    async def whole_state(self) -> list[tuple[object, ...]]:
        """All that was told, without versions and sequences, and without what no longer is."""
        columns = "invoice_id, item_id, open_minor, state, corrected_minor, closings::text, returned ->> 0"
        queries = (
            f"SELECT {columns} FROM item WHERE state <> 'cancelled'",
            "SELECT customer_id, hold_id, details ->> 'scope_id' FROM hold WHERE is_set",
            "SELECT customer_id, creditor_id, currency, amount_minor FROM credit WHERE amount_minor <> 0",
            "SELECT creditor_id, account, max(version) FROM payments_check GROUP BY 1, 2",
        )
        async with self.database.read() as connection:
            return [
                tuple(row) for query in queries for row in await connection.execute(text(f"{query} ORDER BY 1, 2, 3"))
            ]


class OpenBarrier:
    """Nothing is ever unread; for tests that are not about the barrier."""

    async def pass_through(self) -> None:
        return


def token(name: str, tenants: tuple[str, ...], *roles: str) -> TokenRecord:
    return TokenRecord(sha256=hashlib.sha256(name.encode()).hexdigest(), tenants=tenants, roles=frozenset(roles))


def app_of(access: Access):

    async def is_ready() -> bool:
        return True

    routers = [
        make(access)
        for make in (events_router, look_ups_router, clearances_router, test_clock_router, restatements_router)
    ]
    records = [
        token("operator", ("*",), "operator"),
        token("erp", ("acme",), "erp"),
        token("reader", ("acme",), "reader"),
    ]
    tokens = Tokens({record.sha256: record for record in records})
    return create_app("invoice-service", routers, tokens=tokens, is_live=lambda: True, is_ready=is_ready)


@dataclass
class Client:
    """Talks to the API in the loop of the test."""

    app: object

    async def call(self, method: str, path: str, *, token: str = "operator", tenant: str | None = "acme", **more):

        headers = {"authorization": f"Bearer {token}", **more.pop("headers", {})}
        if tenant:
            headers["kulant-tenant"] = tenant
        transport = httpx2.ASGITransport(app=self.app, raise_app_exceptions=False)
        async with httpx2.AsyncClient(transport=transport, base_url="http://invoice-service") as client:
            return await client.request(method, path, headers=headers, **more)
