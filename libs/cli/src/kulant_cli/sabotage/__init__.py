"""Sabotage: breaks one promise of a running stack on purpose, for one tenant, to see that the judge finds it.

Each one is a small launcher that runs a service as it is, but for one thing. What the judge reads (topics, mailbox,
answers) is never touched.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from kulant_cli.stack import Stack

_VARIABLE: Final = "KULANT_SABOTAGED_TENANT"


@dataclass(frozen=True, slots=True)
class Sabotage:
    """Which service is replaced, by which module, and what that one does wrong, in words."""

    service: str
    module: str
    deed: str


SABOTAGES: Final[Mapping[str, Sabotage]] = {
    "double-send": Sabotage("notifier", "double_send", "the first mail is handed over twice"),
    "late-payment": Sabotage(
        "invoice-service", "late_payment", "clearances are answered while acknowledged payments wait to be read"
    ),
    "lost-step": Sabotage("dunning-engine", "lost_step", "the first recorded command is deleted before it is sent"),
    "open-gate": Sabotage("notifier", "open_gate", "whatever the owners answer is taken as clear"),
}


@contextmanager
def sabotaged(stack: Stack, name: str, tenant: str) -> Iterator[None]:
    """One service of the stack replaced by its saboteur; afterwards it is itself again."""
    chosen = SABOTAGES[name]
    module = f"{__name__}.{chosen.module}"
    stack.replace_service(chosen.service, module, {_VARIABLE: tenant})
    try:
        yield
    finally:
        stack.replace_service(chosen.service)


def sabotaged_tenant() -> str:
    """In a saboteur's process: the tenant that it harms, no other."""
    return os.environ[_VARIABLE]
