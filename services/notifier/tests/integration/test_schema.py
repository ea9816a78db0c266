"""The migrations can be taken back and made again."""

import asyncio

from alembic import command
from sqlalchemy import text

from kulant_chassis.database import Database
from kulant_chassis.migrations import alembic_config, upgrade

_TABLES = text("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")


async def tables(url: str) -> set[str]:
    database = Database(url)
    async with database.engine.connect() as connection:
        found = set((await connection.execute(_TABLES)).scalars())
    await database.close()
    return found


async def test_the_first_migration_can_be_taken_back_and_made_again(fresh_database) -> None:
    url = fresh_database("notifier", lambda template: upgrade("notifier", template))
    config = alembic_config("notifier", url)
    made = await tables(url)
    assert {"reminder", "delivery", "content", "key_row", "outbox"} <= made
    await asyncio.to_thread(command.downgrade, config, "base")
    assert await tables(url) == {"alembic_version"}
    await asyncio.to_thread(command.upgrade, config, "head")
    assert await tables(url) == made
