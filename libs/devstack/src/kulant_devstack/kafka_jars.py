"""Kafka's jars: fetched once per user by Maven coordinate, each checked against the committed checksum."""

import hashlib
import json
import logging
import os
import shutil
from importlib.resources import files
from pathlib import Path

from kulant_devstack.locks import exclusive
from kulant_devstack.maven import fetch_jar, open_repository

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
    repository = open_repository(downloads)
    for coordinate, digest in sorted(jars.items()):
        jar = fetch_jar(repository, coordinate, digest)
        os.replace(jar, draft / jar.name)
    shutil.rmtree(downloads)
    os.replace(draft, folder)
