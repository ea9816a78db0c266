"""The pytest plugin: one stack per session, a fresh database per test, topics of one's own.

A session starts Kafka and PostgreSQL when the first test asks for `stack`, prints the line that says which, and stops
them at its end. `KULANT_TEST_STACK=containers` gives the same fixtures on testcontainers (see containers.py).

Isolation of Kafka: services have fixed topic names, so a test gets a prefix of its own instead. Give it to the
services under test as `KULANT_TOPIC_PREFIX`; they put it before every topic and group name, and so must the test.
"""

import itertools
import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import pytest

from kulant_devstack.containers import Containers
from kulant_devstack.servers import Servers
from kulant_devstack.topics import PARTITIONS, create_topics, delete_topics, run_apart

StackUnderTest: TypeAlias = Servers | Containers
Migrate: TypeAlias = Callable[[str], object]
FreshDatabase: TypeAlias = Callable[[str, Migrate], str]


@dataclass(frozen=True, slots=True)
class FreshTopics:
    """The topics of one test: `prefix` is for KULANT_TOPIC_PREFIX, `name` gives the full name of a topic."""

    bootstrap: str
    prefix: str

    def name(self, topic: str) -> str:
        """The topic's full name in this test."""
        return f"{self.prefix}{topic}"

    def create(self, topics: Iterable[str], dead_letters: Iterable[str] = (), *, partitions: int = PARTITIONS) -> None:
        """Create these topics; they are given without the prefix."""
        named = [self.name(topic) for topic in topics]
        parking = [self.name(topic) for topic in dead_letters]
        run_apart(create_topics(self.bootstrap, named, parking, partitions=partitions))


@pytest.fixture(scope="session")
def stack(request: pytest.FixtureRequest) -> Iterator[StackUnderTest]:
    """A real Kafka and a real PostgreSQL, for this session only.

    `stack.kafka` and `stack.postgres` have `address`, `version`, `start()`, `stop()` and `kill()`; they keep their
    ports. A test that stops one starts it again. PostgreSQL does not wait for the disk: no test cuts the power.
    """
    folder = Path(tempfile.mkdtemp(prefix="kulant-test-"))
    in_containers = os.environ.get("KULANT_TEST_STACK") == "containers"
    servers: StackUnderTest = Containers(folder) if in_containers else Servers(folder, waits_for_disk=False)
    try:
        servers.start()
        _announce(request.config, servers.line)
        yield servers
    finally:
        servers.stop()
        servers.remove()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def database_templates(stack: StackUnderTest) -> Callable[[str, Migrate], None]:
    """Makes the template of a service's database, migrated once per session."""
    made: set[str] = set()

    def provide(service: str, migrate: Migrate) -> None:
        if service not in made:
            url = stack.postgres.databases.provide(service)
            # Apart from the test's own event loop: migrations run one themselves.
            with ThreadPoolExecutor(1) as pool:
                pool.submit(migrate, url).result()
            made.add(service)

    return provide


_numbers = itertools.count(1)


@pytest.fixture
def fresh_database(
    stack: StackUnderTest, database_templates: Callable[[str, Migrate], None]
) -> Iterator[FreshDatabase]:
    """`fresh_database("invoice_service", migrate)` gives the URL of a database of this test's own.

    `migrate(url)` runs once per session and service; every call after that is a copy. The databases are dropped after
    the test, also from under clients that are still connected.
    """
    given: list[str] = []

    def fresh(service: str, migrate: Migrate) -> str:
        database_templates(service, migrate)
        given.append(f"{service}_{next(_numbers)}")
        return stack.postgres.databases.copy(service, given[-1])

    yield fresh
    for name in given:
        stack.postgres.databases.drop(name)


@pytest.fixture
def fresh_topics(stack: StackUnderTest) -> Iterator[FreshTopics]:
    """A topic prefix of this test's own; the topics made with it are deleted after the test."""
    fresh = FreshTopics(stack.kafka.address, f"test-{secrets.token_hex(4)}.")
    yield fresh
    run_apart(delete_topics(fresh.bootstrap, fresh.prefix))


def _announce(config: pytest.Config, line: str) -> None:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    capture = config.pluginmanager.get_plugin("capturemanager")
    if reporter is not None and capture is not None:
        with capture.global_and_fixture_disabled():
            reporter.ensure_newline()
            reporter.write_line(line)
