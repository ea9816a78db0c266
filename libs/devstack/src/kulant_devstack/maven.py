"""Jars from Maven Central: fetched by coordinate, each checked against the committed checksum."""

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from kulant_devstack.errors import StackFailed

if TYPE_CHECKING:
    from jgo.maven import MavenContext


def open_repository(downloads: Path) -> "MavenContext":
    """Maven Central, or the mirror that KULANT_MAVEN_REPOSITORY names; jars land below `downloads`."""
    from jgo.maven import MavenContext  # noqa: PLC0415 - half a second, needed once per user

    mirror = os.environ.get("KULANT_MAVEN_REPOSITORY")
    remotes = {"mirror": mirror.rstrip("/")} if mirror else None
    return MavenContext(repo_cache=downloads, remote_repos=remotes, timeout=60)


def fetch_jar(repository: "MavenContext", coordinate: str, digest: str) -> Path:
    """The jar `group:name:version` or `group:name:version:classifier`.

    An interrupted download leaves a short file that would be taken for good: it is deleted and fetched again, once.
    Raises StackFailed where the jar cannot be had, or is not the one that was committed.
    """
    group, name, version, *classifier = coordinate.split(":")
    problem: Exception | str = ""
    for _ in range(2):
        try:
            jar = repository.project(group, name).at_version(version).artifact(*classifier).resolve()
        except (OSError, RuntimeError, ValueError) as error:
            problem = error
            continue
        found = hashlib.sha256(jar.read_bytes()).hexdigest()
        if found == digest:
            return jar
        jar.unlink()
        problem = f"its sha256 is {found}, not {digest}"
    raise StackFailed(
        f"The jar {coordinate} could not be fetched: {problem}. "
        "Maven Central must be reachable once, or KULANT_MAVEN_REPOSITORY must name a mirror; behind an authority of"
        " your company's own REQUESTS_CA_BUNDLE names the file of its certificate."
    )
