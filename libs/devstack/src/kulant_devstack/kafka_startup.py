"""A cache of the broker's loaded classes, made once per Java: the broker starts in a third of the time."""

import logging
import os
import shutil
import tempfile
from pathlib import Path

from kulant_devstack.errors import StackFailed
from kulant_devstack.java import Java
from kulant_devstack.kafka import Kafka
from kulant_devstack.locks import exclusive
from kulant_devstack.supervisor import Supervisor

log = logging.getLogger(__name__)

OLDEST_JAVA = 25
_KEPT = 3


def ensure_startup_cache(java: Java, jars: Path) -> Path | None:
    """The cache file for this Java and these jars, made if needed; None where there can be none.

    The broker starts without it as well, only slower, so nothing that goes wrong here stops anybody.
    """
    if java.major < OLDEST_JAVA:
        return None
    target = jars / f"startup-{java.mark}.aot"
    if target.exists():
        return target
    with exclusive(jars / "startup.lock"):
        if not target.exists():
            _train(java, jars, target)
    return target if target.exists() else None


def _train(java: Java, jars: Path, target: Path) -> None:
    log.info("teaching Apache Kafka to start fast (once per Java)")
    draft = target.with_suffix(".new")
    draft.unlink(missing_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="training-", dir=jars))
    kafka = Kafka(folder / "kafka", Supervisor(folder), java, jars, write_cache=draft)
    try:
        kafka.start()
        kafka.stop(seconds=120)
        os.replace(draft, target)
    except (StackFailed, OSError) as error:
        log.warning("Apache Kafka will start slowly: %s", error)
    finally:
        kafka.stop()
        shutil.rmtree(folder, ignore_errors=True)
    _drop_old(jars)


def _drop_old(jars: Path) -> None:
    made = sorted(jars.glob("startup-*.aot"), key=lambda path: path.stat().st_mtime_ns)
    for path in made[:-_KEPT]:
        path.unlink(missing_ok=True)
