"""Measures what waits: unread records and since when, unpublished events, overdue looks. For dashboards and alerts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from time import monotonic

import structlog
from aiokafka import TopicPartition
from sqlalchemy import text

from kulant_chassis.database import Database
from kulant_chassis.failures import is_transient
from kulant_chassis.loop import Loop
from kulant_chassis.metrics import DUE_TIMER_SECONDS, LAG_RECORDS, LAG_SECONDS, OUTBOX_SECONDS
from kulant_chassis.positions import stored
from kulant_chassis.quiescence import LogEnds

_log = structlog.get_logger(__name__)

MEASURE_SECONDS = 10.0

_OUTBOX = text(
    "SELECT coalesce(extract(epoch FROM clock_timestamp() - (SELECT created_at FROM outbox ORDER BY id LIMIT 1)), 0)"
)
_DUE_TIMER = text(
    "SELECT coalesce(greatest(extract(epoch FROM CAST(:wall AS timestamptz) - min(next_live_at)), 0), 0) FROM key_row"
    " WHERE next_live_at IS NOT NULL"
)


@dataclass(slots=True)
class LagAges:
    """Since when each partition has stood still with records waiting; monotonic seconds."""

    _standing: dict[TopicPartition, tuple[int, float]] = field(default_factory=dict)

    def seconds(self, place: TopicPartition, position: int, lag: int, now: float) -> float:
        """How long this partition has waited at this position; 0 where nothing waits."""
        if lag <= 0:
            self._standing.pop(place, None)
            return 0.0
        known = self._standing.get(place)
        if known is None or known[0] != position:
            self._standing[place] = (position, now)
            return 0.0
        return now - known[1]


class Backlog(Loop):
    """Sets the gauges every ten seconds; the figures are the whole service's, whichever replica tells them."""

    def __init__(self, database: Database, ends: LogEnds, topics: list[str]) -> None:
        super().__init__("backlog", idle_seconds=MEASURE_SECONDS, longest_seconds=MEASURE_SECONDS)
        self._database = database
        self._ends = ends
        self._topics = topics
        self._ages = LagAges()

    async def turn(self) -> bool:
        """Measure; see `Loop.turn`."""
        await self.measure()
        return False

    async def failed(self, error: Exception) -> None:
        """A server that does not answer is waited for; see `Loop.failed`."""
        if not is_transient(error):
            raise error
        _log.warning("what waits cannot be measured now", action="backlog.waits", error=type(error).__name__)

    async def measure(self) -> None:
        """Look once. Raises what is transient when the broker or the database does not answer.

        What the database says is told first: without a broker the outbox is what shows it.
        """
        async with self._database.glance() as connection:
            outbox = (await connection.execute(_OUTBOX)).scalar_one()
            due = (await connection.execute(_DUE_TIMER, {"wall": self._database.clock.now()})).scalar_one()
        OUTBOX_SECONDS.set(float(outbox))
        DUE_TIMER_SECONDS.set(float(due))
        ends = await self._ends.read()
        async with self._database.glance() as connection:
            positions = await stored(connection, self._topics)
        self._tell_lags(ends, positions)

    def _tell_lags(self, ends: Mapping[TopicPartition, int], positions: Mapping[TopicPartition, int]) -> None:
        now = monotonic()
        for place, end in ends.items():
            position = positions.get(place, 0)
            lag = max(end - position, 0)
            LAG_RECORDS.labels(place.topic, str(place.partition)).set(lag)
            LAG_SECONDS.labels(place.topic, str(place.partition)).set(self._ages.seconds(place, position, lag, now))
