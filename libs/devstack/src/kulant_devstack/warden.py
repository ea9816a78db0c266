"""Stops the stack when the process that started it has died, however it died.

Runs as `python -m kulant_devstack.warden <state folder>`, with the other end of its standard input held by the
starter: end of file means that the starter is gone.
"""

import signal
import subprocess
import sys
from pathlib import Path

from kulant_devstack.errors import StackBusy
from kulant_devstack.locks import FolderLock
from kulant_devstack.supervisor import Supervisor


def keep_watch(state: Path) -> subprocess.Popen[bytes]:
    """Start a warden for the stack in this folder; it goes when its standard input is closed."""
    return subprocess.Popen(
        [sys.executable, "-m", "kulant_devstack.warden", str(state)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def dismiss(warden: subprocess.Popen[bytes]) -> None:
    """Let the warden go; it finds nothing left to stop."""
    if warden.stdin is not None:
        warden.stdin.close()
    warden.wait(timeout=30)


def main(state: Path) -> None:
    """Wait for the starter's end, then stop what it left, unless somebody has taken the folder over."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.stdin.buffer.read()
    lock = FolderLock(state / "lock")
    try:
        lock.acquire("stopping what a killed Kulant left", patience_seconds=0)
    except StackBusy:
        return
    Supervisor(state).stop_all()
    lock.release()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
