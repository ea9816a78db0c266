"""Days, working days and sending windows where the customer lives; holidays come in as data."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from dunning_engine.domain.policy import SendingWindow

ONE_DAY = timedelta(days=1)
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Opening:
    """One stretch of time in which messages may leave: from `opens_at` on, no more at `closes_at`."""

    opens_at: datetime
    closes_at: datetime


@dataclass(frozen=True, slots=True)
class Calendar:
    """The customer's time zone and holidays together with the policy's window."""

    zone: ZoneInfo
    window: SendingWindow
    holidays: frozenset[date]

    def day_of(self, instant: datetime) -> date:
        """The customer's calendar day at an instant."""
        return instant.astimezone(self.zone).date()

    def start_of(self, day: date) -> datetime:
        """The first instant of a day, in UTC; where the clocks skip midnight, the instant of the change."""
        return _instant(day, time.min, self.zone)

    def opening_on(self, day: date) -> Opening | None:
        """The opening of a day; None on a holiday and on weekdays without one."""
        if day.weekday() not in self.window.weekdays or day in self.holidays:
            return None
        return Opening(_instant(day, self.window.opens_at, self.zone), _instant(day, self.window.closes_at, self.zone))

    def opening_at(self, instant: datetime) -> Opening | None:
        """The opening that an instant lies in, if any."""
        opening = self.opening_on(self.day_of(instant))
        return opening if opening and opening.opens_at <= instant < opening.closes_at else None

    def opening_from(self, instant: datetime) -> Opening:
        """The opening that an instant lies in, else the first one after it."""
        day = self.day_of(instant)
        while (opening := self.opening_on(day)) is None or opening.closes_at <= instant:
            day += ONE_DAY
        return opening

    def opening_after(self, instant: datetime) -> Opening:
        """The first opening that begins after an instant."""
        opening = self.opening_from(instant)
        return opening if opening.opens_at > instant else self.opening_from(opening.closes_at)

    def is_working_day(self, day: date) -> bool:
        """Monday to Friday, no holiday."""
        return day.weekday() < SATURDAY and day not in self.holidays

    def working_day_from(self, day: date) -> date:
        """The day itself, or the first working day after it."""
        while not self.is_working_day(day):
            day += ONE_DAY
        return day

    def working_days_after(self, day: date, count: int) -> date:
        """The so many-th working day after a day; that of 0 is the day itself."""
        for _ in range(count):
            day = self.working_day_from(day + ONE_DAY)
        return day

    def working_days_before(self, day: date, count: int) -> date:
        """The so many-th working day before a day; that of 0 is the day itself."""
        for _ in range(count):
            day -= ONE_DAY
            while not self.is_working_day(day):
                day -= ONE_DAY
        return day


@lru_cache(maxsize=10_000)
def _instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The same few for all customers of a zone: they are reckoned once."""
    return datetime.combine(day, at, zone).astimezone(UTC)
