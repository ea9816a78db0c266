"""`kulant logs`: what the processes of this checkout's stack say."""

import argparse
import os
from typing import NoReturn

from kulant_cli.fleet import ROLES
from kulant_cli.stack_info import load_info
from kulant_devstack.errors import StackFailed
from kulant_devstack.places import state_folder
from kulant_devstack.supervisor import Supervisor
from kulant_devstack.typed import typed


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command understands."""
    parser.add_argument("names", nargs="*", metavar="NAME", help="service or server, such as notifier or kafka (all)")
    parser.add_argument("--lines", type=int, default=40, metavar="N", help="so many of the last lines (40)")
    parser.add_argument("--follow", action="store_true", help="stay and show what comes")


def run(arguments: argparse.Namespace) -> NoReturn:
    """Show the end of the logs, by `tail`."""
    state = state_folder()
    if load_info(state) is None:
        raise StackFailed(f"No stack runs here. {typed('up')} starts one.")
    supervisor = Supervisor(state)
    # The services last, next to the prompt: what the servers say is seldom what one looks for.
    names = arguments.names or sorted(supervisor.known(), key=lambda name: name in ROLES)
    unknown = sorted(set(names) - set(supervisor.known()))
    if unknown:
        raise StackFailed(f"There is no {unknown[0]}; there are {', '.join(supervisor.known())}.")
    files = [str(supervisor.log_file(name)) for name in names]
    words = ["tail", "-n", str(arguments.lines), *(["-F"] if arguments.follow else []), *files]
    os.execvp("tail", words)  # noqa: S606 -- words, no shell
