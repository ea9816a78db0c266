"""The pytest plugin on real servers."""

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from kulant_devstack.topics import run_apart


def _migrate(url: str) -> None:
    async def make() -> None:
        connection = await asyncpg.connect(url)
        await connection.execute("CREATE TABLE word (said text)")
        await connection.close()

    run_apart(make())


async def test_each_test_database_is_a_copy_of_the_migrated_template(fresh_database):
    first = fresh_database("fixture_trial", _migrate)
    second = fresh_database("fixture_trial", _migrate)
    one = await asyncpg.connect(first)
    other = await asyncpg.connect(second)
    await one.execute("INSERT INTO word VALUES ('hello')")
    assert await one.fetchval("SELECT count(*) FROM word") == 1
    assert await other.fetchval("SELECT count(*) FROM word") == 0
    await one.close()
    await other.close()


async def test_a_databases_role_cannot_enter_another_ones(stack, fresh_database):
    fresh_database("fixture_trial", _migrate)
    url = stack.postgres.databases.provide("fixture_stranger")
    trespass = url.removesuffix("/fixture_stranger") + "/fixture_trial"
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await asyncpg.connect(trespass)


async def test_topics_have_the_contracts_settings(stack, fresh_topics):
    fresh_topics.create(["facts"], dead_letters=["parked"])
    admin = AIOKafkaAdminClient(bootstrap_servers=stack.kafka.address)
    await admin.start()
    described = await admin.describe_topics([fresh_topics.name("facts")])
    assert len(described[0]["partitions"]) == 12
    resources = [ConfigResource(ConfigResourceType.TOPIC, fresh_topics.name(topic)) for topic in ("facts", "parked")]
    settings = {}
    for answer in await admin.describe_configs(resources):
        for _, _, _, name, entries in answer.resources:
            settings[name.removeprefix(fresh_topics.prefix)] = {entry[0]: entry[1] for entry in entries}
    await admin.close()
    assert settings["facts"]["cleanup.policy"] == "delete"
    assert settings["facts"]["message.timestamp.type"] == "LogAppendTime"
    assert settings["facts"]["retention.ms"] == str(30 * 24 * 3600 * 1000)
    assert settings["parked"]["max.message.bytes"] == str(2 * 1024 * 1024)


async def test_topics_can_be_created_again_without_harm(fresh_topics):
    fresh_topics.create(["facts"])
    fresh_topics.create(["facts", "more"])


async def test_acknowledged_records_survive_a_killed_broker(stack, fresh_topics):
    fresh_topics.create(["facts"], partitions=1)
    topic = fresh_topics.name("facts")
    async with AIOKafkaProducer(bootstrap_servers=stack.kafka.address, acks="all") as producer:
        for number in range(100):
            await producer.send_and_wait(topic, b"%d" % number)
    address = stack.kafka.address
    stack.kafka.kill()
    stack.kafka.start()
    assert stack.kafka.address == address
    async with AIOKafkaConsumer(topic, bootstrap_servers=address, auto_offset_reset="earliest") as consumer:
        got = [(await consumer.getone()).value for _ in range(100)]
    assert got == [b"%d" % number for number in range(100)]


async def test_committed_rows_survive_a_killed_database(stack, fresh_database):
    url = fresh_database("fixture_trial", _migrate)
    connection = await asyncpg.connect(url)
    await connection.execute("INSERT INTO word VALUES ('kept')")
    stack.postgres.kill()
    connection.terminate()
    stack.postgres.start()
    again = await asyncpg.connect(url)
    assert await again.fetchval("SELECT said FROM word") == "kept"
    await again.close()
