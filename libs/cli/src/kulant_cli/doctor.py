"""What a machine needs for the embedded stack, each need checked and said in one sentence."""

import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil

from kulant_devstack.errors import StackFailed
from kulant_devstack.java import find_java
from kulant_devstack.kafka_jars import KAFKA_VERSION, jars_folder
from kulant_devstack.places import cache_folder, own_folder, server_account, state_folder
from kulant_devstack.ports import free_ports
from kulant_devstack.postgres_binaries import find_binaries, version_of

_GIB = 1024**3
_NEEDED_DISK_GIB = 1
_NEEDED_MEMORY_GIB = 1.5


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, and whether it is as it must be."""

    is_well: bool
    sentence: str


def examine() -> list[Finding]:
    """Look at everything; one trouble does not hide another."""
    checks: tuple[Callable[[], Finding], ...] = (
        _python,
        _memory,
        _places,
        _disk,
        _ports,
        _account,
        _shared_memory,
        _java,
        _postgres,
        _jars,
    )
    return [_run(check) for check in checks]


def _run(check: Callable[[], Finding]) -> Finding:
    try:
        return check()
    except (StackFailed, OSError) as problem:
        return Finding(is_well=False, sentence=str(problem))


def _python() -> Finding:
    version = platform.python_version()
    return Finding((3, 11) <= sys.version_info[:2] <= (3, 13), f"Python {version}; 3.11 to 3.13 are supported.")


def _memory() -> Finding:
    free = psutil.virtual_memory().available / _GIB
    return Finding(free >= _NEEDED_MEMORY_GIB, f"{free:.1f} GiB of memory are free; {_NEEDED_MEMORY_GIB} are needed.")


def _places() -> Finding:
    cache, state = cache_folder(), own_folder(state_folder())
    for folder in (cache, state):
        with tempfile.NamedTemporaryFile(dir=folder):
            pass
    return Finding(is_well=True, sentence=f"Downloads are kept in {cache}, this checkout's state in {state}.")


def _disk() -> Finding:
    free = min(shutil.disk_usage(folder).free for folder in (cache_folder(), own_folder(state_folder()))) / _GIB
    return Finding(free >= _NEEDED_DISK_GIB, f"{free:.1f} GiB of disk are free; {_NEEDED_DISK_GIB} is needed.")


def _ports() -> Finding:
    return Finding(len(free_ports(10)) == 10, "Free ports on 127.0.0.1 can be had.")


def _account() -> Finding:
    account = server_account()
    how = "this user" if account is None else "`nobody`, because you are root and PostgreSQL refuses that"
    return Finding(is_well=True, sentence=f"PostgreSQL runs as {how}.")


def _shared_memory() -> Finding:
    folder = Path("/dev/shm")  # noqa: S108 - the system's place for shared memory
    is_well = sys.platform != "linux" or os.access(folder, os.W_OK)
    return Finding(
        is_well, "Shared memory can be used." if is_well else f"{folder}, which PostgreSQL needs, is missing."
    )


def _java() -> Finding:
    java = find_java()
    done = subprocess.run([java.path, "-version"], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        return Finding(is_well=False, sentence=f"Java in {java.path} cannot be run: {done.stderr.strip()}")
    return Finding(is_well=True, sentence=f"Java {java.major} runs (its own, in {java.path}).")


def _postgres() -> Finding:
    return Finding(is_well=True, sentence=f"PostgreSQL {version_of(find_binaries())} runs.")


def _jars() -> Finding:
    is_here = jars_folder(cache_folder()).exists()
    where = "is in the cache" if is_here else "is fetched at the first start, which needs the network once"
    return Finding(is_well=True, sentence=f"Apache Kafka {KAFKA_VERSION} {where}.")
