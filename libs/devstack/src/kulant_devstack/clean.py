"""Stops what runs in this checkout and deletes its state, with the databases that root keeps outside of it.

Runs as `python -m kulant_devstack.clean`, for `make clean`.
"""

import sys

from kulant_devstack.errors import StackFailed
from kulant_devstack.locks import FolderLock
from kulant_devstack.places import own_folder, state_folder
from kulant_devstack.servers import remove_state
from kulant_devstack.supervisor import Supervisor


def clean() -> None:
    """Remove the stack of this checkout; raises StackFailed when it is another user's or in use."""
    state = state_folder()
    if not state.exists():
        remove_state(state)
        return
    own_folder(state)
    lock = FolderLock(state / "lock")
    lock.acquire("stopping a stack to remove it")
    try:
        Supervisor(state).stop_all()
        remove_state(state)
    finally:
        lock.release()


if __name__ == "__main__":
    try:
        clean()
    except StackFailed as error:
        sys.exit(f"kulant: {error}")
