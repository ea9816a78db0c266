"""Has this service nothing left to do? `GET /v1/quiescence` for callers that move a test clock."""

import asyncio
import contextlib
from collections.abc import Callable

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError
from fastapi import APIRouter
from sqlalchemy import text

from kulant_chassis.clock import Clock
from kulant_chassis.database import Database
from kulant_chassis.http import require_token
from kulant_chassis.timers import Sources

_POSITIONS = (
    "(SELECT coalesce(array_agg(ROW(topic, partition, next_offset) ORDER BY topic, partition), '{}')"
    " FROM consumer_position WHERE topic = ANY(CAST(:topics AS text[])))"
)


class LogEnds:
    """Asks the broker where its partitions end: up to the last stable offset (committed transactions only)."""

    def __init__(self, bootstrap: str, topics: list[str]) -> None:
        self._bootstrap = bootstrap
        self._topics = topics
        self._consumer: AIOKafkaConsumer | None = None
        self._places: list[TopicPartition] = []
        self._lock = asyncio.Lock()

    async def read(self) -> dict[TopicPartition, int]:
        """End offsets of all partitions, read after this call began. Raises KafkaError, OSError or TimeoutError."""
        async with self._lock:
            try:
                async with asyncio.timeout(10):
                    return await self._read()
            except BaseException:
                await self._drop()
                raise

    async def _read(self) -> dict[TopicPartition, int]:
        if self._consumer is None:
            self._consumer = AIOKafkaConsumer(
                bootstrap_servers=self._bootstrap, isolation_level="read_committed", enable_auto_commit=False
            )
            await self._consumer.start()
        if not self._places:
            self._places = await self._find_places(self._consumer)
        return dict(await self._consumer.end_offsets(self._places))

    async def _find_places(self, consumer: AIOKafkaConsumer) -> list[TopicPartition]:
        """All partitions; their number is fixed when a topic is made."""
        # The public topics() reads the same metadata but hands out the names alone.
        cluster = await consumer._client.fetch_all_metadata()  # noqa: SLF001
        places = [
            TopicPartition(topic, partition)
            for topic in self._topics
            for partition in cluster.partitions_for_topic(topic) or ()
        ]
        if len({place.topic for place in places}) < len(self._topics):
            raise TimeoutError("a topic is not there")
        return places

    async def close(self) -> None:
        """End the connection."""
        async with self._lock:
            await self._drop()

    async def _drop(self) -> None:
        if self._consumer is not None:
            consumer, self._consumer, self._places = self._consumer, None, []
            with contextlib.suppress(KafkaError, OSError, asyncio.CancelledError):
                await consumer.stop()


class Quiescence:
    """Counts what is left: unread facts, unsent events, due looks, work in hand.

    `in_flight` is the service's own query for work in hand: one number; `:wall` is the machine's time.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        ends: LogEnds,
        *,
        topics: list[str],
        running_batches: Callable[[], int],
        has_timers: bool,
        in_flight: str | None,
        woken: str | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._ends = ends
        self._topics = topics
        self._running_batches = running_batches
        due = Sources(woken).counted if has_timers else "0"
        # One statement, so all figures are of one moment; who moves a clock asks many times.
        self._ask = text(
            "SELECT (SELECT test_now_at FROM tenant_clock WHERE tenant = :tenant) AS clock_at,"  # noqa: S608 -- our own
            f" (SELECT count(*) FROM outbox) AS outbox, {due} AS due_timers,"
            f" ({in_flight or '0'}) AS in_flight, {_POSITIONS} AS positions"
        )

    async def figures(self, tenant: str | None) -> dict[str, object]:
        """Shape of `kulant_contracts.quiescence`; `clock_at` is None for a live, unknown or unnamed tenant."""
        ends = await self._ends.read()
        parameters = {"tenant": tenant, "topics": self._topics, "wall": self._clock.now()}
        async with self._database.glance() as connection:
            left = (await connection.execute(self._ask, parameters)).one()
        positions = {TopicPartition(topic, partition): offset for topic, partition, offset in left.positions}
        lag = sum(max(end - positions.get(place, 0), 0) for place, end in ends.items())
        return {
            "clock_at": left.clock_at,
            "lag": lag,
            "outbox": left.outbox,
            "due_timers": left.due_timers,
            "in_flight": int(left.in_flight) + self._running_batches(),  # a sum is no integer to the database
            "positions": {f"{place.topic}/{place.partition}": offset for place, offset in positions.items()},
        }


def quiescence_router(quiescence: Quiescence) -> APIRouter:
    """The route `GET /v1/quiescence`."""
    router = APIRouter()

    @router.get("/v1/quiescence", tags=["operations"])
    async def show(tenant: str | None = require_token("reader", "erp", "clearance")) -> dict[str, object]:
        """What this service has left to do, read after the question came."""
        return await quiescence.figures(tenant)

    return router
