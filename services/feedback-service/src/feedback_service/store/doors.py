"""Opens transactions for requests, to write or only to read."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from sqlalchemy import text
from starlette.responses import Response

from feedback_service.store.store import FeedbackStore, Translate
from kulant_chassis.database import Database
from kulant_chassis.idempotency import Write, Written, once

_READ_ONLY = text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")


class Opener:
    """Commits when its block ends, rolls back when it raises."""

    def __init__(self, database: Database, translate: Translate) -> None:
        self._database = database
        self._translate = translate

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[FeedbackStore]:
        """A transaction that may lock and write."""
        async with self._database.begin() as transaction:
            yield FeedbackStore(transaction, self._translate)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[FeedbackStore]:
        """One consistent moment of what is committed; the database itself refuses to write."""
        async with self._database.begin() as transaction:
            await transaction.connection.execute(_READ_ONLY)
            yield FeedbackStore(transaction, self._translate)

    async def once(self, write: Write, act: Callable[[FeedbackStore], Awaitable[Written]]) -> Response:
        """Act under the request's Idempotency-Key, or repeat the answer given before; committed when it returns."""
        async with self._database.begin() as transaction:
            store = FeedbackStore(transaction, self._translate)
            return await once(transaction, write, lambda: act(store))
