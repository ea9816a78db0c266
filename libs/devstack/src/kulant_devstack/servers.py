"""Kafka and PostgreSQL together, for one state folder: what every stack and every test session stands on."""

import shutil
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from kulant_devstack.database_home import prepare_database_folder, remove_database
from kulant_devstack.java import find_java
from kulant_devstack.kafka import Kafka
from kulant_devstack.kafka_jars import ensure_jars
from kulant_devstack.kafka_training import train_kafka
from kulant_devstack.locks import FolderLock
from kulant_devstack.places import cache_folder, own_folder
from kulant_devstack.postgres import PostgreSQL
from kulant_devstack.startup_cache import ensure_startup_cache
from kulant_devstack.supervisor import Supervisor
from kulant_devstack.warden import dismiss, keep_watch


class Servers:
    """The two servers of a state folder, and the folder's lock.

    `attached`: they end with this process, even if it is killed. Detached: they stay until somebody opens the
    folder again and calls `stop`. What a kill of everything has left running is stopped before a new start.
    `waits_for_disk`: see PostgreSQL. `told_ports`: see Kafka.
    """

    def __init__(
        self, state: Path, *, attached: bool = True, waits_for_disk: bool = True, told_ports: Sequence[int] = ()
    ) -> None:
        self.state = own_folder(state)
        self.supervisor = Supervisor(state)
        self._attached = attached
        self._waits_for_disk = waits_for_disk
        self._told_ports = told_ports
        self._lock = FolderLock(state / "lock")
        self._warden: subprocess.Popen[bytes] | None = None
        self._kafka: Kafka | None = None
        self._postgres: PostgreSQL | None = None

    @property
    def kafka(self) -> Kafka:
        """The broker; only after `start`."""
        assert self._kafka is not None
        return self._kafka

    @property
    def postgres(self) -> PostgreSQL:
        """The database server; only after `start`."""
        assert self._postgres is not None
        return self._postgres

    @property
    def line(self) -> str:
        """The line that says what runs where."""
        kafka, postgres = self.kafka, self.postgres
        return f"stack: kafka {kafka.version} {kafka.address}, postgresql {postgres.version} {postgres.address}"

    def claim(self, doing: str) -> None:
        """Take the state folder for this process, or raise StackBusy."""
        if not self._lock.is_held:
            self._lock.acquire(doing)

    def start(self) -> None:
        """Claim the folder, clear leftovers away, start both servers; raises StackFailed and leaves nothing."""
        self.claim("running a stack")
        try:
            self.supervisor.stop_all()
            if self._attached:
                self._warden = keep_watch(self.state)
            # Fetching may take its time: it stays in this thread, where Ctrl-C ends it.
            jars = ensure_jars(cache_folder())
            java = find_java()
            cache = ensure_startup_cache(java, jars, "Apache Kafka", partial(train_kafka, java, jars))
            self._kafka = Kafka(
                self.state / "kafka", self.supervisor, java, jars, read_cache=cache, told_ports=self._told_ports
            )
            self._postgres = PostgreSQL(
                self.state / "postgres",
                prepare_database_folder(self.state, in_memory=not self._waits_for_disk),
                self.supervisor,
                waits_for_disk=self._waits_for_disk,
            )
            self._start_both(self._kafka, self._postgres)
        except BaseException:
            self.stop()
            raise

    def _start_both(self, kafka: Kafka, postgres: PostgreSQL) -> None:
        pool = ThreadPoolExecutor(2)
        try:
            for starting in [pool.submit(kafka.start), pool.submit(postgres.start)]:
                starting.result()
        finally:
            # Also on Ctrl-C: a server must not come up after everything else was stopped.
            pool.shutdown(wait=True)

    def release(self) -> None:
        """Let others use the folder; detached servers go on running."""
        self._lock.release()

    def stop(self) -> None:
        """Stop every process of this folder, higher layers first, and give the folder back.

        Raises StackBusy when the folder is another process's by now.
        """
        self.claim("stopping a stack")
        self._lock.say("stopping a stack")
        self.supervisor.stop_all()
        if self._warden is not None:
            dismiss(self._warden)
            self._warden = None
        self._lock.release()

    def remove(self) -> None:
        """Delete the state, and with it all data; only after `stop`."""
        remove_state(self.state)


def remove_state(state: Path) -> None:
    """Delete a state folder and the database that belongs to it."""
    remove_database(state)
    shutil.rmtree(state, ignore_errors=True)
