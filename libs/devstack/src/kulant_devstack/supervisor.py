"""Starts and stops named processes, remembers them on disk, and never touches a process that is not its own."""

import json
import logging
import os
import signal
import subprocess
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from kulant_devstack.errors import StackFailed
from kulant_devstack.identity import birth_of
from kulant_devstack.places import Account, own_folder

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Program:
    """What to run. Higher layers are stopped before lower ones; a layer is stopped together."""

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str] | None = None
    cwd: Path | None = None
    account: Account | None = None
    layer: int = 0
    stop_signal: int = signal.SIGTERM
    stop_seconds: float = 20


@dataclass(frozen=True, slots=True)
class Started:
    """A process that was started here, as remembered on disk."""

    name: str
    pid: int
    birth: str
    layer: int
    stop_signal: int
    stop_seconds: float


class Supervisor:
    """The processes of one state folder: pid files in `run/`, output in `logs/`.

    Every process leads a session of its own, so a Ctrl-C at the terminal reaches the caller alone, who then stops
    them in order. They survive the caller; whoever opens the same folder later finds them again.
    """

    def __init__(self, folder: Path) -> None:
        self._run = own_folder(folder / "run")
        self._logs = own_folder(folder / "logs")
        self._children: dict[int, subprocess.Popen[bytes]] = {}

    def start(self, program: Program) -> Started:
        """Start the program; raises StackFailed when one of that name runs already or it cannot be executed."""
        if self.is_running(program.name):
            raise StackFailed(f"{program.name} runs already.")
        child = self._spawn(program)
        self._children[child.pid] = child
        birth = birth_of(child.pid)
        if birth is None:
            raise StackFailed(f"{program.name} ended at once. {self.last_words(program.name)}")
        started = Started(program.name, child.pid, birth, program.layer, int(program.stop_signal), program.stop_seconds)
        self._remember(started)
        return started

    def find(self, name: str) -> Started | None:
        """The process of that name, if it lives."""
        started = self._recall(self._run / f"{name}.json")
        return started if started is not None and self._lives(started) else None

    def is_running(self, name: str) -> bool:
        """Whether the process of that name lives."""
        return self.find(name) is not None

    def running(self) -> list[Started]:
        """All living processes of this folder, by name."""
        recalled = [self._recall(path) for path in sorted(self._run.glob("*.json"))]
        return [started for started in recalled if started is not None and self._lives(started)]

    def known(self) -> list[str]:
        """The names of all processes that were started and not stopped, dead ones included."""
        return sorted(path.stem for path in self._run.glob("*.json"))

    def send(self, name: str, number: int) -> None:
        """Send a signal to the process of that name; raises StackFailed when it does not run."""
        started = self.find(name)
        if started is None:
            raise StackFailed(f"{name} does not run.")
        self._signal(started, number)

    def kill(self, name: str) -> None:
        """End the process of that name at once, as a power cut would."""
        self.send(name, signal.SIGKILL)
        started = self._recall(self._run / f"{name}.json")
        if started is not None:
            self._wait([started], seconds=10)
        self._forget(name)

    def stop(self, *names: str, seconds: float | None = None) -> None:
        """Stop these processes together, politely first, by force when their time is over."""
        found = [started for name in names if (started := self.find(name)) is not None]
        self._end(found, seconds)
        for name in names:
            self._forget(name)

    def stop_all(self) -> list[str]:
        """Stop everything that lives, highest layer first, and say what that was."""
        self._bury_children()
        living = self.running()
        for layer in sorted({started.layer for started in living}, reverse=True):
            self._end([started for started in living if started.layer == layer])
        for name in self.known():
            self._forget(name)
        return [started.name for started in living]

    def log_file(self, name: str) -> Path:
        """Where the output of the process of that name goes."""
        return self._logs / f"{name}.log"

    def last_words(self, name: str, lines: int = 12) -> str:
        """The end of a process's output, for error messages."""
        path = self.log_file(name)
        if not path.exists():
            return "It said nothing."
        tail = path.read_text(errors="replace").splitlines()[-lines:]
        return "\n".join([f"The end of {path}:", *(f"  {line}" for line in tail)])

    def _spawn(self, program: Program) -> subprocess.Popen[bytes]:
        account = program.account
        with self.log_file(program.name).open("ab") as output:
            try:
                return subprocess.Popen(
                    program.argv,
                    env=None if program.env is None else dict(program.env),
                    cwd=program.cwd,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                    user=None if account is None else account.uid,
                    group=None if account is None else account.gid,
                    extra_groups=None if account is None else [],
                )
            except OSError as error:
                raise StackFailed(f"{program.name} cannot be started: {error}.") from error

    def _end(self, processes: Iterable[Started], seconds: float | None = None) -> None:
        ending = list(processes)
        patience = max((started.stop_seconds for started in ending), default=0) if seconds is None else seconds
        for started in ending:
            self._signal(started, started.stop_signal)
            self._signal(started, signal.SIGCONT)
        stubborn = self._wait(ending, patience)
        for started in stubborn:
            log.warning("%s did not stop in %.0f seconds and is killed", started.name, patience)
            self._signal(started, signal.SIGKILL)
        self._wait(stubborn, seconds=10)

    def _wait(self, processes: Iterable[Started], seconds: float) -> list[Started]:
        deadline = time.monotonic() + seconds
        living = [started for started in processes if self._lives(started)]
        while living and time.monotonic() < deadline:
            time.sleep(0.02)
            living = [started for started in living if self._lives(started)]
        return living

    def _lives(self, started: Started) -> bool:
        if birth_of(started.pid) == started.birth:
            return True
        if (child := self._children.pop(started.pid, None)) is not None:
            child.wait()
        return False

    def _bury_children(self) -> None:
        # Somebody else may have stopped them, and removed what remembers them on disk.
        self._children = {pid: child for pid, child in self._children.items() if child.poll() is None}

    def _signal(self, started: Started, number: int) -> None:
        if self._lives(started):
            try:
                os.kill(started.pid, number)
            except ProcessLookupError:
                return

    def _remember(self, started: Started) -> None:
        path = self._run / f"{started.name}.json"
        draft = path.with_suffix(".new")
        draft.write_text(json.dumps(asdict(started)))
        draft.replace(path)

    def _recall(self, path: Path) -> Started | None:
        try:
            return Started(**json.loads(path.read_text()))
        except (OSError, ValueError, TypeError):
            return None

    def _forget(self, name: str) -> None:
        (self._run / f"{name}.json").unlink(missing_ok=True)
