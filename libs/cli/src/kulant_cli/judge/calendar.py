"""When a message may be sent and what a working day is, worked out anew: the judge trusts no service's calendar.

Only days that are holidays beyond doubt, in the whole country, are named; what a region keeps besides is left out,
and the checks that demand a message give it time enough for such days.
"""

from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

OPENS_AT = time(8)
CLOSES_AT = time(20)
SATURDAY = 5
SUNDAY = 6

# month and day, or days after Easter Sunday
_FIXED = {
    "DE": ((1, 1), (5, 1), (10, 3), (12, 25), (12, 26)),
    "AT": ((1, 1), (1, 6), (5, 1), (8, 15), (10, 26), (11, 1), (12, 8), (12, 25), (12, 26)),
    "CH": ((1, 1), (8, 1), (12, 25)),
    "PT": ((1, 1), (4, 25), (5, 1), (6, 10), (8, 15), (10, 5), (11, 1), (12, 1), (12, 8), (12, 25)),
    "NL": ((1, 1), (12, 25), (12, 26)),
    "GB": ((12, 25),),
}
_FROM_EASTER = {
    "DE": (-2, 1, 39, 50),
    "AT": (1, 39, 50, 60),
    "CH": (39,),
    "PT": (-2, 0, 60),
    "NL": (1, 39, 50),
    "GB": (-2,),
}


def easter_sunday(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (the anonymous computus as Meeus prints it)."""
    golden = year % 19
    century, rest = divmod(year, 100)
    leap, century_rest = divmod(century, 4)
    moon = (19 * golden + century - leap - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    leap_rest, year_rest = divmod(rest, 4)
    weekday = (32 + 2 * century_rest + 2 * leap_rest - moon - year_rest) % 7
    month, day = divmod(moon + weekday - 7 * ((golden + 11 * moon + 22 * weekday) // 451) + 114, 31)
    return date(year, month, day + 1)


@cache
def holidays(country: str, year: int) -> frozenset[date]:
    """The days that are a holiday in the whole country; none for a country that the judge does not know."""
    easter = easter_sunday(year)
    fixed = {date(year, month, day) for month, day in _FIXED.get(country, ())}
    return frozenset(fixed | {easter + timedelta(days=days) for days in _FROM_EASTER.get(country, ())})


def is_holiday(day: date, country: str) -> bool:
    """Whether the whole country has a holiday."""
    return day in holidays(country, day.year)


def is_working_day(day: date, country: str) -> bool:
    """Monday to Friday, and no holiday."""
    return day.weekday() < SATURDAY and not is_holiday(day, country)


def is_open(at: datetime, zone: str, country: str) -> bool:
    """Whether a message may be sent at this instant to someone in this zone: Monday to Saturday, 08:00 to 20:00."""
    local = at.astimezone(ZoneInfo(zone))
    if local.weekday() == SUNDAY or is_holiday(local.date(), country):
        return False
    return OPENS_AT <= local.time() <= CLOSES_AT


def day_in(at: datetime, zone: str) -> date:
    """The day on which this instant falls in the zone."""
    return at.astimezone(ZoneInfo(zone)).date()


def after_working_days(day: date, count: int, country: str) -> date:
    """The day that lies so many working days after a day."""
    while count > 0:
        day += timedelta(days=1)
        count -= is_working_day(day, country)
    return day
