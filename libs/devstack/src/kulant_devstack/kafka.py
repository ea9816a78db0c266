"""One real Apache Kafka broker on the loopback interface, without Docker or an installed Java."""

import base64
import json
import logging
import shutil
import subprocess
import time
import uuid
from collections.abc import Sequence
from pathlib import Path

from kulant_devstack.errors import StackFailed
from kulant_devstack.java import Java
from kulant_devstack.kafka_command import EDITION, KafkaCommand
from kulant_devstack.kafka_jars import KAFKA_VERSION
from kulant_devstack.locks import exclusive
from kulant_devstack.places import own_folder
from kulant_devstack.ports import LOOPBACK, free_ports, is_free, is_listening
from kulant_devstack.supervisor import Program, Supervisor

log = logging.getLogger(__name__)

NAME = "kafka"
START_SECONDS = 120
STOP_SECONDS = 30


class Kafka:
    """The broker of one state folder. It keeps its ports, over stops and kills, unless somebody else takes them.

    `read_cache` makes it start faster; with `write_cache` it makes such a cache when it is stopped. `told_ports`: for
    each of them, which is a proxy's, the broker opens one more port and tells whoever comes in there to go on by it.
    """

    version = KAFKA_VERSION

    def __init__(
        self,
        folder: Path,
        supervisor: Supervisor,
        java: Java,
        jars: Path,
        *,
        read_cache: Path | None = None,
        write_cache: Path | None = None,
        told_ports: Sequence[int] = (),
    ) -> None:
        self._folder = own_folder(folder)
        self._supervisor = supervisor
        self._command = KafkaCommand(java, jars, folder)
        self._reading = () if read_cache is None else (f"-XX:AOTCache={read_cache}",)
        self._writing = () if write_cache is None else (f"-XX:AOTCacheOutput={write_cache}",)
        self._told_ports = tuple(told_ports)
        self._ports_file = folder / "ports.json"
        self._ports: list[int] = json.loads(self._ports_file.read_text()) if self._ports_file.exists() else []

    @property
    def address(self) -> str:
        """Where clients connect to: host and port."""
        if not self._ports:
            raise StackFailed("Kafka was not started.")
        return f"{LOOPBACK}:{self._ports[0]}"

    @property
    def doors(self) -> dict[int, int]:
        """The ports behind proxies, each with that proxy's port."""
        return dict(zip(self._ports[2:], self._told_ports, strict=True))

    def start(self) -> None:
        """Start the broker and come back when clients can use it."""
        wanted = 2 + len(self._told_ports)
        if len(self._ports) != wanted or not all(is_free(port) for port in self._ports):
            self._ports = free_ports(wanted)
            self._ports_file.write_text(json.dumps(self._ports))
        self._command.write_configuration(self._ports[0], self._ports[1], self.doors)
        self._format_once()
        program = Program(
            NAME, self._command.broker(*self._reading, *self._writing), cwd=self._folder, stop_seconds=STOP_SECONDS
        )
        self._supervisor.start(program)
        self._wait_until_ready()

    def stop(self, seconds: float = STOP_SECONDS) -> None:
        """Stop the broker in order."""
        self._supervisor.stop(NAME, seconds=seconds)

    def kill(self) -> None:
        """End the broker as `kill -9` does."""
        self._supervisor.kill(NAME)

    def _format_once(self) -> None:
        # The marker is written last: a folder without it was left half prepared by a kill and is prepared anew.
        marker = self._folder / "formatted"
        if marker.exists():
            return
        shutil.rmtree(self._command.data, ignore_errors=True)
        shutil.copytree(self._formatted(), self._command.data)
        marker.touch()

    def _formatted(self) -> Path:
        """An empty data folder, prepared once per user for all brokers: the tool for it costs a second of Java."""
        target = self._command.jars / f"formatted-{EDITION}"
        with exclusive(target.with_suffix(".lock")):
            if not target.exists():
                draft = target.with_suffix(".new")
                shutil.rmtree(draft, ignore_errors=True)
                self._format()
                shutil.copytree(self._command.data, draft)
                shutil.rmtree(self._command.data)
                draft.rename(target)
        return target

    def _format(self) -> None:
        done = subprocess.run(
            self._command.format(_cluster_id(), *self._reading),
            capture_output=True,
            text=True,
            cwd=self._folder,
            check=False,
        )
        if done.returncode != 0:
            raise StackFailed(f"Kafka's data folder could not be prepared: {done.stdout}{done.stderr}")

    def _wait_until_ready(self) -> None:
        # The broker opens its port only when it is let in by the controller: an open port is a ready broker.
        deadline = time.monotonic() + START_SECONDS
        while not is_listening(self._ports[0]):
            if not self._supervisor.is_running(NAME):
                raise StackFailed(f"Kafka ended while it started. {self._supervisor.last_words(NAME)}")
            if time.monotonic() > deadline:
                words = self._supervisor.last_words(NAME)
                self._supervisor.stop(NAME, seconds=5)
                raise StackFailed(f"Kafka was not ready after {START_SECONDS} seconds. {words}")
            time.sleep(0.03)


def _cluster_id() -> str:
    # The tool takes an id that begins with a dash for one of its options.
    while (made := base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")).startswith("-"):
        pass
    return made
