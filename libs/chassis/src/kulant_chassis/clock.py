"""The only place that reads the wall clock; everything else is given `now`."""

from datetime import UTC, datetime, timedelta
from typing import Protocol

MICROSECOND = timedelta(microseconds=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Clock(Protocol):
    """Tells machine time: back-off, leases, the age of a clearance."""

    def now(self) -> datetime:
        """The current instant, aware, in UTC."""
        ...


class WallClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The current instant, aware, in UTC."""
        return datetime.now(UTC)


class MovableClock:
    """A clock for tests that stands until it is moved."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        """The instant at which the clock stands."""
        return self._now

    def move(self, by: timedelta) -> None:
        """Let time pass; never backwards."""
        if by < timedelta(0):
            raise ValueError("a clock only moves forward")
        self._now += by


def microseconds(instant: datetime) -> int:
    """Whole microseconds since 1970-01-01T00:00Z: the unit of the versions that Kulant gives."""
    return (instant - EPOCH) // MICROSECOND
