"""The judge's calendar against dates that are in every almanac."""

from datetime import UTC, date, datetime

import pytest

from kulant_cli.judge.calendar import easter_sunday, is_holiday, is_open, is_working_day


@pytest.mark.parametrize(
    ("year", "day"),
    [(2012, date(2012, 4, 8)), (2024, date(2024, 3, 31)), (2025, date(2025, 4, 20)), (2026, date(2026, 4, 5))],
)
def test_easter_is_when_it_is(year, day):
    assert easter_sunday(year) == day


@pytest.mark.parametrize(
    ("day", "country", "expected"),
    [
        (date(2026, 4, 3), "DE", True),
        (date(2026, 4, 3), "AT", False),
        (date(2026, 5, 14), "CH", True),
        (date(2026, 6, 4), "PT", True),
        (date(2026, 10, 3), "DE", True),
        (date(2026, 1, 6), "DE", False),
        (date(2026, 1, 1), "XX", False),
    ],
)
def test_holidays_of_a_whole_country(day, country, expected):
    assert is_holiday(day, country) is expected


def test_a_saturday_is_open_and_no_working_day():
    assert is_open(datetime(2026, 3, 21, 9, tzinfo=UTC), "Europe/Berlin", "DE")
    assert not is_working_day(date(2026, 3, 21), "DE")


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (datetime(2026, 3, 27, 7, 0, tzinfo=UTC), True),  # 08:00 in winter time
        (datetime(2026, 3, 27, 6, 59, tzinfo=UTC), False),
        (datetime(2026, 3, 30, 6, 0, tzinfo=UTC), True),  # 08:00 in summer time
        (datetime(2026, 3, 30, 18, 1, tzinfo=UTC), False),
    ],
)
def test_the_window_follows_the_customers_own_time(at, expected):
    assert is_open(at, "Europe/Berlin", "DE") is expected
