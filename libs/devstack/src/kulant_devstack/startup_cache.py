"""A cache of a Java program's loaded classes, made once per Java: it starts in a third of the time."""

import logging
import os
from collections.abc import Callable
from pathlib import Path

from kulant_devstack.errors import StackFailed
from kulant_devstack.java import Java
from kulant_devstack.locks import exclusive

log = logging.getLogger(__name__)

OLDEST_JAVA = 25
_KEPT = 3


def ensure_startup_cache(java: Java, folder: Path, program: str, train: Callable[[Path], None]) -> Path | None:
    """The cache file for this Java and this program's folder, made by `train` if needed; None where there can be none.

    The program starts without it as well, only slower, so nothing that goes wrong here stops anybody.
    """
    if java.major < OLDEST_JAVA:
        return None
    target = folder / f"startup-{java.mark}.aot"
    if target.exists():
        return target
    with exclusive(folder / "startup.lock"):
        if not target.exists():
            _make(folder, target, program, train)
    return target if target.exists() else None


def _make(folder: Path, target: Path, program: str, train: Callable[[Path], None]) -> None:
    log.info("teaching %s to start fast (once per Java)", program)
    draft = target.with_suffix(".new")
    draft.unlink(missing_ok=True)
    try:
        train(draft)
        os.replace(draft, target)
    except (StackFailed, OSError) as error:
        log.warning("%s will start slowly: %s", program, error)
    made = sorted(folder.glob("startup-*.aot"), key=lambda path: path.stat().st_mtime_ns)
    for path in made[:-_KEPT]:
        path.unlink(missing_ok=True)
