"""Holds in the database."""

import json
from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from invoice_service.domain.hold import Hold, KnownHold
from invoice_service.usecases.ports import AccountKey

_FIND = text("SELECT * FROM hold WHERE tenant = :tenant AND hold_id = :hold_id ORDER BY customer_id")
_LOAD = text(
    "SELECT hold.* FROM hold JOIN unnest(CAST(:tenants AS text[]), CAST(:customers AS text[]))"
    " AS wanted(tenant, customer_id) USING (tenant, customer_id)"
)
_SAVE = text(
    "INSERT INTO hold (tenant, customer_id, hold_id, version, sequence, told_version, is_set, is_announced, details)"
    " SELECT tenant, customer_id, hold_id, version, sequence, told_version, is_set, is_announced,"
    " CAST(details AS jsonb) FROM unnest(CAST(:tenants AS text[]), CAST(:customers AS text[]),"
    " CAST(:hold_ids AS text[]), CAST(:versions AS bigint[]), CAST(:sequences AS bigint[]),"
    " CAST(:told_versions AS bigint[]), CAST(:is_set AS boolean[]), CAST(:announced AS boolean[]),"
    " CAST(:details AS text[]))"
    " AS saved(tenant, customer_id, hold_id, version, sequence, told_version, is_set, is_announced, details)"
    " ON CONFLICT (tenant, customer_id, hold_id) DO UPDATE SET version = excluded.version,"
    " sequence = excluded.sequence, told_version = excluded.told_version, is_set = excluded.is_set,"
    " is_announced = excluded.is_announced, details = excluded.details"
)


class HoldStore:
    """Reads and writes holds inside the caller's transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def find(self, tenant: str, hold_id: str) -> Sequence[KnownHold]:
        """This hold of every customer that has it, lifted ones too."""
        rows = (await self._connection.execute(_FIND, {"tenant": tenant, "hold_id": hold_id})).mappings()
        return [_known(row) for row in rows]

    async def save(self, known: KnownHold) -> None:
        """Writes the hold."""
        await save_holds(self._connection, [known])


async def load_holds(connection: AsyncConnection, keys: Sequence[AccountKey]) -> dict[AccountKey, dict[str, KnownHold]]:
    """All holds of these customers by id, lifted ones too."""
    parameters = {"tenants": [tenant for tenant, _ in keys], "customers": [customer_id for _, customer_id in keys]}
    found: dict[AccountKey, dict[str, KnownHold]] = {}
    for row in (await connection.execute(_LOAD, parameters)).mappings():
        found.setdefault((row["tenant"], row["customer_id"]), {})[row["hold_id"]] = _known(row)
    return found


async def save_holds(connection: AsyncConnection, holds: Sequence[KnownHold]) -> None:
    """Writes them in one statement."""
    parameters = {
        "tenants": [known.hold.tenant for known in holds],
        "customers": [known.hold.customer_id for known in holds],
        "hold_ids": [known.hold.hold_id for known in holds],
        "versions": [known.announced_version for known in holds],
        "sequences": [known.sequence for known in holds],
        "told_versions": [known.hold.version for known in holds],
        "is_set": [known.hold.is_set for known in holds],
        "announced": [known.is_announced for known in holds],
        "details": [json.dumps(known.hold.details) for known in holds],
    }
    await connection.execute(_SAVE, parameters)


def _known(row: RowMapping) -> KnownHold:
    hold = Hold(row["tenant"], row["customer_id"], row["hold_id"], row["told_version"], row["is_set"], row["details"])
    return KnownHold(hold, row["is_announced"], row["version"], row["sequence"])
