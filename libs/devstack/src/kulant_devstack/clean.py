"""Stops what runs in this checkout and deletes its state, with its databases that lie outside of it.

Runs as `python -m kulant_devstack.clean`, for `make clean`.
"""

import sys

from kulant_devstack.errors import StackFailed
from kulant_devstack.places import state_folder
from kulant_devstack.servers import remove_state
from kulant_devstack.stopping import stopped


def clean() -> None:
    """Remove the stack of this checkout; raises StackFailed when it is another user's."""
    state = state_folder()
    if state.exists():
        with stopped(state):
            remove_state(state)
    else:
        remove_state(state)


if __name__ == "__main__":
    try:
        clean()
    except StackFailed as error:
        sys.exit(f"kulant: {error}")
