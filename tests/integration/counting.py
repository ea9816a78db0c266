"""Counts what work costs beside its own processor time: statements to the database, requests to the broker."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aiokafka.client import AIOKafkaClient
from asyncpg import Connection
from sqlalchemy import Engine, event


@contextmanager
def counted() -> Iterator[Counter[str]]:
    """Everything that this process sends to servers while the block runs: `sql`, `copy`, `commit`, and Kafka's requests
    by their names.
    """
    found: Counter[str] = Counter()
    sends, copies = AIOKafkaClient.send, Connection.copy_records_to_table

    def statement(*_: object) -> None:
        found["sql"] += 1

    def commit(_: object) -> None:
        found["commit"] += 1

    async def send(client: AIOKafkaClient, node: Any, request: Any, **more: Any) -> Any:
        found[type(request).__name__.partition("Request")[0]] += 1
        return await sends(client, node, request, **more)

    async def copy(connection: Any, *words: Any, **more: Any) -> Any:
        found["copy"] += 1
        return await copies(connection, *words, **more)

    listeners = {"before_cursor_execute": statement, "commit": commit}
    AIOKafkaClient.send, Connection.copy_records_to_table = send, copy
    for name, listener in listeners.items():
        event.listen(Engine, name, listener)
    try:
        yield found
    finally:
        for name, listener in listeners.items():
            event.remove(Engine, name, listener)
        AIOKafkaClient.send, Connection.copy_records_to_table = sends, copies
