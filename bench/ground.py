"""What a benchmark stands on: real servers with production settings, migrated databases, services as processes."""

import itertools
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Self

import asyncpg

from bench.traffic import Reader
from kulant_cli.credentials import ensure_credentials
from kulant_cli.fleet import ROLES, is_ready, migrating_command, package_of, service_environment, service_program
from kulant_contracts import topics
from kulant_devstack.ports import LOOPBACK, free_ports
from kulant_devstack.servers import Servers
from kulant_devstack.supervisor import Program
from kulant_devstack.topics import create_topics, run_apart

PATIENCE_SECONDS = 300.0
ROOT = Path(__file__).parents[1]


class Ground:
    """Servers of a state folder of their own; everything is gone at the end."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="kulant-bench-", ignore_cleanup_errors=True)
        self.state = Path(self._folder.name) / "state"
        self.servers = Servers(self.state)
        self._environment: dict[str, str] = {}
        self._copies: dict[str, str] = {}
        self._tenants = itertools.count(1)
        self.profiles: Path | None = None
        """Where services leave a profile each, by the names of their processes; None: they run as usual."""

    def __enter__(self) -> Self:
        self.servers.start()
        self._prepare()
        return self

    def __exit__(self, *_: object) -> None:
        self.servers.stop()
        self.servers.remove()
        self._folder.cleanup()

    @property
    def kafka(self) -> str:
        """The broker's address."""
        return self.servers.kafka.address

    def new_tenant(self, name: str) -> str:
        """An id that no other benchmark and no profile on this ground has."""
        return f"{name}-{next(self._tenants)}"

    def database(self, name: str) -> str:
        """The address of a database, made if it is not there, or of the copy that is worked on."""
        return self._copies.get(name) or self.servers.postgres.databases.provide(name)

    def work_on_copy(self, name: str) -> None:
        """A fresh copy of a database takes its place; nothing is connected to either."""
        databases = self.servers.postgres.databases
        databases.drop(f"{name}_copy")
        self._copies[name] = databases.copy(name, f"{name}_copy")

    def work_on_original(self, name: str) -> None:
        """The database itself again."""
        self._copies.pop(name, None)

    def program(self, name: str, service: str, *roles: str, port: int = 0, **more: str) -> Program:
        """A service process that is not started yet."""
        environment = {**self._environment, **service_environment(service, self.database(package_of(service)), port)}
        environment[f"KULANT_{package_of(service).upper()}_TRACE_RATIO"] = "0"
        program = service_program(name, service, roles, {**environment, **more})
        if self.profiles is not None:
            words = ("-m", "bench.profiled", str(self.profiles / name), package_of(service), *roles)
            program = replace(program, argv=(sys.executable, *words), cwd=ROOT)
        return program

    def run(self, *programs: Program) -> list[datetime]:
        """Start programs side by side that log `process.started` as our services do; returns when each said so."""
        waiting = [self._begin(program) for program in programs]
        return [wait() for wait in waiting]

    def _begin(self, program: Program) -> Callable[[], datetime]:
        supervisor = self.servers.supervisor
        log_file = supervisor.log_file(program.name)
        offset = log_file.stat().st_size if log_file.exists() else 0
        supervisor.start(program)
        found: list[datetime] = []

        def has_started() -> bool:
            if not supervisor.is_running(program.name):
                raise RuntimeError(f"{program.name} ended. {supervisor.last_words(program.name)}")
            found[:] = _started(log_file, offset)
            return bool(found)

        def wait() -> datetime:
            wait_for(has_started)
            return found[0]

        return wait

    def stop(self, *names: str) -> None:
        """Stop processes."""
        self.servers.supervisor.stop(*names)

    def own_program(self, name: str, *words: str, environment: Mapping[str, str] | None = None) -> Program:
        """A program of the bench itself."""
        return Program(
            name, (sys.executable, "-m", *words), env={**os.environ, **(environment or {})}, cwd=ROOT, layer=2
        )

    def share(self, **variables: str) -> None:
        """Tell all services that are started from here on."""
        self._environment.update(variables)

    def secret(self, name: str) -> str:
        """The content of a secret's file."""
        return (self.state / "secrets" / name).read_text().strip()

    def is_ready(self, service: str) -> bool:
        """Does a service that was started on its port say that it is ready?"""
        return is_ready(self.urls[service])

    def ends(self, names: Iterable[str]) -> Mapping[str, Mapping[int, int]]:
        """Where the partitions of topics end."""
        found: dict[str, Mapping[int, int]] = {}

        async def run() -> None:
            reader = Reader(self.kafka, *names)
            await reader.start()
            found.update(reader.begin)
            await reader.stop()

        run_apart(run())
        return found

    def execute(self, database: str, *statements: str) -> None:
        """Run statements on a database."""

        async def run() -> None:
            connection = await asyncpg.connect(self.database(database))
            try:
                for statement in statements:
                    await connection.execute(statement)
            finally:
                await connection.close()

        run_apart(run())

    def ask(self, database: str, question: str) -> object:
        """The one value that a question to a database has."""
        answer: list[object] = []

        async def run() -> None:
            connection = await asyncpg.connect(self.database(database))
            try:
                answer.append(await connection.fetchval(question))
            finally:
                await connection.close()

        run_apart(run())
        return answer[0]

    def _prepare(self) -> None:
        credentials = ensure_credentials(self.state / "secrets")
        ports = dict(zip(ROLES, free_ports(len(ROLES)), strict=True))
        urls = {service: f"http://{LOOPBACK}:{port}" for service, port in ports.items()}
        self.ports = ports
        self.urls = urls
        self.share(
            **os.environ,
            KULANT_KAFKA_BOOTSTRAP=self.kafka,
            KULANT_TOKENS_FILE=str(credentials.tokens_file),
            KULANT_SERVICE_TOKEN_FILE=str(credentials.service_token_file),
            KULANT_PAGE_SECRET_FILE=str(credentials.page_secret_file),
            KULANT_PAGE_BASE_URL=urls["feedback-service"],
            KULANT_INVOICE_SERVICE_URL=urls["invoice-service"],
            KULANT_DUNNING_ENGINE_URL=urls["dunning-engine"],
            KULANT_FEEDBACK_SERVICE_URL=urls["feedback-service"],
            KULANT_NOTIFIER_SMTP_HOST=LOOPBACK,
            KULANT_NOTIFIER_SMTP_PORT="1",
        )
        run_apart(create_topics(self.kafka, topics.TO_CREATE, map(topics.dead_letter, ROLES)))
        environment = dict(self._environment)
        for service in ROLES:
            environment |= service_environment(service, self.database(package_of(service)), 0)
        subprocess.run(migrating_command(), env=environment, check=True, capture_output=True)


def wait_for(condition: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> None:
    """Wait until something holds; raises TimeoutError."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("the benchmark waited too long")
        time.sleep(0.1)


def _started(log_file: Path, offset: int) -> list[datetime]:
    with log_file.open("rb") as log:
        log.seek(offset)
        lines = [line for line in log.read().splitlines() if b'"process.started"' in line]
    return [datetime.fromisoformat(json.loads(line)["timestamp"]) for line in lines]
