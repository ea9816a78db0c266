"""The service on a real database, spoken to over HTTP and through its own reader's handler."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from fastapi import FastAPI
from feedback_builders import NOW
from httpx2 import ASGITransport, AsyncClient
from sqlalchemy import text

from feedback_service.bus.outgoing import drafts
from feedback_service.bus.subscriptions import reads
from feedback_service.main import routers
from feedback_service.store.doors import Opener
from feedback_service.store.store import FeedbackStore
from feedback_service.web.page import Doors
from kulant_chassis.auth import TokenRecord, Tokens
from kulant_chassis.database import Database
from kulant_chassis.http import create_app
from kulant_chassis.migrations import upgrade
from kulant_chassis.received import Received
from kulant_chassis.tokens import sign
from kulant_chassis.transaction import Cause
from kulant_contracts.envelope import Envelope, Event, EventData, key_of

SECRET = b"a secret of this test"
OPERATOR = {"Authorization": "Bearer operator", "Kulant-Tenant": "acme"}
GATE = {"Authorization": "Bearer gate", "Kulant-Tenant": "acme"}


def _token(name: str, role: str, tenants: tuple[str, ...] = ("*",)) -> tuple[str, TokenRecord]:
    digest = hashlib.sha256(name.encode()).hexdigest()
    return digest, TokenRecord(sha256=digest, tenants=tenants, roles=frozenset({role}))


TOKENS = Tokens(
    dict(
        [
            _token("operator", "operator"),
            _token("gate", "clearance"),
            _token("reader", "reader"),
            _token("agent", "agent"),
            _token("acme-agent", "agent", ("acme",)),
        ]
    )
)


@dataclass
class Feedback:
    """The service under test; `http` is its front door."""

    database: Database
    opener: Opener
    http: AsyncClient
    app: FastAPI

    async def read(self, *events: EventData) -> None:
        """Hand events to the reader's handler, as one batch in one transaction."""
        handler = reads(lambda transaction: FeedbackStore(transaction, drafts)).handle
        async with self.database.begin() as transaction:
            batch = [_received(data, number) for number, data in enumerate(events, 1)]
            await transaction.lock({one.key for one in batch})
            await handler(transaction, batch)

    async def rows(self, query: str) -> list[tuple]:
        async with self.database.read() as connection:
            return [tuple(row) for row in await connection.execute(text(query))]


def _received(data: EventData, number: int) -> Received:
    key = key_of("acme", data)
    traceparent = f"00-{'a' * 31}1-{'b' * 15}1-01"
    envelope = Envelope(
        id=f"event-{data.TYPE}-{number}",
        source="/kulant/test",
        type=data.TYPE,
        time=NOW,
        tenantid="acme",
        partitionkey=key,
        sequence=number,
        traceparent=traceparent,
        correlationid="erp-1",
    )
    return Received(
        Event(envelope, data), key, data.TOPIC, 0, number, Cause(traceparent, None, "erp-1", envelope.id), None
    )


def page_of(reminder_id) -> str:
    return f"/r/{sign(SECRET, 'page', reminder_id)}"


@pytest.fixture
async def feedback(fresh_database) -> AsyncIterator[Feedback]:
    url = fresh_database("feedback_service", lambda url: upgrade("feedback_service", url))
    database = Database(url, source="/kulant/feedback-service")
    opener = Opener(database, drafts)
    doors = Doors(SECRET, None, opener.reading, opener.writing)

    async def is_ready() -> bool:
        return True

    app = create_app("test", routers(doors, opener), tokens=TOKENS, is_live=lambda: True, is_ready=is_ready)
    async with AsyncClient(transport=ASGITransport(app), base_url="http://pay.example") as http:
        yield Feedback(database, opener, http, app)
    await database.close()
