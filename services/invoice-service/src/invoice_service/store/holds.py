"""Holds of this service's own in the database."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_FIND = text("SELECT 1 FROM hold WHERE tenant = :tenant AND customer_id = :customer_id AND hold_id = :hold_id")
_ADD = text(
    "INSERT INTO hold (tenant, customer_id, hold_id, version, sequence)"
    " VALUES (:tenant, :customer_id, :hold_id, :version, :sequence)"
)


class HoldStore:
    """Reads and writes holds inside the caller's transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, tenant: str, customer_id: str, hold_id: str, *, version: int, sequence: int) -> None:
        """Notes a hold and the event that told it."""
        parameters = {
            "tenant": tenant,
            "customer_id": customer_id,
            "hold_id": hold_id,
            "version": version,
            "sequence": sequence,
        }
        await self._connection.execute(_ADD, parameters)

    async def is_set(self, tenant: str, customer_id: str, hold_id: str) -> bool:
        """Whether this very hold was noted before."""
        parameters = {"tenant": tenant, "customer_id": customer_id, "hold_id": hold_id}
        return (await self._connection.execute(_FIND, parameters)).first() is not None
