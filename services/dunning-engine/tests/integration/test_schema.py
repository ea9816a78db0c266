"""The migrations make what the tables say, and can be taken back."""

import asyncio

import pytest
from alembic import command
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from dunning_engine.store.decided_tables import METADATA
from kulant_chassis.database import Database
from kulant_chassis.migrations import alembic_config


def described(found, dialect):
    return {
        column["name"]: (str(column["type"].compile(dialect)).split(" COLLATE")[0], column["nullable"])
        for column in found
    }


async def columns(url):
    database = Database(url)

    def read(connection):
        found = inspect(connection)
        return {table: described(found.get_columns(table), connection.dialect) for table in found.get_table_names()}

    async with database.engine.connect() as connection:
        tables = await connection.run_sync(read)
    await database.close()
    return tables


async def test_the_migrations_make_the_tables_that_the_code_names(desk, database_url):
    migrated = await columns(database_url)

    for table in METADATA.sorted_tables:
        named = [{"name": c.name, "type": c.type, "nullable": c.nullable} for c in table.columns]
        assert migrated[table.name] == described(named, desk.database.engine.dialect)


async def test_the_first_migration_can_be_taken_back_and_made_again(database_url):
    config = alembic_config("dunning_engine", database_url)

    await asyncio.to_thread(command.downgrade, config, "base")
    assert set(await columns(database_url)) == {"alembic_version"}

    await asyncio.to_thread(command.upgrade, config, "head")
    assert "decision" in await columns(database_url)


@pytest.mark.parametrize(
    "statement", ["UPDATE decision SET outcome = 'x'", "DELETE FROM decision", "TRUNCATE decision"]
)
async def test_the_record_of_decisions_cannot_be_changed(desk, statement):
    with pytest.raises(DBAPIError, match="append-only"):
        async with desk.database.begin() as transaction:
            await transaction.connection.execute(text(statement))
