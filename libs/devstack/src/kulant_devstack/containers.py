"""Kafka and PostgreSQL in containers, for test sessions on machines that have a Docker engine.

Chosen with KULANT_TEST_STACK=containers. Written against testcontainers 4.15 and never yet run against a Docker engine
that can pull images: the embedded servers are what is tested every day.
"""

import time
from pathlib import Path
from typing import TYPE_CHECKING

from kulant_devstack.databases import Databases
from kulant_devstack.errors import StackFailed
from kulant_devstack.kafka_jars import KAFKA_VERSION
from kulant_devstack.ports import LOOPBACK, free_ports, is_listening

if TYPE_CHECKING:
    from testcontainers.core.container import DockerContainer

POSTGRES_VERSION = "18"
READY_SECONDS = 120


class ContainerServer:
    """One server in a container, always on the same port of this machine."""

    def __init__(self, container: "DockerContainer", version: str, port: int) -> None:
        self._container = container.with_bind_ports(port, port)
        self._port = port
        self._exists = False
        self.version = version
        self.address = f"{LOOPBACK}:{port}"

    def start(self) -> None:
        """Start the container, or start it again, and come back when its port is open."""
        if self._exists:
            self._container.get_wrapped_container().start()
        else:
            self._container.start()
            self._exists = True
        deadline = time.monotonic() + READY_SECONDS
        while not is_listening(self._port):
            if time.monotonic() > deadline:
                raise StackFailed(f"The container {self._container.image} was not ready after {READY_SECONDS} s.")
            time.sleep(0.1)

    def stop(self) -> None:
        """Stop the server in order; its data stay."""
        self._container.get_wrapped_container().stop()

    def kill(self) -> None:
        """End the server as a power cut would."""
        self._container.get_wrapped_container().kill()

    def remove(self) -> None:
        """Stop the container for good."""
        if self._exists:
            self._container.stop()


class PostgreSQLContainer(ContainerServer):
    """PostgreSQL, with the same way to make databases as the embedded one."""

    def __init__(self, container: "DockerContainer", version: str, port: int, passwords: Path) -> None:
        super().__init__(container, version, port)
        self.databases = Databases(self.run_sql, lambda: self.address, passwords)

    def start(self) -> None:
        """Start the server and come back when it answers."""
        super().start()
        deadline = time.monotonic() + READY_SECONDS
        while not self._answers():
            if time.monotonic() > deadline:
                raise StackFailed(f"PostgreSQL in its container did not answer in {READY_SECONDS} seconds.")
            time.sleep(0.2)

    def run_sql(self, sql: str) -> str:
        """Run SQL as the server's owner and return what it printed."""
        script = 'printf %s "$1" | psql -X -q -A -t -v ON_ERROR_STOP=1 -U postgres -p "$2"'
        done = self._container.exec(["sh", "-c", script, "sh", sql, str(self._port)])
        if done.exit_code != 0:
            raise StackFailed(f"PostgreSQL refused: {done.output.decode(errors='replace')}")
        return str(done.output.decode()).strip()

    def _answers(self) -> bool:
        try:
            self.run_sql("SELECT 1;")
        except StackFailed:
            return False
        return True


class Containers:
    """The same two servers as `Servers`, in containers."""

    def __init__(self, folder: Path) -> None:
        from testcontainers.core.container import DockerContainer  # noqa: PLC0415 - only there where it was chosen

        kafka_port, controller_port, postgres_port = free_ports(3)
        self.kafka = ContainerServer(
            DockerContainer(f"apache/kafka:{KAFKA_VERSION}").with_envs(
                KAFKA_NODE_ID="1",
                KAFKA_PROCESS_ROLES="broker,controller",
                KAFKA_LISTENERS=f"PLAINTEXT://:{kafka_port},CONTROLLER://:{controller_port}",
                KAFKA_ADVERTISED_LISTENERS=f"PLAINTEXT://{LOOPBACK}:{kafka_port}",
                KAFKA_CONTROLLER_LISTENER_NAMES="CONTROLLER",
                KAFKA_LISTENER_SECURITY_PROTOCOL_MAP="CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
                KAFKA_CONTROLLER_QUORUM_VOTERS=f"1@localhost:{controller_port}",
                KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR="1",
                KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR="1",
                KAFKA_TRANSACTION_STATE_LOG_MIN_ISR="1",
                KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS="0",
                KAFKA_AUTO_CREATE_TOPICS_ENABLE="false",
            ),
            KAFKA_VERSION,
            kafka_port,
        )
        self.postgres = PostgreSQLContainer(
            DockerContainer(f"postgres:{POSTGRES_VERSION}")
            .with_env("POSTGRES_HOST_AUTH_METHOD", "scram-sha-256")
            .with_env("POSTGRES_PASSWORD", "only-in-this-container")
            .with_command(f"postgres -p {postgres_port} -c max_connections=200"),
            POSTGRES_VERSION,
            postgres_port,
            folder / "role-passwords.json",
        )

    @property
    def line(self) -> str:
        """The line that says what runs where."""
        kafka, postgres = self.kafka, self.postgres
        return f"stack: kafka {kafka.version} {kafka.address}, postgresql {postgres.version} {postgres.address}"

    def start(self) -> None:
        """Start both servers."""
        self.kafka.start()
        self.postgres.start()

    def stop(self) -> None:
        """Stop and remove both containers."""
        self.kafka.remove()
        self.postgres.remove()

    def remove(self) -> None:
        """Nothing is left: the data lived in the containers."""
