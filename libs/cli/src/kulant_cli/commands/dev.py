"""`kulant dev`: the whole stack, with one service that starts anew whenever its code changes."""

import argparse
import logging
import time
from collections.abc import Iterable
from pathlib import Path
from typing import NoReturn

from kulant_cli.commands.traces_argument import add_traces_argument
from kulant_cli.fleet import ROLES, package_of
from kulant_cli.stack import Stack
from kulant_devstack.errors import StackFailed
from kulant_devstack.typed import typed

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.5
LIBRARIES = ("libs/contracts/src", "libs/chassis/src")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command understands."""
    parser.add_argument("service", choices=sorted(ROLES), help="the service that you work on")
    add_traces_argument(parser)


def run(arguments: argparse.Namespace) -> NoReturn:
    """Until Ctrl-C."""
    folders = watched(Path.cwd(), arguments.service)
    stack = Stack(traces=not arguments.no_traces)
    log.info("Kafka, PostgreSQL and the four services are starting …")
    info = stack.start()
    log.info(info.line)
    log.info("%s: %s, mailbox: %s", arguments.service, info.services[arguments.service], info.mailbox_url)
    log.info("It starts anew when its code changes, until Ctrl-C; %s says where the others are.", typed("status"))
    try:
        _watch(stack, arguments.service, folders)
    finally:
        stack.stop()


def watched(checkout: Path, service: str) -> list[Path]:
    """The folders whose code the service runs. Raises StackFailed outside of a checkout."""
    folders = [checkout / "services" / service / "src" / package_of(service), *(checkout / lib for lib in LIBRARIES)]
    missing = [folder for folder in folders if not folder.is_dir()]
    if missing:
        raise StackFailed(f"Run this in a checkout of Kulant: there is no {missing[0]}.")
    return folders


def newest_change(folders: Iterable[Path]) -> int:
    """When any file below was changed last, in nanoseconds; a file that just went away counts as unchanged."""
    newest = 0
    for folder in folders:
        for path in folder.rglob("*"):
            if path.suffix in (".py", ".j2", ".yaml", ".css"):
                try:
                    newest = max(newest, path.stat().st_mtime_ns)
                except FileNotFoundError:
                    continue
    return newest


def _watch(stack: Stack, service: str, folders: list[Path]) -> NoReturn:
    seen = newest_change(folders)
    while True:
        time.sleep(LOOK_SECONDS)
        now = newest_change(folders)
        if now == seen:
            continue
        seen = now
        began = time.monotonic()
        stack.stop_process(service)
        try:
            stack.start_process(service)
        except StackFailed as problem:
            log.warning("%s", problem)
            stack.stop_process(service)
            continue
        log.info("%s runs anew, after %.1f s", service, time.monotonic() - began)
