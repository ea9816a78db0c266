"""Writes many rows with one statement: arrays in, `unnest` in the database; rows that meet no others by COPY."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Table, TextClause, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg

from kulant_chassis.transaction import Transaction

_DIALECT = PGDialect_asyncpg()  # type: ignore[no-untyped-call]

Row = Mapping[str, Any]


async def append(transaction: Transaction, table: Table, rows: Sequence[Row]) -> None:
    """Add rows that are new for certain, by COPY: half the work of arrays here, and less in the database."""
    if rows:
        names = [column.name for column in table.columns]
        await transaction.copy(table.name, names, [tuple(map(row.__getitem__, names)) for row in rows])


def insert_many(table: Table, conflict: str = "") -> TextClause:
    """An INSERT of any number of rows; `conflict` is what follows the rows, such as `ON CONFLICT …`."""
    columns = [column.name for column in table.columns]
    arrays = ", ".join(f"CAST(:{column.name} AS {_array_type(column.type)}[])" for column in table.columns)
    values = ", ".join(
        f"CAST(given.{column.name} AS jsonb)" if isinstance(column.type, JSONB) else f"given.{column.name}"
        for column in table.columns
    )
    names = ", ".join(columns)
    return text(
        f"INSERT INTO {table.name} ({names}) SELECT {values} FROM unnest({arrays}) AS given({names}) {conflict}"  # noqa: S608 (names of our own tables)
    )


def newest_wins(table: Table, version: str = "version", own: Mapping[str, str] | None = None) -> TextClause:
    """An upsert in which the row with the highest version stays; returns the rows that were written.

    `own`: columns that do not simply take the new value, with the SQL of what they become.
    """
    keys = [column.name for column in table.primary_key]
    become = {c.name: f"excluded.{c.name}" for c in table.columns if c.name not in keys} | dict(own or {})
    changed = ", ".join(f"{name} = {value}" for name, value in become.items())
    return insert_many(
        table,
        f"ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {changed}"
        f" WHERE {table.name}.{version} < excluded.{version} RETURNING {', '.join(keys)}",
    )


def first_stays(table: Table) -> TextClause:
    """An insert in which a row that is there already stays as it is."""
    return insert_many(table, "ON CONFLICT DO NOTHING")


def arrays_of(table: Table, rows: Sequence[Row]) -> dict[str, list[Any]]:
    """The rows as one array per column, as the statements above take them."""
    return {column.name: [row[column.name] for row in rows] for column in table.columns}


def _array_type(column_type: Any) -> str:
    plain = str(column_type.compile(dialect=_DIALECT)).split(" COLLATE ", 1)[0]
    return "text" if plain == "JSONB" else plain
