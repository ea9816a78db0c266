"""What makes a service, as one value: the table of contents that its `main.py` fills in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from fastapi import APIRouter

from kulant_chassis.clock import Clock
from kulant_chassis.database import Database
from kulant_chassis.quiescence import LogEnds
from kulant_chassis.received import Reads
from kulant_chassis.settings import ServiceSettings
from kulant_chassis.timers import LookHandler


class Component(Protocol):
    """Something that runs in a process from start to stop."""

    @property
    def name(self) -> str:
        """The role it plays."""
        ...

    async def start(self) -> None:
        """Begin; must not wait for the outside world."""
        ...

    async def stop(self) -> None:
        """Finish what is in hand and end, within seconds."""
        ...

    def is_alive(self) -> bool:
        """False when only a restart helps."""
        ...


@dataclass(frozen=True, slots=True)
class Runtime:
    """What routes and components of a running process need."""

    database: Database
    clock: Clock
    kafka_bootstrap: str
    topic_prefix: str
    log_ends: LogEnds
    """Ends of all topics that this service reads."""


@dataclass(frozen=True, slots=True)
class Service:
    """A service: what it reads, what it looks after, what it answers."""

    name: str
    source: str
    package: str
    settings: ServiceSettings
    reads: Reads
    writes: Sequence[str]
    """The topics that this service alone writes; dead letters are none of them."""
    routers: Callable[[Runtime], Sequence[APIRouter]]
    look: LookHandler | None = None
    woken: str | None = None
    """The service's own reason to look at keys, as `kulant_chassis.timers.Sources` takes it."""
    senders: Callable[[Runtime], Sequence[Component]] | None = None
    doors: Callable[[Runtime], Sequence[Component]] | None = None
    """What listens beside the API, in the same processes, such as a `MailServer`."""
    watches: Callable[[Runtime], Sequence[Component]] | None = None
    """What looks after work that no customer's alarm is for, in the processes of the timers."""
    in_flight: str | None = None
    """The service's own query for work in hand, as `kulant_chassis.quiescence.Quiescence` takes it."""
