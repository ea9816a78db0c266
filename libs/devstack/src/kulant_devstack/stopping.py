"""Stops the stack of a folder from outside, whoever started it and however that one ended."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kulant_devstack.errors import StackBusy
from kulant_devstack.locks import FolderLock
from kulant_devstack.places import own_folder
from kulant_devstack.supervisor import Supervisor


@contextmanager
def stopped(state: Path) -> Iterator[list[str]]:
    """Stop everything in the folder and hold it, for the length of the block; gives the names of what ran."""
    own_folder(state)
    supervisor = Supervisor(state)
    names = [started.name for started in supervisor.running()]
    lock = FolderLock(state / "lock")
    try:
        lock.acquire("stopping a stack")
    except StackBusy:
        # A command in another terminal holds it: asked to end, it stops its stack itself.
        if (holder := lock.holder()) is not None:
            os.kill(holder, signal.SIGTERM)
        lock.acquire("stopping a stack", whoever_holds_it=True)
    try:
        supervisor.stop_all()
        yield names
    finally:
        lock.release()
