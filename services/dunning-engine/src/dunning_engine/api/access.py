"""How the routes reach the database: opened here, decided in use cases."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from fastapi import Response
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from dunning_engine.usecases.asked import NotThere, Refused, Whose
from dunning_engine.usecases.ports import Engine, Work
from kulant_chassis.database import Database
from kulant_chassis.idempotency import Write, Written, once
from kulant_chassis.problem import Problem
from kulant_chassis.transaction import Transaction
from kulant_contracts import topics

Act = Callable[[Work, Whose], Awaitable[Written]]

KeyOf = Callable[[AsyncConnection, str, str, str], Awaitable[str | None]]
"""Finds the key that something of a tenant belongs to: by what it is, the tenant, its id."""

_LATE = frozenset({"already-decided", "already-answered", "already-finished", "decide-first"})
"""Refusals because of what became of it meanwhile; all others are about what was asked."""
_IS_KNOWN = text("SELECT EXISTS (SELECT FROM customer WHERE key = :key)")


def not_there() -> Problem:
    """The one answer for whatever is unknown, another tenant's, or gone."""
    return Problem(404, "unknown", "There is no such thing here.")


@dataclass(frozen=True, slots=True)
class Access:
    """What the routes are handed by `main.py`."""

    database: Database
    engine: Engine
    work_of: Callable[[Transaction], Work]
    key_of: KeyOf

    async def change(self, write: Write, customer_id: str, act: Act) -> Response:
        """Act once about a customer, its row locked, in one transaction with what follows from it."""
        key = topics.partition_key(write.tenant, customer_id)
        return await self._change(write, act, lambda transaction: _known(transaction, key))

    async def change_of(self, write: Write, what: str, subject_id: str, act: Act) -> Response:
        """Like `change`, for a `hold`, `dispute`, `question` or `task` that its own id names."""

        async def find(transaction: Transaction) -> str | None:
            return await self.key_of(transaction.connection, what, write.tenant, subject_id)

        return await self._change(write, act, find)

    async def _change(self, write: Write, act: Act, find: Callable[[Transaction], Awaitable[str | None]]) -> Response:
        try:
            async with self.database.begin() as transaction:

                async def locked() -> Written:
                    key = await find(transaction)
                    if key is None:
                        raise NotThere
                    await transaction.lock([key])
                    return await act(self.work_of(transaction), Whose(key, write.tenant))

                return await once(transaction, write, locked)
        except NotThere:
            raise not_there() from None
        except Refused as refused:
            status = 409 if refused.code in _LATE else 422
            raise Problem(status, refused.code, "It cannot be done as asked.", str(refused)) from None


async def _known(transaction: Transaction, key: str) -> str | None:
    return key if (await transaction.connection.execute(_IS_KNOWN, {"key": key})).scalar_one() else None
