"""The unit of work: the chassis' transaction with this service's tables around it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from datetime import datetime

from sqlalchemy import text

from kulant_chassis.database import Database
from kulant_chassis.transaction import Draft, Transaction
from kulant_contracts import topics
from notifier.domain.decision import FEEDBACK_SERVICE, INVOICE_SERVICE, OwnSight
from notifier.domain.outcome import Outcome
from notifier.store.parties import PartyStore
from notifier.store.reminders import ReminderStore
from notifier.store.tasks import TaskStore
from notifier.telemetry import DELIVERIES
from notifier.usecases.ports import OpenWork, Trace, Work

Translate = Callable[[Outcome, Trace], Draft]

_READ_FROM = {
    INVOICE_SERVICE: ("/kulant/invoice-service", topics.INVOICE),
    FEEDBACK_SERVICE: ("/kulant/feedback-service", topics.RESPONSE),
}
_OWN_STOPS = text("SELECT key, sequence FROM own_stop WHERE key = ANY(CAST(:keys AS text[]))")
# A tenant-wide fact that is missing holds the whole tenant. Its row is read, not locked.
_TENANTS_WITH_GAPS = text(
    "SELECT key FROM key_row WHERE key = ANY(CAST(:tenants AS text[])) AND (parked <> '{}'"
    " OR EXISTS (SELECT FROM jsonb_each(had) AS s WHERE jsonb_array_length(s.value -> 1) > 0))"
)


class StoredWork:
    """`Work` on a transaction of the chassis."""

    def __init__(self, transaction: Transaction, translate: Translate) -> None:
        self.reminders = ReminderStore(transaction)
        self.parties = PartyStore(transaction)
        self.tasks = TaskStore(transaction)
        self.started_at = transaction.started_at
        self._transaction = transaction
        self._translate = translate

    async def lock(self, keys: Collection[str]) -> None:
        """Lock customers, in byte order."""
        await self._transaction.lock(keys)

    async def clock(self, tenant: str) -> datetime | None:
        """The tenant's time; None while the tenant is not known."""
        clock = await self._transaction.tenant(tenant)
        return None if clock is None else clock.test_now_at or self.started_at

    async def test_clock(self, tenant: str) -> datetime | None:
        """Where a test tenant's clock stands; None for a tenant that goes by the wall clock."""
        clock = await self._transaction.tenant(tenant)
        return None if clock is None else clock.test_now_at

    async def sights(self, keys: Collection[str]) -> Mapping[str, OwnSight]:
        """What this service has read and done about locked customers."""
        connection = self._transaction.connection
        tenants = {self._transaction.key(key).tenant for key in keys}
        with_gaps = set((await connection.execute(_TENANTS_WITH_GAPS, {"tenants": list(tenants)})).scalars())
        stops: dict[str, int] = {
            row["key"]: row["sequence"]
            for row in (await connection.execute(_OWN_STOPS, {"keys": list(keys)})).mappings()
        }
        return {key: self._sight(key, with_gaps, stops.get(key, 0)) for key in keys}

    def _sight(self, key: str, with_gaps: set[str], stopped_at: int) -> OwnSight:
        row = self._transaction.key(key)
        return OwnSight(
            is_complete=row.is_complete and row.tenant not in with_gaps,
            had={service: row.had(source, topic) for service, (source, topic) in _READ_FROM.items()},
            given=row.given(topics.DELIVERY),
            stopped_at=stopped_at,
        )

    def publish(self, outcome: Outcome, trace: Trace) -> int:
        """Record the outcome's event; returns its sequence."""
        DELIVERIES.labels(outcome.state.value).inc()
        return self._transaction.publish(self._translate(outcome, trace)).sequence


def open_work(database: Database, translate: Translate) -> OpenWork:
    """Opens units of work on a database."""

    @asynccontextmanager
    async def begin() -> AsyncIterator[StoredWork]:
        async with database.begin() as transaction:
            yield StoredWork(transaction, translate)

    return begin


@asynccontextmanager
async def open_requests(database: Database, translate: Translate) -> AsyncIterator[tuple[Transaction, StoredWork]]:
    """A unit of work of a request, with the chassis' transaction around it, which keeps its key and the audit."""
    async with database.begin() as transaction:
        yield transaction, StoredWork(transaction, translate)


def at_most(count: int, opening: OpenWork) -> OpenWork:
    """The same with so many open at a time: the others wait outside, without a connection of the pool."""
    places = asyncio.Semaphore(count)

    @asynccontextmanager
    async def begin() -> AsyncIterator[Work]:
        async with places, opening() as work:
            yield work

    return begin
