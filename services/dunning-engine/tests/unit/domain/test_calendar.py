"""Days, openings and working days, below, at and above every edge."""

from datetime import UTC, date, datetime, time

import pytest
from engine_builders import at, calendar

from dunning_engine.domain.policy import SendingWindow


@pytest.mark.parametrize(
    ("instant", "is_open"),
    [
        pytest.param(at("2026-03-06", 7, 59), False, id="friday, a minute before eight"),
        pytest.param(at("2026-03-06", 8), True, id="friday at eight"),
        pytest.param(at("2026-03-06", 19, 59), True, id="friday, a minute before twenty"),
        pytest.param(at("2026-03-06", 20), False, id="friday at twenty"),
        pytest.param(at("2026-03-07", 12), True, id="saturday"),
        pytest.param(at("2026-03-08", 12), False, id="sunday"),
        pytest.param(at("2026-05-01", 12), False, id="holiday"),
    ],
)
def test_is_open_monday_to_saturday_from_eight_to_twenty_and_never_on_a_holiday(instant, is_open):
    assert (calendar("2026-05-01").opening_at(instant) is not None) is is_open


@pytest.mark.parametrize(
    ("instant", "opens_at"),
    [
        pytest.param(at("2026-03-06", 7, 59), at("2026-03-06", 8), id="before an opening"),
        pytest.param(at("2026-03-06", 8), at("2026-03-07", 8), id="at its beginning, the next day"),
        pytest.param(at("2026-03-06", 12), at("2026-03-07", 8), id="inside, the next day"),
        pytest.param(at("2026-03-07", 20), at("2026-03-09", 8), id="saturday evening, monday"),
        pytest.param(at("2026-04-02", 20), at("2026-04-04", 8), id="over good friday"),
        pytest.param(at("2026-04-04", 20), at("2026-04-07", 8), id="over easter"),
        pytest.param(at("2025-12-31", 20), at("2026-01-02", 8), id="over new year"),
    ],
)
def test_finds_the_first_opening_that_begins_after_an_instant(instant, opens_at):
    here = calendar("2026-01-01", "2026-04-03", "2026-04-06")

    assert here.opening_after(instant).opens_at == opens_at


@pytest.mark.parametrize(
    ("day", "opens", "closes"),
    [
        pytest.param("2026-03-28", "07:00", "19:00", id="the saturday before summer time"),
        pytest.param("2026-03-30", "06:00", "18:00", id="the monday after"),
        pytest.param("2026-10-24", "06:00", "18:00", id="the saturday before winter time"),
        pytest.param("2026-10-26", "07:00", "19:00", id="the monday after it"),
    ],
)
def test_opens_by_the_customers_own_clock_on_both_sides_of_a_change(day, opens, closes):
    on = date.fromisoformat(day)

    opening = calendar().opening_on(on)

    assert opening.opens_at == datetime.combine(on, time.fromisoformat(opens), UTC)
    assert opening.closes_at == datetime.combine(on, time.fromisoformat(closes), UTC)


def test_a_day_begins_at_the_change_where_the_clocks_skip_midnight():
    # Cairo went from 00:00 to 01:00 on 26 April 2024
    assert calendar(zone="Africa/Cairo").start_of(date(2024, 4, 26)) == datetime(2024, 4, 25, 22, tzinfo=UTC)


def test_the_day_of_an_instant_is_that_of_the_customers_zone():
    instant = datetime(2026, 3, 6, 23, 30, tzinfo=UTC)

    assert calendar().day_of(instant) == date(2026, 3, 7)
    assert calendar(zone="America/New_York").day_of(instant) == date(2026, 3, 6)


@pytest.mark.parametrize(
    ("day", "working_day"),
    [
        pytest.param("2026-03-13", "2026-03-13", id="friday stays"),
        pytest.param("2026-03-14", "2026-03-16", id="saturday becomes monday"),
        pytest.param("2026-03-15", "2026-03-16", id="sunday becomes monday"),
        pytest.param("2026-05-01", "2026-05-04", id="a holiday on friday becomes monday"),
        pytest.param("2026-04-03", "2026-04-07", id="good friday becomes tuesday after easter"),
    ],
)
def test_a_working_day_is_monday_to_friday_without_holidays(day, working_day):
    here = calendar("2026-04-03", "2026-04-06", "2026-05-01")

    assert here.working_day_from(date.fromisoformat(day)) == date.fromisoformat(working_day)


@pytest.mark.parametrize(
    "window",
    [
        {"weekdays": frozenset()},
        {"weekdays": frozenset({7})},
        {"opens_at": time(20), "closes_at": time(8)},
        {"opens_at": time(8), "closes_at": time(8)},
    ],
)
def test_a_window_that_never_opens_is_refused(window):
    with pytest.raises(ValueError, match="a sending window"):
        SendingWindow(**window)
