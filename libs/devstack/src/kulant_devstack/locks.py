"""File locks between processes: released by the kernel when their holder dies, however it dies."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kulant_devstack.errors import StackBusy
from kulant_devstack.typed import typed

_LOOK_SECONDS = 0.2
"""Longer than it takes, as a rule, to see whether a lock is held: whoever looks takes it for a moment."""
_AGAIN_SECONDS = 0.05


class FolderLock:
    """Exclusive use of a state folder. What its holder does stands in the file, for the sentence to the next."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: int | None = None

    @property
    def is_held(self) -> bool:
        """Whether this object holds the lock."""
        return self._handle is not None

    def acquire(self, doing: str, *, patience_seconds: float = 60, whoever_holds_it: bool = False) -> None:
        """Take the lock, waiting only for a holder that is about to stop (or for any); raises StackBusy else.

        Who only looks at the lock is waited for as well, so the refusal comes a moment later.
        """
        began = time.monotonic()
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                holder = os.pread(handle, 200, 0).decode(errors="replace").strip()
                # Who took the lock a moment ago has not written yet what it does.
                may_wait = whoever_holds_it or not holder or holder.startswith("stopping")
                if time.monotonic() > began + (patience_seconds if may_wait else _LOOK_SECONDS):
                    os.close(handle)
                    raise StackBusy(
                        f"Another Kulant uses {self._path.parent} ({holder or 'just starting'}). "
                        f"Stop it first (Ctrl-C there, or {typed('down')}), or set KULANT_STATE to another folder."
                    ) from None
                time.sleep(_AGAIN_SECONDS)
        self._handle = handle
        self.say(doing)

    def holder(self) -> int | None:
        """The number of the process that holds the lock now, if another one does."""
        try:
            file = self._path.open()
        except FileNotFoundError:
            return None
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                number = file.read().rpartition(" ")[2].strip()
                return int(number) if number.isdigit() else None
        return None

    def say(self, doing: str) -> None:
        """Write down what the holder does now."""
        if self._handle is not None:
            said = f"{doing}, process {os.getpid()}\n".encode()
            os.pwrite(self._handle, said, 0)
            os.ftruncate(self._handle, len(said))

    def release(self) -> None:
        """Give the lock back; harmless when it is not held."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Wait for the lock on a file and hold it for the length of the block."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
