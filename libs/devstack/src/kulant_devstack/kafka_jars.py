"""Kafka's jars: fetched once per user by Maven coordinate, each checked against the committed checksum."""

import hashlib
import json
import logging
import os
import shutil
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from kulant_devstack.errors import StackFailed
from kulant_devstack.locks import exclusive

if TYPE_CHECKING:
    from jgo.maven import MavenContext

log = logging.getLogger(__name__)

KAFKA_VERSION = "4.4.0"


def locked_jars() -> dict[str, str]:
    """Coordinate to sha256 of every jar that the broker needs."""
    text = files("kulant_devstack").joinpath(f"kafka-{KAFKA_VERSION}-jars.json").read_text()
    return {str(coordinate): str(digest) for coordinate, digest in json.loads(text).items()}


def jars_folder(cache: Path, jars: dict[str, str] | None = None) -> Path:
    """Where these jars are or will be: a folder of their own for every lock."""
    wanted = locked_jars() if jars is None else jars
    mark = hashlib.sha256(json.dumps(wanted, sort_keys=True).encode()).hexdigest()[:12]
    return cache / f"kafka-{KAFKA_VERSION}-{mark}"


def ensure_jars(cache: Path, jars: dict[str, str] | None = None) -> Path:
    """The folder with all jars, fetched if it is not there yet. Safe to call from several processes at once."""
    wanted = locked_jars() if jars is None else jars
    folder = jars_folder(cache, wanted)
    if folder.exists():
        return folder
    with exclusive(cache / "kafka.lock"):
        if not folder.exists():
            _fetch_all(wanted, folder)
    return folder


def _fetch_all(jars: dict[str, str], folder: Path) -> None:
    log.info("fetching Apache Kafka %s (%d files, once per user)", KAFKA_VERSION, len(jars))
    draft = folder.with_suffix(".new")
    shutil.rmtree(draft, ignore_errors=True)
    downloads = draft / "downloads"
    downloads.mkdir(parents=True)
    context = _maven(downloads)
    for coordinate, digest in sorted(jars.items()):
        jar = _fetch(context, coordinate, digest)
        os.replace(jar, draft / jar.name)
    shutil.rmtree(downloads)
    os.replace(draft, folder)


def _maven(downloads: Path) -> "MavenContext":
    from jgo.maven import MavenContext  # noqa: PLC0415 - half a second, needed once per user

    mirror = os.environ.get("KULANT_MAVEN_REPOSITORY")
    remotes = {"mirror": mirror.rstrip("/")} if mirror else None
    return MavenContext(repo_cache=downloads, remote_repos=remotes, timeout=60)


def _fetch(context: "MavenContext", coordinate: str, digest: str) -> Path:
    # An interrupted download leaves a short file that would be taken for good: it is deleted and fetched again, once.
    group, name, version = coordinate.split(":")
    problem: Exception | str = ""
    for _ in range(2):
        try:
            jar = context.project(group, name).at_version(version).artifact().resolve()
        except (OSError, RuntimeError, ValueError) as error:
            problem = error
            continue
        found = hashlib.sha256(jar.read_bytes()).hexdigest()
        if found == digest:
            return jar
        jar.unlink()
        problem = f"its sha256 is {found}, not {digest}"
    raise StackFailed(
        f"The jar {coordinate} of Apache Kafka could not be fetched: {problem}. "
        "Maven Central must be reachable once, or KULANT_MAVEN_REPOSITORY must name a mirror."
    )
