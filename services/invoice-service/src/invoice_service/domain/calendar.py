"""Days of a customer turned into instants: when a day begins where the customer lives."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def is_zone(name: str) -> bool:
    """Whether `name` is a time zone that this machine knows."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def start_of_day(day: date, zone: str) -> datetime:
    """The instant from which it is `day` in `zone`, as aware UTC.

    Where clocks skip midnight (or the whole day), it is the first instant after the gap; where midnight comes
    twice, it is the second one, because after the first the day before goes on for a while.
    """
    midnight = datetime.combine(day, time.min, tzinfo=ZoneInfo(zone))
    return max(midnight.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
