"""Orders to tell current state again, in the database."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from invoice_service.usecases.ports import Restatement
from kulant_contracts.topics import partition_key

_ADD = text(
    "INSERT INTO restatement (restatement_id, tenant, customer_id, asked_at)"
    " VALUES (:restatement_id, :tenant, :customer_id, now())"
)
_FIND = text("SELECT * FROM restatement WHERE tenant = :tenant AND restatement_id = :restatement_id")
_NEXT = text(
    "SELECT * FROM restatement WHERE NOT is_done ORDER BY asked_at, restatement_id LIMIT 1 FOR UPDATE SKIP LOCKED"
)
_CUSTOMERS = text(
    "SELECT key FROM key_row WHERE tenant = :tenant AND key <> :tenant AND key > :after ORDER BY key LIMIT :limit"
)
_SAVE = text(
    "UPDATE restatement SET after_customer_id = :after_customer_id, is_done = :is_done"
    " WHERE restatement_id = :restatement_id"
)


class RestatementStore:
    """Reads and writes orders inside the caller's transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, restatement: Restatement) -> None:
        """Keeps an order."""
        parameters = {
            "restatement_id": restatement.restatement_id,
            "tenant": restatement.tenant,
            "customer_id": restatement.customer_id,
        }
        await self._connection.execute(_ADD, parameters)

    async def find(self, tenant: str, restatement_id: UUID) -> Restatement | None:
        """One order of a tenant."""
        found = await self._connection.execute(_FIND, {"tenant": tenant, "restatement_id": restatement_id})
        row = found.mappings().first()
        return _restatement(row) if row else None

    async def next(self) -> Restatement | None:
        """The oldest order that is not done, locked; None where there is none or another process has it."""
        row = (await self._connection.execute(_NEXT)).mappings().first()
        return _restatement(row) if row else None

    async def customers(self, restatement: Restatement, limit: int) -> Sequence[str]:
        """The next customers of the order's tenant."""
        tenant = restatement.tenant
        after = partition_key(tenant, restatement.after_customer_id or "")
        rows = await self._connection.execute(_CUSTOMERS, {"tenant": tenant, "after": after, "limit": limit})
        return [row.key.partition("/")[2] for row in rows]

    async def save(self, restatement: Restatement) -> None:
        """Writes how far it got."""
        parameters = {
            "restatement_id": restatement.restatement_id,
            "after_customer_id": restatement.after_customer_id,
            "is_done": restatement.is_done,
        }
        await self._connection.execute(_SAVE, parameters)


def _restatement(row: RowMapping) -> Restatement:
    return Restatement(
        row["restatement_id"], row["tenant"], row["customer_id"], row["after_customer_id"], row["is_done"]
    )
