"""Stops the stack when the process that started it has died, however it died.

Runs as `python -m kulant_devstack.warden <state folder>`, with the other end of its standard input held by the
starter: end of file without a word means that the starter is gone.
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
    """Let the warden go: everything is stopped already."""
    warden.communicate(b"dismissed", timeout=30)


def main(state: Path) -> None:
    """Wait for the starter's end, then stop what it left, unless somebody has taken the folder over."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.stdin.buffer.read():
        return
    lock = FolderLock(state / "lock")
    try:
        # The system closes what the dead one held in an order of its own: its lock may go a moment after its pipe.
        lock.acquire("stopping what a killed Kulant left", patience_seconds=5, whoever_holds_it=True)
    except StackBusy:
        return
    Supervisor(state).stop_all()
    lock.release()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
