"""The relay: the only place from which a service's events reach Kafka."""

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from sqlalchemy import text

from kulant_chassis.database import Database
from kulant_chassis.failures import is_transient
from kulant_chassis.loop import Loop
from kulant_chassis.metrics import OUTBOX_PUBLISHED, RELAY_FAILURES
from kulant_contracts.envelope import CONTENT_TYPE

_log = structlog.get_logger(__name__)

# By the index: read in the order of the table, it passes all rows that were deleted since the last vacuum.
_FIRST = text("SELECT id FROM outbox ORDER BY id LIMIT 1")
_TAKE_LEASE = text(
    "INSERT INTO relay_lease (name, owner, expires_at)"
    " VALUES ('outbox', :owner, clock_timestamp() + make_interval(secs => :seconds))"
    " ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, expires_at = excluded.expires_at"
    " WHERE relay_lease.owner = excluded.owner OR relay_lease.expires_at < clock_timestamp() RETURNING owner"
)
_GIVE_LEASE_BACK = text("DELETE FROM relay_lease WHERE name = 'outbox' AND owner = :owner")
_OLDEST = text("SELECT id, topic, key, value, traceparent, tracestate FROM outbox ORDER BY id LIMIT :rows")
_DELETE = text("DELETE FROM outbox WHERE id = ANY(CAST(:ids AS bigint[]))")

POLL_SECONDS = 0.05
LONGEST_POLL_SECONDS = 0.25
"""A relay in a process of its own finds events by asking; one beside their writers is woken."""
BATCH_ROWS = 1000
SEND_TIMEOUT_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Row:
    """An event waiting to be published."""

    id: int
    topic: str
    key: str
    value: bytes
    traceparent: str | None
    tracestate: str | None

    def headers(self) -> list[tuple[str, bytes]]:
        """Kafka headers: content type, trace context, and the number of the outbox row."""
        headers = [("content-type", CONTENT_TYPE.encode()), ("kulant-outbox-number", str(self.id).encode())]
        if self.traceparent:
            headers.append(("traceparent", self.traceparent.encode()))
        if self.tracestate:
            headers.append(("tracestate", self.tracestate.encode()))
        return headers


def new_producer(bootstrap: str, *, max_event_bytes: int = 1_000_000) -> AIOKafkaProducer:
    """An idempotent producer that waits for all replicas; one task uses it at a time."""
    return AIOKafkaProducer(
        bootstrap_servers=bootstrap,
        acks="all",
        enable_idempotence=True,
        linger_ms=2,
        max_batch_size=256 * 1024,
        max_request_size=max_event_bytes,
        request_timeout_ms=15_000,
        compression_type="lz4",
    )


async def throw_away(producer: AIOKafkaProducer) -> None:
    """End a producer without sending what it still holds: a new one begins again from the oldest row."""
    with contextlib.suppress(KafkaError, OSError, asyncio.CancelledError):
        if producer._sender is not None:  # noqa: SLF001 -- stop() flushes: it would send rows behind the failed one
            await producer._sender.close()  # noqa: SLF001
    with contextlib.suppress(KafkaError, OSError):
        await producer.client.close()
    producer._closed = True  # noqa: SLF001


class Relay(Loop):
    """Publishes the outbox, oldest first, and deletes what the broker acknowledged.

    One relay of a service is at work, by a lease; another waits. No transaction is open while it sends. A crash or a
    lost lease repeats events with their old sequences, which readers drop; it never leaves a gap.
    """

    def __init__(self, database: Database, bootstrap: str, *, lease_seconds: float) -> None:
        super().__init__(
            "relay", news=database.news.listen(), idle_seconds=POLL_SECONDS, longest_seconds=LONGEST_POLL_SECONDS
        )
        self._database = database
        self._bootstrap = bootstrap
        self._lease_seconds = lease_seconds
        self._owner: UUID = uuid4()
        self._producer: AIOKafkaProducer | None = None

    async def stop(self) -> None:
        """Finish the batch in hand, give the lease back and end."""
        await super().stop()
        await self._drop_producer()
        with contextlib.suppress(Exception):  # the lease ends by itself
            async with self._database.engine.begin() as connection:
                await connection.execute(_GIVE_LEASE_BACK, {"owner": self._owner})

    async def turn(self) -> bool:
        """Publish a batch; see `Loop.turn`."""
        return await self._publish_batch() > 0

    async def failed(self, error: Exception) -> None:
        """On any error begin again with a new producer and the oldest row; see `Loop.failed`."""
        if not is_transient(error):
            _log.error("the relay met something unexpected", action="relay.failed", exc_info=error)
        RELAY_FAILURES.inc()
        _log.warning("the relay begins again", action="relay.restarted", error=type(error).__name__)
        await self._drop_producer()

    async def _publish_batch(self) -> int:
        async with self._database.glance() as connection:
            if (await connection.execute(_FIRST)).first() is None:  # idle: write nothing
                return 0
        async with self._database.engine.begin() as connection:
            parameters = {"owner": self._owner, "seconds": self._lease_seconds}
            if (await connection.execute(_TAKE_LEASE, parameters)).first() is None:
                await self._drop_producer()
                return 0
            rows = [Row(*row) for row in (await connection.execute(_OLDEST, {"rows": BATCH_ROWS}))]
        async with asyncio.timeout(SEND_TIMEOUT_SECONDS):
            await self._send(rows)
        async with self._database.engine.begin() as connection:
            await connection.execute(_DELETE, {"ids": [row.id for row in rows]})
        OUTBOX_PUBLISHED.inc(len(rows))
        return len(rows)

    async def _send(self, rows: Sequence[Row]) -> None:
        if self._producer is None:
            producer = new_producer(self._bootstrap)
            self._producer = producer
            await producer.start()
        sent = [
            await self._producer.send(row.topic, row.value, key=row.key.encode(), headers=row.headers()) for row in rows
        ]
        await asyncio.gather(*sent)

    async def _drop_producer(self) -> None:
        if self._producer is not None:
            producer, self._producer = self._producer, None
            await throw_away(producer)
