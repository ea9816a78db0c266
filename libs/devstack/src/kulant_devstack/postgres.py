"""One real PostgreSQL server on the loopback interface, with a role and a database for each who needs one."""

import logging
import os
import secrets
import shutil
import signal
import subprocess
import time
from pathlib import Path

from kulant_devstack.databases import Databases
from kulant_devstack.errors import StackFailed
from kulant_devstack.identity import birth_of, works_in
from kulant_devstack.places import own_folder, server_account, write_private
from kulant_devstack.ports import LOOPBACK, free_ports, is_free
from kulant_devstack.postgres_binaries import find_binaries, version_of
from kulant_devstack.supervisor import Program, Supervisor

log = logging.getLogger(__name__)

NAME = "postgres"
START_SECONDS = 120
_FORGETFUL = ("-c", "fsync=off", "-c", "full_page_writes=off", "-c", "max_wal_size=128MB")
"""Of a server whose data need not outlive the machine; they may lie in memory, so its log stays small."""


class PostgreSQL:
    """The server of one state folder. It keeps its port while this object lives, over stops and kills.

    Without `waits_for_disk` a commit outlives a kill of the server, but not a power cut: for tests, which cut none.

    `folder` holds the passwords; `home` holds the data and, where we are root, belongs to root with the data folder
    in it owned by the account that the server runs as.
    """

    def __init__(self, folder: Path, home: Path, supervisor: Supervisor, *, waits_for_disk: bool = True) -> None:
        self._folder = own_folder(folder)
        self._account = server_account()
        self._home = home
        self._supervisor = supervisor
        self._waits_for_disk = waits_for_disk
        self._binaries = find_binaries()
        self._port = 0
        self.version = version_of(self._binaries)
        self.databases = Databases(self.run_sql, lambda: self.address, self._role_passwords)

    @property
    def address(self) -> str:
        """Where clients connect to: host and port."""
        return f"{LOOPBACK}:{self._port}"

    def start(self) -> None:
        """Start the server and come back when it accepts connections."""
        self._prepare_once()
        self._end_leftover()
        if not self._port or not is_free(self._port):
            self._port = free_ports(1)[0]
        deadline = time.monotonic() + START_SECONDS
        # After a kill the system needs a moment until the last of the old server's processes has let go.
        while not self._try_start(deadline):
            if time.monotonic() > deadline:
                raise StackFailed(f"PostgreSQL ended while it started. {self._supervisor.last_words(NAME)}")
            time.sleep(0.3)

    def stop(self) -> None:
        """Stop the server at once but in order: clients are cut off, nothing is lost."""
        self._supervisor.stop(NAME)

    def kill(self) -> None:
        """End the server as `kill -9` does, with all its processes."""
        self._supervisor.kill(NAME)

    def run_sql(self, sql: str, database: str = "postgres") -> str:
        """Run SQL as the server's owner and return what it printed, unaligned and without headers."""
        done = subprocess.run(
            [self._binaries / "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", database],
            env={
                "PGHOST": LOOPBACK,
                "PGPORT": str(self._port),
                "PGUSER": "postgres",
                "PGPASSWORD": self._owner_password.read_text(),
                "PGOPTIONS": "-c client_min_messages=warning",
            },
            input=sql,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise StackFailed(f"PostgreSQL refused: {done.stderr.strip()}")
        return done.stdout.strip()

    @property
    def _data(self) -> Path:
        return self._home / "data"

    @property
    def _owner_password(self) -> Path:
        return self._folder / "owner-password"

    @property
    def _role_passwords(self) -> Path:
        return self._folder / "role-passwords.json"

    def _prepare_once(self) -> None:
        # The data are of no use without the password, and the other way round: both or a fresh start.
        if self._data.exists() and self._owner_password.exists():
            return
        for leftover in (self._data, self._home / "data.new"):
            shutil.rmtree(leftover, ignore_errors=True)
        self._owner_password.unlink(missing_ok=True)
        self._role_passwords.unlink(missing_ok=True)
        password = secrets.token_urlsafe(24)
        draft = self._home / "data.new"
        draft.mkdir(mode=0o700)
        self._give(draft)
        self._initdb(draft, password)
        write_private(self._owner_password, password)
        draft.rename(self._data)

    def _initdb(self, folder: Path, password: str) -> None:
        password_file = self._home / "password.new"
        write_private(password_file, password)
        self._give(password_file)
        account = self._account
        done = subprocess.run(
            [
                *(self._binaries / "initdb", "-D", folder, "-U", "postgres"),
                *("--auth=scram-sha-256", f"--pwfile={password_file}", "--encoding=UTF8", "--data-checksums"),
                *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
                *(() if self._waits_for_disk else ("--no-sync",)),
            ],
            cwd=self._home,
            env=_environment(),
            user=None if account is None else account.uid,
            group=None if account is None else account.gid,
            extra_groups=None if account is None else [],
            capture_output=True,
            text=True,
            check=False,
        )
        password_file.unlink()
        if done.returncode != 0:
            raise StackFailed(f"PostgreSQL's data folder could not be prepared: {done.stdout}{done.stderr}")

    def _try_start(self, deadline: float) -> bool:
        started = self._supervisor.start(
            Program(
                NAME,
                (
                    *(str(self._binaries / "postgres"), "-D", str(self._data), "-p", str(self._port)),
                    *("-c", f"listen_addresses={LOOPBACK}", "-c", "unix_socket_directories="),
                    *("-c", "max_connections=200", "-c", "timezone=UTC", "-c", "log_timezone=UTC"),
                    *(() if self._waits_for_disk else _FORGETFUL),
                ),
                env=_environment(),
                cwd=self._home,
                account=self._account,
                stop_signal=signal.SIGINT,
                stop_seconds=30,
            )
        )
        while self._supervisor.is_running(NAME):
            if self._is_ready(started.pid):
                return True
            if time.monotonic() > deadline:
                self._supervisor.stop(NAME, seconds=5)
                return False
            time.sleep(0.02)
        return False

    def _is_ready(self, pid: int) -> bool:
        lines = self._pid_file_lines()
        return len(lines) >= 8 and lines[0].strip() == str(pid) and lines[7].strip() == "ready"

    def _pid_file_lines(self) -> list[str]:
        try:
            return (self._data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return []

    def _end_leftover(self) -> None:
        # A server that outlived a kill of everything around it still works in our data folder. A number alone
        # proves nothing: it may be somebody else's process by now, and then PostgreSQL would refuse to start.
        lines = self._pid_file_lines()
        if not lines or not lines[0].strip().isdigit():
            return
        pid = int(lines[0])
        if works_in(pid, self._data):
            log.info("stopping a PostgreSQL that was left running here")
            os.kill(pid, signal.SIGINT)
            deadline = time.monotonic() + 30
            while birth_of(pid) is not None:
                if time.monotonic() > deadline:
                    os.kill(pid, signal.SIGKILL)
                    deadline += 30
                time.sleep(0.05)
        (self._data / "postmaster.pid").unlink(missing_ok=True)

    def _give(self, path: Path) -> None:
        if self._account is not None:
            os.chown(path, self._account.uid, self._account.gid)


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}
