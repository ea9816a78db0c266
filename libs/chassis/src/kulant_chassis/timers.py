"""Looks at customers whose time has come: those with an alarm, those behind their tenant, those that were woken."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from time import monotonic

import structlog
from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from kulant_chassis.database import Database
from kulant_chassis.failures import is_transient
from kulant_chassis.loop import Loop
from kulant_chassis.metrics import LOOKS_FAILED, LOOKS_TAKEN
from kulant_chassis.pacing import Backoff
from kulant_chassis.transaction import KEY_COLUMNS, Transaction

_log = structlog.get_logger(__name__)

POLL_SECONDS = 0.05
LONGEST_POLL_SECONDS = 0.25
BATCH_KEYS = 200

_LOCK = f" ORDER BY {{order}} LIMIT {BATCH_KEYS} FOR UPDATE OF key_row SKIP LOCKED"
_NOT_SET_ASIDE = " AND key_row.key <> ALL(CAST(:set_aside AS text[]))"
_LIVE = "FROM key_row WHERE next_live_at <= :wall"
_TEST = (
    "FROM key_row JOIN tenant_clock USING (tenant)"
    " WHERE tenant_clock.mode = 'test' AND next_test_at <= tenant_clock.test_now_at"
)
_BEHIND = (
    "FROM key_row JOIN tenant_clock USING (tenant)"
    " WHERE key_row.tenant_version < tenant_clock.settings_version AND key_row.key <> key_row.tenant"
)
# Whether anybody is due, the first one tells: one entry of an index, or one a tenant, however many customers there are.
# Asked for any of them, the server expects a hit soon and reads the whole table when there is none, which is the rule.
_FIRST_OF_LIVE = (
    "FROM (SELECT next_live_at FROM key_row WHERE next_live_at IS NOT NULL{not_set_aside}"
    " ORDER BY next_live_at LIMIT 1) AS first WHERE first.next_live_at <= :wall"
)
_FIRST_OF_TEST = (
    "FROM tenant_clock, LATERAL (SELECT next_test_at FROM key_row WHERE key_row.tenant = tenant_clock.tenant"
    " AND next_test_at IS NOT NULL{not_set_aside} ORDER BY next_test_at LIMIT 1) AS first"
    " WHERE tenant_clock.mode = 'test' AND first.next_test_at <= tenant_clock.test_now_at"
)
_FIRST_BEHIND = (
    "FROM tenant_clock, LATERAL (SELECT tenant_version FROM key_row WHERE key_row.tenant = tenant_clock.tenant"
    " AND key_row.key <> key_row.tenant{not_set_aside} ORDER BY tenant_version LIMIT 1) AS first"
    " WHERE first.tenant_version < tenant_clock.settings_version"
)


@dataclass(frozen=True, slots=True)
class _Source:
    """Who is due, as SQL that begins with FROM; in which order; and whether anybody is, which is cheaper to ask."""

    rows: str
    order: str
    first: str


_SOURCES = {
    "live": _Source(_LIVE, "next_live_at", _FIRST_OF_LIVE),
    "test": _Source(_TEST, "next_test_at", _FIRST_OF_TEST),
    "behind": _Source(_BEHIND, "key_row.tenant_version", _FIRST_BEHIND),
}


def _pick(source: str, order: str) -> TextClause:
    return text(f"SELECT {KEY_COLUMNS} {source}{_NOT_SET_ASIDE}{_LOCK.format(order=order)}")


class Sources:
    """Where due keys are found: alarms, tenants that moved on, and the service's own reason to look again.

    `woken` is such a reason as SQL, `FROM key_row WHERE …`, for what neither an alarm nor a whole tenant can say:
    a look must make it untrue.
    """

    def __init__(self, woken: str | None = None) -> None:
        found = dict(_SOURCES)
        if woken is not None:
            found["woken"] = _Source(woken, "key_row.key", woken + "{not_set_aside}")
        self.picks = {kind: _pick(one.rows, one.order) for kind, one in found.items()}
        # One cheap question, many times a second; the rows are locked only where it says yes.
        asked = (
            f"EXISTS (SELECT {one.first.format(not_set_aside=_NOT_SET_ASIDE)}) AS {kind}" for kind, one in found.items()
        )
        self.is_due = text(f"SELECT {', '.join(asked)}")
        self.counted = " + ".join(
            f"CASE WHEN EXISTS (SELECT {one.first.format(not_set_aside='')})"
            f" THEN (SELECT count(*) {one.rows}) ELSE 0 END"
            for one in found.values()
        )


@dataclass(frozen=True, slots=True)
class Due:
    """A key whose time has come; `now` is its tenant's time."""

    key: str
    tenant: str
    now: datetime


