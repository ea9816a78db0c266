"""The least that the machine must do for one event in and one event out: read, three statements, publish.

`python -m bench.floor consume|relay`: one partition batch is one transaction of three statements over arrays (what was
had, the state, the outbox); the relay sends a thousand rows and deletes them. No contract, no rule, no lock.
"""

import asyncio
import json
import os
import sys
from datetime import UTC, datetime

import asyncpg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from pydantic_core import from_json

OUT, DATABASE = "bench.floor.out", "bench_floor"
TABLES = (
    "DROP TABLE IF EXISTS inbox, state, outbox",
    "CREATE TABLE inbox (id text PRIMARY KEY)",
    "CREATE TABLE state (key text PRIMARY KEY, body bytea NOT NULL)",
    "CREATE TABLE outbox (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, key text NOT NULL, value bytea NOT NULL)",
)
_INBOX = "INSERT INTO inbox SELECT * FROM unnest($1::text[]) ON CONFLICT DO NOTHING"
_STATE = (
    "INSERT INTO state SELECT * FROM unnest($1::text[], $2::bytea[])"
    " ON CONFLICT (key) DO UPDATE SET body = excluded.body"
)
_OUTBOX = "INSERT INTO outbox (key, value) SELECT * FROM unnest($1::text[], $2::bytea[])"
BATCH, ROWS = 500, 1_000


async def consume(bootstrap: str, database: str, value: bytes, topic: str, group: str) -> None:
    """Turn every record of a topic into a row of state and an event of the given bytes, for ever."""
    connection = await asyncpg.connect(database)
    consumer = AIOKafkaConsumer(
        topic, bootstrap_servers=bootstrap, group_id=group, enable_auto_commit=False, auto_offset_reset="earliest"
    )
    await consumer.start()
    _say_started()
    while True:
        for place, records in (await consumer.getmany(timeout_ms=200, max_records=BATCH)).items():
            events = [from_json(record.value) for record in records]
            keys = [record.key.decode() for record in records]
            async with connection.transaction():
                await connection.execute(_INBOX, [each["id"] for each in events])
                await connection.execute(_STATE, keys, [record.value for record in records])
                await connection.execute(_OUTBOX, keys, [value] * len(keys))
            await consumer.commit({place: records[-1].offset + 1})


async def relay(bootstrap: str, database: str) -> None:
    """Publish the outbox, oldest first, for ever."""
    connection = await asyncpg.connect(database)
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap, acks="all", enable_idempotence=True, linger_ms=2, max_batch_size=262_144
    )
    await producer.start()
    _say_started()
    while True:
        rows = await connection.fetch(f"SELECT id, key, value FROM outbox ORDER BY id LIMIT {ROWS}")  # noqa: S608
        if not rows:
            await asyncio.sleep(0.02)
            continue
        await asyncio.gather(*[await producer.send(OUT, row["value"], key=row["key"].encode()) for row in rows])
        await connection.execute("DELETE FROM outbox WHERE id = ANY($1::bigint[])", [row["id"] for row in rows])


def _say_started() -> None:
    now = datetime.now(UTC)  # lint-allow clock: a benchmark measures the machine's own time
    sys.stdout.write(json.dumps({"action": "process.started", "timestamp": now.isoformat()}) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Play the role that is named, with what the environment says."""
    bootstrap, database = os.environ["BENCH_KAFKA"], os.environ["BENCH_DATABASE"]
    if sys.argv[1] == "relay":
        asyncio.run(relay(bootstrap, database))
    else:
        value = b"x" * int(os.environ["BENCH_BYTES"])
        asyncio.run(consume(bootstrap, database, value, os.environ["BENCH_TOPIC"], os.environ["BENCH_GROUP"]))


if __name__ == "__main__":
    main()
