"""A whole system that stories and faults run on, in a folder that goes away; services can be split by role."""

import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from kulant_cli.fleet import ROLES, prefix_of
from kulant_cli.stack import Stack

SPLIT: Final = {
    "invoice-service": [("api", "relay", "timers"), ("consume",)],
    "dunning-engine": [("api", "relay", "timers"), ("consume",)],
    "notifier": [("api", "consume", "relay"), ("send",)],
    "feedback-service": [("api", "consume"), ("relay",)],
}
IMPATIENT: Final = {
    f"{prefix_of(service)}{name}": value
    for service in ROLES
    for name, value in {"SESSION_TIMEOUT_MS": "6000", "LEASE_SECONDS": "2", "TRACE_RATIO": "0"}.items()
}
"""What was broken is noticed in seconds."""


@contextmanager
def passing_system(
    prefix: str,
    *,
    split: bool = False,
    environment: Mapping[str, str] | None = None,
    services: bool = True,
    told_ports: Sequence[int] = (),
    keeps: bool = False,
) -> Iterator[Stack]:
    """A started system in a folder of its own; `keeps` leaves that behind at the end. The rest: see Stack."""
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    stack = Stack(
        folder,
        layout=SPLIT if split else None,
        environment=environment,
        waits_for_disk=False,
        told_ports=told_ports,
    )
    try:
        stack.start(services=services)
        yield stack
    finally:
        stack.stop()
        if not keeps:
            stack.servers.remove()
            shutil.rmtree(folder, ignore_errors=True)
