"""One open transaction of the chassis, seen as the use cases want it."""

from collections.abc import Callable, Iterable
from datetime import datetime

from sqlalchemy import text

from invoice_service.domain.fact import Fact
from invoice_service.domain.moment import Moment
from invoice_service.domain.tenant import Mode
from invoice_service.domain.trail import Trail
from invoice_service.store.accounts import AccountStore
from invoice_service.store.freshness import FreshnessStore
from invoice_service.store.holds import HoldStore
from invoice_service.store.restatements import RestatementStore
from invoice_service.store.tenants import TenantStore
from invoice_service.usecases.ports import AccountKey
from kulant_chassis.clock import microseconds
from kulant_chassis.lock_waits import wait_as_before, wait_briefly
from kulant_chassis.transaction import KEY_COLUMNS, Cause, Draft, Transaction
from kulant_contracts.envelope import EventData
from kulant_contracts.topics import INVOICE, partition_key

_MEET = text(
    "SELECT pg_advisory_xact_lock_shared(hashtextextended('payers of ' || tenant, 0))"
    " FROM unnest(CAST(:tenants AS text[])) AS tenant"
)
_MEET_ALONE = text(
    "SELECT pg_advisory_xact_lock(hashtextextended('payers of ' || tenant, 0))"
    " FROM unnest(CAST(:tenants AS text[])) AS tenant"
)
_LOCK_TOO = text(
    f"SELECT {KEY_COLUMNS} FROM key_row WHERE key = ANY(CAST(:keys AS text[])) ORDER BY key FOR UPDATE"  # noqa: S608
)

ToEvent = Callable[[Fact], EventData]


class SqlUnitOfWork:
    """Implements the port of the same name; `to_event` puts facts into the words of the contracts."""

    def __init__(self, transaction: Transaction, to_event: ToEvent) -> None:
        self._transaction = transaction
        self._to_event = to_event
        self.accounts = AccountStore(transaction.connection)
        self.tenants = TenantStore(transaction.connection)
        self.holds = HoldStore(transaction.connection)
        self.freshness = FreshnessStore(transaction.connection)
        self.restatements = RestatementStore(transaction.connection)

    @property
    def wall(self) -> Moment:
        """The wall clock's moment."""
        started_at = self._transaction.started_at
        return Moment(started_at, microseconds(started_at))

    async def moment(self, tenant: str) -> Moment | None:
        """What time it is for the tenant; None while it is not known."""
        clock = await self._transaction.tenant(tenant)
        if clock is None:
            return None
        return Moment(clock.test_now_at or self.wall.now, self.wall.wall_us)

    async def test_now_at(self, tenant: str) -> datetime | None:
        """Where the tenant's test clock stands; None for a live or unknown tenant."""
        clock = await self._transaction.tenant(tenant)
        return clock.test_now_at if clock else None

    async def follow_tenant(
        self, tenant: str, *, mode: Mode, test_now_at: datetime | None, version: int, settings_changed: bool
    ) -> None:
        """Sets the tenant's clock; `settings_changed` has all its customers looked at again."""
        await self._transaction.follow_tenant(
            tenant, mode=mode.value, test_now_at=test_now_at, version=version, settings_changed=settings_changed
        )

    async def settings_changed(self, tenant: str) -> None:
        """Has all customers of the tenant looked at again."""
        await self._transaction.settings_changed(tenant)

    async def meet(self, tenants: Iterable[str], *, alone: bool) -> None:
        """Until the end of the transaction nobody else is `alone` with these tenants; who is alone is the only one."""
        wanted = sorted(set(tenants))
        if wanted:
            statement = _MEET_ALONE if alone else _MEET
            await self._transaction.connection.execute(statement, {"tenants": wanted})

    async def lock(self, tenant: str, customers: Iterable[str], *, with_tenant: bool) -> None:
        """Locks a tenant (if asked for) and customers of it; to be called before anything else is locked."""
        keys = [partition_key(tenant, customer_id) for customer_id in customers]
        await self._transaction.lock([*([partition_key(tenant)] if with_tenant else []), *keys])

    async def lock_too(self, customers: Iterable[AccountKey]) -> None:
        """Locks known customers who turned out to be concerned.

        Their keys may sort below one that is held, so two such writers could wait for each other: whoever waits
        longer than a moment gives up (a failure that passes by itself), and its work is done again.
        """
        keys = sorted(key for key in {partition_key(*one) for one in customers} if not self._is_locked(key))
        if not keys:
            return
        connection = self._transaction.connection
        before = await wait_briefly(connection)
        self._transaction.adopt((await connection.execute(_LOCK_TOO, {"keys": keys})).mappings().all())
        await wait_as_before(connection, before)

    def _is_locked(self, key: str) -> bool:
        try:
            self._transaction.key(key)
        except KeyError:
            return False
        return True

    def tell(
        self, tenant: str, customer_id: str | None, fact: Fact, trail: Trail, *, baseline: int | None = None
    ) -> int:
        """Records an event in the outbox of this transaction and returns its sequence."""
        cause = Cause(trail.traceparent, trail.tracestate, trail.correlation_id, trail.event_id)
        key = partition_key(tenant, customer_id)
        draft = Draft(key, tenant, fact.happened_at, self._to_event(fact), cause, baseline)
        return self._transaction.publish(draft).sequence

    def told_upto(self, tenant: str, customer_id: str | None) -> int:
        """The sequence of the last event about a customer, or about the tenant; 0 before the first."""
        return self._transaction.key(partition_key(tenant, customer_id)).given(INVOICE)

    def look_at(self, tenant: str, customer_id: str, at: datetime | None) -> None:
        """Arms the one next look at the customer."""
        self._transaction.look_at(partition_key(tenant, customer_id), at)
