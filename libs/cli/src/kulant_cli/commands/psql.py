"""`kulant psql`: a prompt on the database of one service of this checkout's stack."""

import argparse
import os
from typing import NoReturn

from kulant_cli.fleet import ROLES
from kulant_cli.stack_info import load_info
from kulant_devstack.errors import StackFailed
from kulant_devstack.places import state_folder
from kulant_devstack.postgres_binaries import find_binaries
from kulant_devstack.typed import typed


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command understands."""
    parser.add_argument("service", choices=sorted(ROLES), help="whose database")
    parser.add_argument(
        "words", nargs=argparse.REMAINDER, metavar="...", help="options of psql, such as -c 'TABLE outbox'"
    )


def run(arguments: argparse.Namespace) -> NoReturn:
    """Become psql."""
    info = load_info(state_folder())
    if info is None:
        raise StackFailed(f"No stack runs here. {typed('up')} starts one.")
    psql = find_binaries() / "psql"
    words = arguments.words[1:] if arguments.words[:1] == ["--"] else arguments.words
    os.execv(psql, [str(psql), info.database_urls[arguments.service], *words])  # noqa: S606 -- words, no shell
