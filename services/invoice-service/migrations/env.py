"""Runs this service's migrations over its own database."""

import asyncio

from alembic import context
from sqlalchemy import Connection, pool
from sqlalchemy.ext.asyncio import create_async_engine

from invoice_service.store.tables import metadata


def _is_ours(name: str | None, kind: str, _: object) -> bool:
    """The chassis' tables are described by the chassis."""
    return kind != "table" or name in metadata.tables


def _migrate(connection: Connection) -> None:
    context.configure(
        connection=connection, target_metadata=metadata, include_name=_is_ours, transaction_per_migration=True
    )
    with context.begin_transaction():
        context.run_migrations()


async def _run() -> None:
    engine = create_async_engine(context.config.get_main_option("sqlalchemy.url") or "", poolclass=pool.NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(_migrate)
    await engine.dispose()


asyncio.run(_run())
