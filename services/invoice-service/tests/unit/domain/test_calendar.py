from datetime import UTC, date, datetime

import pytest

from invoice_service.domain.calendar import is_zone, start_of_day


@pytest.mark.parametrize(
    ("day", "zone", "expected"),
    [
        pytest.param(date(2026, 1, 15), "Europe/Berlin", datetime(2026, 1, 14, 23, tzinfo=UTC), id="winter"),
        pytest.param(date(2026, 7, 15), "Europe/Berlin", datetime(2026, 7, 14, 22, tzinfo=UTC), id="summer"),
        pytest.param(
            date(2026, 3, 29), "Europe/Berlin", datetime(2026, 3, 28, 23, tzinfo=UTC), id="clock-forward-later"
        ),
        pytest.param(date(2026, 3, 30), "Europe/Berlin", datetime(2026, 3, 29, 22, tzinfo=UTC), id="after-23-hours"),
        pytest.param(date(2026, 10, 26), "Europe/Berlin", datetime(2026, 10, 25, 23, tzinfo=UTC), id="after-25-hours"),
        pytest.param(date(2018, 11, 4), "America/Sao_Paulo", datetime(2018, 11, 4, 3, tzinfo=UTC), id="no-midnight"),
        pytest.param(date(2026, 4, 24), "Africa/Cairo", datetime(2026, 4, 23, 22, tzinfo=UTC), id="no-midnight-cairo"),
        pytest.param(
            date(2006, 10, 29), "America/St_Johns", datetime(2006, 10, 29, 3, 30, tzinfo=UTC), id="two-midnights"
        ),
        pytest.param(date(2011, 12, 30), "Pacific/Apia", datetime(2011, 12, 30, 10, tzinfo=UTC), id="no-such-day"),
        pytest.param(
            date(2026, 1, 1), "Pacific/Kiritimati", datetime(2025, 12, 31, 10, tzinfo=UTC), id="first-in-the-world"
        ),
    ],
)
def test_a_day_starts_when_its_date_has_come_for_good(day: date, zone: str, expected: datetime) -> None:
    assert start_of_day(day, zone) == expected


@pytest.mark.parametrize("name", ["Europe/Atlantis", "", "../etc/passwd", "Berlin\x00"])
def test_a_zone_that_no_machine_knows_is_refused(name: str) -> None:
    assert not is_zone(name)


def test_a_zone_of_the_tz_database_is_known() -> None:
    assert is_zone("America/Argentina/Buenos_Aires")
