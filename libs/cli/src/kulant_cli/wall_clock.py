"""The wall clock by which a run notes what was sent and acknowledged when."""

from datetime import datetime
from typing import Protocol

from kulant_devstack.clock import wall_clock


class Clock(Protocol):
    """Tells the machine's time."""

    def now(self) -> datetime:
        """The current instant, aware, in UTC."""
        ...


class WallClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The current instant, aware, in UTC."""
        return wall_clock()
