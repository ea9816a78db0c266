"""Zipkin, the trace viewer of the embedded stack: fetched once per user, unpacked, and taught to start fast."""

import logging
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from kulant_devstack.errors import StackFailed
from kulant_devstack.java import Java
from kulant_devstack.locks import exclusive
from kulant_devstack.maven import fetch_jar, open_repository
from kulant_devstack.ports import LOOPBACK, free_ports, is_listening
from kulant_devstack.startup_cache import ensure_startup_cache
from kulant_devstack.supervisor import Program, Supervisor

log = logging.getLogger(__name__)

ZIPKIN_VERSION = "3.6.1"
NAME = "traces"
START_SECONDS = 120
_COORDINATE = f"io.zipkin:zipkin-server:{ZIPKIN_VERSION}:exec"
_SHA256 = "d8326e0ed4f43855dba81228f688554706e52578a7c782d9a90b73f8680654a1"
_JAR = f"zipkin-server-{ZIPKIN_VERSION}-exec.jar"
_KEPT_SPANS = 100_000
_FLAGS = ("-Xms32m", "-Xmx192m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED")


def zipkin_folder(cache: Path) -> Path:
    """Where Zipkin is or will be: a folder of its own for every jar."""
    return cache / f"zipkin-{ZIPKIN_VERSION}-{_SHA256[:12]}"


def zipkin_program(cache: Path, java: Java, port: int, *, layer: int) -> Program:
    """The process that takes spans (`/api/v2/spans`) and shows them (`/zipkin`), all in memory; fetched if needed.

    Raises StackFailed where it cannot be had.
    """
    folder = _ensure_zipkin(cache, java)
    startup = ensure_startup_cache(java, folder, "Zipkin", partial(_train, java, folder))
    flags = () if startup is None else (f"-XX:AOTCache={startup}",)
    return Program(NAME, _command(java, folder, port, *flags), env=_environment(), layer=layer, stop_seconds=5)


def _ensure_zipkin(cache: Path, java: Java) -> Path:
    folder = zipkin_folder(cache)
    if not folder.exists():
        with exclusive(cache / "zipkin.lock"):
            if not folder.exists():
                _fetch(java, folder)
    return folder


def _fetch(java: Java, folder: Path) -> None:
    log.info("fetching Zipkin %s (135 MB, once per user)", ZIPKIN_VERSION)
    draft = folder.with_suffix(".new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    try:
        jar = fetch_jar(open_repository(draft / "downloads"), _COORDINATE, _SHA256)
    except StackFailed as problem:
        raise StackFailed(f"{problem} With --no-traces the stack does without its trace viewer.") from problem
    # Its parts side by side load faster than from inside one file.
    unpacking = (java.path, "-Djarmode=tools", "-jar", jar, "extract", "--destination", draft / "unpacked")
    done = subprocess.run(unpacking, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise StackFailed(f"Zipkin could not be unpacked: {done.stdout}{done.stderr}")
    os.replace(draft / "unpacked", folder)
    shutil.rmtree(draft)


def _command(java: Java, folder: Path, port: int, *flags: str) -> tuple[str, ...]:
    listens = {"port": str(port), "ip": LOOPBACK, "protocols[0]": "http"}
    options = (f"--armeria.ports[0].{name}={value}" for name, value in listens.items())
    told = ("--logging.level.root=WARN", "--spring.main.banner-mode=off")
    return (str(java.path), *_FLAGS, *flags, "-jar", str(folder / _JAR), *options, *told)


def _environment() -> Mapping[str, str]:
    return {**os.environ, "MEM_MAX_SPANS": str(_KEPT_SPANS)}


def _train(java: Java, folder: Path, draft: Path) -> None:
    """Start once, and have it write at its end what it loaded."""
    port, work = free_ports(1)[0], Path(tempfile.mkdtemp(prefix="training-", dir=folder))
    supervisor = Supervisor(work)
    program = Program(NAME, _command(java, folder, port, f"-XX:AOTCacheOutput={draft}"), env=_environment())
    try:
        supervisor.start(program)
        deadline = time.monotonic() + START_SECONDS
        while not is_listening(port):
            if not supervisor.is_running(NAME) or time.monotonic() > deadline:
                raise StackFailed(supervisor.last_words(NAME))
            time.sleep(0.05)
        supervisor.stop(NAME, seconds=START_SECONDS)
    finally:
        supervisor.stop(NAME)
        shutil.rmtree(work, ignore_errors=True)
