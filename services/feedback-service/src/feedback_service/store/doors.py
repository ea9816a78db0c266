"""Opens transactions for requests, to write or only to read."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text

from feedback_service.store.store import FeedbackStore, Translate
from kulant_chassis.database import Database

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
