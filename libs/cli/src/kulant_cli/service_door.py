"""Where a command finds one service's API and a token: as it was told, else the stack of this checkout."""

import argparse
from pathlib import Path

from kulant_cli.stack_info import load_info
from kulant_devstack.errors import StackFailed
from kulant_devstack.places import state_folder
from kulant_devstack.typed import typed


def add_door_arguments(parser: argparse.ArgumentParser) -> None:
    """The two arguments of every command that speaks to one service."""
    parser.add_argument("--url", help="the service's API; default: that of the stack of this checkout")
    parser.add_argument("--token-file", type=Path, help="an operator's token; default: that of the stack")


def door_of(service: str, arguments: argparse.Namespace) -> tuple[str, str]:
    """URL (no slash at its end) and token. Raises StackFailed where neither a stack nor an argument tells."""
    info = load_info(state_folder())
    if info is None and not (arguments.url and arguments.token_file):
        raise StackFailed(f"No stack runs here: {typed('up')} starts one; or say --url and --token-file.")
    url = arguments.url or (info.services[service] if info else "")
    try:
        token = arguments.token_file.read_text() if arguments.token_file else info.token() if info else ""
    except OSError as error:
        raise StackFailed(f"The token cannot be read: {error.strerror}.") from error
    return url.rstrip("/"), token.strip()
