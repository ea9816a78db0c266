"""One database transaction together with the rows of the keys that it locked and the events that it gives out."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from kulant_chassis.failures import EventTooLarge, LockOrderViolated, TenantUnknown
from kulant_chassis.ids import uuid7
from kulant_chassis.json_columns import as_json
from kulant_chassis.keyrow import KeyRow
from kulant_chassis.telemetry import current_traceparent
from kulant_contracts.envelope import Envelope, EventData, encode

MAX_EVENT_BYTES = 900_000

KEY_COLUMNS = (
    "key_row.key, key_row.tenant, had::text AS had, given::text AS given, parked::text AS parked,"
    " key_row.tenant_version, next_live_at, next_test_at"
)
_CREATE_KEYS = text(
    "INSERT INTO key_row (key, tenant) SELECT k, split_part(k, '/', 1)"
    " FROM unnest(CAST(:keys AS text[])) WITH ORDINALITY AS asked(k, n) ORDER BY n ON CONFLICT DO NOTHING"
)
_LOCK_KEYS = text(
    f"SELECT {KEY_COLUMNS} FROM key_row"  # noqa: S608 -- a constant
    " WHERE key = ANY(CAST(:keys AS text[])) ORDER BY key FOR UPDATE"
)
_SAVE_KEYS = text(
    "UPDATE key_row SET had = CAST(s.had AS jsonb), given = CAST(s.given AS jsonb), parked = CAST(s.parked AS jsonb),"
    " tenant_version = s.tenant_version, next_live_at = s.next_live_at, next_test_at = s.next_test_at"
    " FROM unnest(CAST(:keys AS text[]), CAST(:had AS text[]), CAST(:given AS text[]), CAST(:parked AS text[]),"
    " CAST(:versions AS bigint[]), CAST(:live AS timestamptz[]), CAST(:test AS timestamptz[]))"
    " AS s(key, had, given, parked, tenant_version, next_live_at, next_test_at) WHERE key_row.key = s.key"
)
_TENANTS = text(
    "SELECT tenant, mode, test_now_at, version, settings_version FROM tenant_clock"
    " WHERE tenant = ANY(CAST(:tenants AS text[]))"
)
_FOLLOW = text(
    "INSERT INTO tenant_clock (tenant, mode, test_now_at, version, settings_version)"
    " VALUES (:tenant, :mode, :test_now_at, :version, 1)"
    " ON CONFLICT (tenant) DO UPDATE SET mode = excluded.mode,"
    " test_now_at = greatest(tenant_clock.test_now_at, excluded.test_now_at), version = excluded.version,"
    " settings_version = tenant_clock.settings_version + CASE WHEN :settings_changed THEN 1 ELSE 0 END"
    " WHERE tenant_clock.version < excluded.version RETURNING version"
)
_SETTINGS_CHANGED = text("UPDATE tenant_clock SET settings_version = settings_version + 1 WHERE tenant = :tenant")
_OUTBOX_COLUMNS = ("topic", "key", "value", "traceparent", "tracestate")


@dataclass(frozen=True, slots=True)
class Cause:
    """What led to a fact: the chain it belongs to and the trace it continues."""

    traceparent: str | None = None
    tracestate: str | None = None
    correlationid: str | None = None
    causationid: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """An event to give out: its key must be locked; `time` is when the fact became true for the tenant.

    `baseline` is for what is told again: a reader that had nothing counts the numbers up to it as had.
    """

    key: str
    tenant: str
    time: datetime
    data: EventData
    cause: Cause | None = None
    baseline: int | None = None


@dataclass(frozen=True, slots=True)
class Published:
    """The name that an event was given when it was recorded."""

    id: UUID
    sequence: int


@dataclass(frozen=True, slots=True)
class TenantClock:
    """What time it is for a tenant; `settings_version` grows when facts change that decisions rest on."""

    tenant: str
    mode: str
    test_now_at: datetime | None
    version: int
    settings_version: int


class Transaction:
    """An open transaction. Whoever opened it commits; use cases never do.

    Locks are taken in byte order of the keys, once; events and key rows are written when it closes.
    """

    def __init__(
        self, connection: AsyncConnection, *, source: str, started_at: datetime, topic_prefix: str = ""
    ) -> None:
        self.connection = connection
        self.started_at = started_at
        self._source = source
        self._topic_prefix = topic_prefix
        self._rows: dict[str, KeyRow] = {}
        self._tenants: dict[str, TenantClock | None] = {}
        self._looks: dict[str, datetime | None] = {}
        self._outbox: list[tuple[str, str, bytes, str | None, str | None]] = []

    @property
    def gives_out(self) -> bool:
        """Were events recorded that the relay should hear of?"""
        return bool(self._outbox)

    async def lock(self, keys: Iterable[str]) -> None:
        """Lock the rows of these keys, making the missing ones, in byte order.

        Raises LockOrderViolated where a key not yet held sorts below one that is.
        """
        wanted = sorted({key for key in keys if key not in self._rows}, key=str.encode)
        if not wanted:
            return
        if self._rows and wanted[0].encode() < max(key.encode() for key in self._rows):
            raise LockOrderViolated("all keys of a transaction must be locked at once, or in rising order")
        await self.connection.execute(_CREATE_KEYS, {"keys": wanted})
        self.adopt((await self.connection.execute(_LOCK_KEYS, {"keys": wanted})).mappings().all())

    def adopt(self, rows: Iterable[RowMapping]) -> None:
        """Take in rows that a statement of the caller has locked (columns as `KEY_COLUMNS`)."""
        for row in rows:
            key_row = KeyRow(
                key=row["key"],
                tenant=row["tenant"],
                streams=KeyRow.streams_from_json(_loads(row["had"])),
                given_by_topic=_loads(row["given"]),
                parked=_loads(row["parked"]),
                tenant_version=row["tenant_version"],
                next_live_at=row["next_live_at"],
                next_test_at=row["next_test_at"],
            )
            self._rows[key_row.key] = key_row

    def key(self, key: str) -> KeyRow:
        """The locked row of a key. Raises KeyError where it was not locked."""
        return self._rows[key]

    async def tenants(self, tenants: Iterable[str]) -> Mapping[str, TenantClock]:
        """The clocks of those tenants that are known, read at most once in a transaction."""
        asked = set(tenants)
        missing = sorted(asked - self._tenants.keys())
        if missing:
            self._tenants.update(dict.fromkeys(missing))
            for row in (await self.connection.execute(_TENANTS, {"tenants": missing})).mappings():
                self._tenants[row["tenant"]] = TenantClock(**row)
        return {tenant: clock for tenant in asked if (clock := self._tenants[tenant]) is not None}

    async def tenant(self, tenant: str) -> TenantClock | None:
        """One tenant's clock, None while its facts have not arrived."""
        return (await self.tenants([tenant])).get(tenant)

    async def now(self, tenant: str) -> datetime:
        """What time it is for a tenant: the wall clock's for a live one, its test clock's otherwise.

        Raises TenantUnknown.
        """
        clock = await self.tenant(tenant)
        if clock is None:
            raise TenantUnknown(tenant)
        return self.time_of(clock)

    def time_of(self, clock: TenantClock | None) -> datetime:
        """What a tenant's clock shows: a test clock's instant; for a live or unknown tenant the wall clock's."""
        return (clock.test_now_at if clock is not None else None) or self.started_at

    async def follow_tenant(
        self, tenant: str, *, mode: str, test_now_at: datetime | None, version: int, settings_changed: bool
    ) -> bool:
        """Take over a tenant's mode and clock where `version` is the highest so far; a test clock never goes back.

        `settings_changed` leaves all its customers behind: timers look at them again. False where the version is old.
        """
        parameters = {
            "tenant": tenant,
            "mode": mode,
            "test_now_at": test_now_at,
            "version": version,
            "settings_changed": settings_changed,
        }
        self._tenants.pop(tenant, None)
        return (await self.connection.execute(_FOLLOW, parameters)).first() is not None

    async def settings_changed(self, tenant: str) -> None:
        """Leave all customers of a tenant behind, because another tenant-wide fact changed (a creditor's, say).

        A tenant that is not known yet has nobody to look at.
        """
        self._tenants.pop(tenant, None)
        await self.connection.execute(_SETTINGS_CHANGED, {"tenant": tenant})

    def look_at(self, key: str, at: datetime | None) -> None:
        """Arm the one next look at a locked key, in the tenant's time; None: there is nothing left to do.

        Also notes that the key was decided on what is now known about its tenant.
        """
        if key not in self._rows:
            raise KeyError(key)
        self._looks[key] = at

    def publish(self, draft: Draft) -> Published:
        """Record an event in the outbox of this transaction and give it its id and sequence.

        Raises KeyError where the key is not locked, EventTooLarge over 900 KB.
        """
        topic = draft.data.TOPIC
        published = Published(uuid7(), self._rows[draft.key].give(topic))
        cause = draft.cause or Cause()
        traceparent = cause.traceparent or current_traceparent()
        value = encode(
            Envelope(
                id=str(published.id),
                source=self._source,
                type=draft.data.TYPE,
                time=draft.time,
                tenantid=draft.tenant,
                partitionkey=draft.key,
                sequence=published.sequence,
                traceparent=traceparent,
                tracestate=cause.tracestate,
                correlationid=cause.correlationid,
                causationid=cause.causationid,
                baseline=draft.baseline,
            ),
            draft.data,
        )
        if len(value) > MAX_EVENT_BYTES:
            raise EventTooLarge(f"{draft.data.TYPE} of {len(value)} bytes")
        self._outbox.append((self._topic_prefix + topic, draft.key, value, traceparent, cause.tracestate))
        return published

    async def flush(self) -> None:
        """Write key rows and outbox; the opener calls it just before the commit."""
        await self._arm_looks()
        changed = [row for row in self._rows.values() if row.is_changed]
        if changed:
            await self.connection.execute(
                _SAVE_KEYS,
                {
                    "keys": [row.key for row in changed],
                    "had": [as_json(row.streams_as_json()) for row in changed],
                    "given": [as_json(row.given_by_topic) for row in changed],
                    "parked": [as_json(row.parked) for row in changed],
                    "versions": [row.tenant_version for row in changed],
                    "live": [row.next_live_at for row in changed],
                    "test": [row.next_test_at for row in changed],
                },
            )
        if self._outbox:
            await self.copy("outbox", _OUTBOX_COLUMNS, self._outbox)

    async def copy(self, table: str, columns: Sequence[str], rows: Sequence[tuple[object, ...]]) -> None:
        """Add rows by COPY: the cheapest way for rows that meet no others.

        Raises RuntimeError where no key is locked: the driver begins a transaction with its first statement, and a COPY
        before that would stay whatever becomes of the rest.
        """
        if not self._rows:
            raise RuntimeError("rows are copied under the lock of their key")
        driver = (await self.connection.get_raw_connection()).driver_connection
        assert driver is not None
        await driver.copy_records_to_table(table, records=rows, columns=columns)

    async def _arm_looks(self) -> None:
        clocks = await self.tenants({self._rows[key].tenant for key in self._looks})
        for key, at in self._looks.items():
            row = self._rows[key]
            clock = clocks.get(row.tenant)
            is_test = clock is not None and clock.mode == "test"
            version = clock.settings_version if clock is not None else 0
            armed = (None, at, version) if is_test else (at, None, version)
            if armed != (row.next_live_at, row.next_test_at, row.tenant_version):
                row.next_live_at, row.next_test_at, row.tenant_version = armed
                row.is_changed = True


def _loads(column: str) -> Any:
    return json.loads(column) if column != "{}" else {}
