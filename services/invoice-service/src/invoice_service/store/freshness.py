"""Checked payments in the database: what waits for the barrier, what has passed it, what was told."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from invoice_service.domain.freshness import Check, KnownFreshness
from invoice_service.usecases.ports import Goals, WaitingCheck

_OF_ACCOUNT = "tenant = :tenant AND creditor_id = :creditor_id AND account = :account"
_HIGHEST = text(f"SELECT max(version) FROM payments_check WHERE {_OF_ACCOUNT}")  # noqa: S608 -- a constant
_ADD = text(
    "INSERT INTO payments_check (tenant, creditor_id, account, version, seen_until_at, is_passed)"
    " VALUES (:tenant, :creditor_id, :account, :version, :seen_until_at, false)"
)
_PASS = text(
    f"UPDATE payments_check SET is_passed = true, goals = NULL WHERE {_OF_ACCOUNT} AND version = :version"  # noqa: S608
)
_FORGET = text(f"DELETE FROM payments_check WHERE {_OF_ACCOUNT} AND version < :version")  # noqa: S608
_PASSED = text(
    "SELECT DISTINCT ON (creditor_id, account) creditor_id, account, seen_until_at FROM payments_check"
    " WHERE tenant = :tenant AND is_passed ORDER BY creditor_id, account, version DESC"
)
_PUBLISHED = text("SELECT creditor_id, seen_until_at, version FROM freshness WHERE tenant = :tenant")
_SAVE_PUBLISHED = text(
    "INSERT INTO freshness (tenant, creditor_id, seen_until_at, version)"
    " VALUES (:tenant, :creditor_id, :seen_until_at, :version)"
    " ON CONFLICT (tenant, creditor_id) DO UPDATE SET seen_until_at = excluded.seen_until_at,"
    " version = excluded.version"
)
_WAITING = text(
    "SELECT payments_check.* FROM payments_check JOIN tenant_clock USING (tenant) WHERE NOT is_passed"
    " ORDER BY tenant, creditor_id, account, payments_check.version LIMIT 1000"
)
WAITING = (
    "SELECT (SELECT count(*) FROM payments_check JOIN tenant_clock USING (tenant) WHERE NOT is_passed)"
    " + (SELECT count(*) FROM restatement WHERE NOT is_done)"
)
"""Checks and restatements that are not done yet: the service has work left."""
_SET_GOALS = text(
    f"UPDATE payments_check SET goals = CAST(CAST(:goals AS text) AS jsonb) WHERE {_OF_ACCOUNT}"  # noqa: S608
    " AND version = :version AND goals IS NULL AND NOT is_passed"
)


class FreshnessStore:
    """Reads and writes checks inside the caller's transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def highest(self, check: Check) -> int:
        """The highest version known for the account that the check is about; -1 before the first."""
        highest = (await self._connection.execute(_HIGHEST, _account(check))).scalar_one()
        return -1 if highest is None else int(highest)

    async def add(self, check: Check) -> None:
        """Keeps a check that has yet to pass the barrier."""
        seen = {"version": check.version, "seen_until_at": check.seen_until_at}
        await self._connection.execute(_ADD, {**_account(check), **seen})

    async def waiting(self) -> Sequence[WaitingCheck]:
        """Checks of known tenants that have not passed the barrier."""
        return [
            WaitingCheck(
                Check(row["tenant"], row["creditor_id"], row["account"], row["version"], row["seen_until_at"]),
                {int(partition): offset for partition, offset in row["goals"].items()} if row["goals"] else None,
            )
            for row in (await self._connection.execute(_WAITING)).mappings()
        ]

    async def set_goals(self, checks: Sequence[Check], goals: Goals) -> None:
        """Keeps what must be read before these have passed; goals that are kept already stay."""
        written = json.dumps({str(partition): offset for partition, offset in goals.items()})
        for check in checks:
            parameters = {**_account(check), "version": check.version, "goals": written}
            await self._connection.execute(_SET_GOALS, parameters)

    async def pass_checks(self, checks: Sequence[Check]) -> None:
        """Notes that these are behind the barrier; what they replace is forgotten."""
        for check in checks:
            parameters = {**_account(check), "version": check.version}
            await self._connection.execute(_PASS, parameters)
            await self._connection.execute(_FORGET, parameters)

    async def passed(self, tenant: str) -> Mapping[str, Mapping[str, datetime]]:
        """By creditor and account, up to when what passed the barrier was seen."""
        found: dict[str, dict[str, datetime]] = {}
        for creditor_id, account, seen_until_at in await self._connection.execute(_PASSED, {"tenant": tenant}):
            found.setdefault(creditor_id, {})[account] = seen_until_at
        return found

    async def published(self, tenant: str) -> Mapping[str, KnownFreshness]:
        """The freshness of each creditor as last told."""
        rows = await self._connection.execute(_PUBLISHED, {"tenant": tenant})
        return {row.creditor_id: KnownFreshness(row.seen_until_at, row.version) for row in rows}

    async def save_published(self, tenant: str, creditor_id: str, known: KnownFreshness) -> None:
        """Writes what was told."""
        parameters = {
            "tenant": tenant,
            "creditor_id": creditor_id,
            "seen_until_at": known.seen_until_at,
            "version": known.version,
        }
        await self._connection.execute(_SAVE_PUBLISHED, parameters)


def _account(check: Check) -> dict[str, object]:
    return {"tenant": check.tenant, "creditor_id": check.creditor_id, "account": check.account}
