"""Telling one process from a later one that was given the same number."""

import sys
from pathlib import Path

import psutil


def birth_of(pid: int) -> str | None:
    """A mark that no other process with this number ever has; None when it is gone (or only not yet buried)."""
    if sys.platform == "linux":
        return _birth_on_linux(pid)
    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else str(process.create_time())
    except psutil.Error:
        return None


def _birth_on_linux(pid: int) -> str | None:
    # Ticks since boot plus the boot's id: unlike a time of day, a clock that is set cannot change them.
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except (OSError, UnicodeDecodeError):
        return None
    return None if fields[0] in "ZX" else f"{boot}/{fields[19]}"


def works_in(pid: int, folder: Path) -> bool:
    """Whether the process lives and has this folder as its working directory."""
    try:
        return birth_of(pid) is not None and Path(psutil.Process(pid).cwd()) == folder.resolve()
    except (psutil.Error, OSError):
        return False
