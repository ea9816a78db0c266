"""Which days are holidays where."""

from datetime import date

import pytest

from dunning_engine.gateways.public_holidays import PublicHolidays


@pytest.mark.parametrize(
    ("place", "day", "is_holiday"),
    [
        pytest.param(("DE", None), "2026-05-01", True, id="all over Germany"),
        pytest.param(("DE", None), "2026-01-06", False, id="Epiphany is no holiday of all Germany"),
        pytest.param(("DE", "BY"), "2026-01-06", True, id="but one of Bavaria"),
        pytest.param(("DE", "DE-BY"), "2026-01-06", True, id="as ISO 3166-2 writes it"),
        pytest.param(("DE", "BE"), "2026-01-06", False, id="not of Berlin"),
        pytest.param(("DE", "XX"), "2026-05-01", True, id="a region that is not known has those of its country"),
        pytest.param(("FR", None), "2026-07-14", True, id="of France"),
        pytest.param(("XX", None), "2026-05-01", False, id="none for a country that is not known"),
    ],
)
def test_knows_the_holidays_of_a_place(place, day, is_holiday):
    days = PublicHolidays().days(place, (2025, 2026, 2027))

    assert (date.fromisoformat(day) in days) is is_holiday


def test_knows_all_years_that_are_asked_for():
    days = PublicHolidays().days(("DE", None), (2027, 2026))

    assert {date(2026, 1, 1), date(2027, 1, 1)} <= days