LookHandler = Callable[[Transaction, Sequence[Due]], Awaitable[None]]


async def count_due(connection: AsyncConnection, wall: datetime, woken: str | None = None) -> int:
    """Keys that are due, behind their tenant or woken, and not yet looked at."""
    return int((await connection.execute(text(f"SELECT {Sources(woken).counted}"), {"wall": wall})).scalar_one())


class Timers(Loop):
    """Calls `look` for due keys, their rows locked; many replicas share the work by SKIP LOCKED.

    A key whose look fails is set aside for a growing while, alone; the others go on.
    """

    def __init__(self, database: Database, look: LookHandler, *, woken: str | None = None) -> None:
        super().__init__(
            "timers",
            news=database.news.listen(),
            idle_seconds=POLL_SECONDS,
            longest_seconds=LONGEST_POLL_SECONDS,
            at_least=POLL_SECONDS,
        )
        self._database = database
        self._look = look
        self._sources = Sources(woken)
        self._clock = database.clock
        self._set_aside: dict[str, tuple[float, Backoff]] = {}
        self._trying: list[str] = []

    async def turn(self) -> bool:
        """Take a batch of each kind that is due; see `Loop.turn`."""
        return any([await self._take_batch(kind) for kind in await self._due_kinds()])

    async def failed(self, error: Exception) -> None:
        """Wait for what passes; otherwise find the keys that fail; see `Loop.failed`."""
        LOOKS_FAILED.inc()
        if is_transient(error):
            _log.warning("looks must wait", action="timers.waits", error=type(error).__name__)
        else:
            _log.error("a batch of looks failed", action="timers.failed", error=type(error).__name__, exc_info=error)
            await self._one_by_one()

    async def _due_kinds(self) -> list[str]:
        parameters = {"set_aside": self._waiting(), "wall": self._clock.now()}
        async with self._database.glance() as connection:
            due = (await connection.execute(self._sources.is_due, parameters)).one()
        return [kind for kind in self._sources.picks if getattr(due, kind)]

    async def _take_batch(self, kind: str) -> int:
        async with self._database.begin() as transaction:
            parameters: dict[str, object] = {"set_aside": self._waiting()}
            if kind == "live":
                parameters["wall"] = transaction.started_at
            picked = await transaction.connection.execute(self._sources.picks[kind], parameters)
            rows = picked.mappings().all()
            if not rows:
                return 0
            transaction.adopt(rows)
            clocks = await transaction.tenants({row["tenant"] for row in rows})
            due = [Due(row["key"], row["tenant"], transaction.time_of(clocks.get(row["tenant"]))) for row in rows]
            self._trying = [one.key for one in due]
            await self._look(transaction, due)
        LOOKS_TAKEN.labels(kind).inc(len(due))
        for one in due:
            self._set_aside.pop(one.key, None)
        self._trying = []
        return len(due)

    async def _one_by_one(self) -> None:
        """After a failed batch: look at its keys singly and set aside those that fail again."""
        for key in self._trying:
            if self.stopping.is_set():
                return
            self.is_turning()
            try:
                async with self._database.begin() as transaction:
                    await transaction.lock([key])
                    tenant = transaction.key(key).tenant
                    now = transaction.time_of(await transaction.tenant(tenant))
                    await self._look(transaction, [Due(key, tenant, now)])
                self._set_aside.pop(key, None)
            except Exception as error:
                LOOKS_FAILED.inc()
                _, backoff = self._set_aside.get(key, (0.0, Backoff()))
                self._set_aside[key] = (monotonic() + backoff.next_seconds(), backoff)
                _log.exception("a look failed", action="timers.set_aside", error=type(error).__name__)
        self._trying = []

    def _waiting(self) -> list[str]:
        now = monotonic()
        return [key for key, (until, _) in self._set_aside.items() if until > now]
