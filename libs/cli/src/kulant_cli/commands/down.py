"""`kulant down`: stops the stack of this checkout, also one that `kulant run` holds."""

import argparse

from kulant_cli.stack_info import forget_info
from kulant_devstack.places import state_folder
from kulant_devstack.stopping import stopped


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command takes no options."""


def run(_arguments: argparse.Namespace) -> int:
    """Come back when nothing runs any more."""
    state = state_folder()
    names: list[str] = []
    if state.exists():
        with stopped(state) as names:
            forget_info(state)
    print(f"Stopped {', '.join(names)}." if names else "Nothing was running.")
    return 0
