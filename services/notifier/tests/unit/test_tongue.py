"""Days and times as readers of a language know them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from notifier.gateways.tongue import TONGUES, moment

AT = datetime(2026, 3, 31, 22, 30, 12, tzinfo=UTC)


@pytest.mark.parametrize("zones", [("Europe/Berlin", "Europe/London", "America/New_York"), ("UTC", "Europe/Berlin")])
@pytest.mark.parametrize("turn", [1, -1])
def test_the_same_instant_is_told_by_each_readers_own_clock(zones: tuple[str, ...], turn: int) -> None:
    """One after the other in both orders: what was written for one reader is not kept for the next."""
    right = {
        "Europe/Berlin": "1 April 2026, 00:30 CEST",
        "Europe/London": "31 March 2026, 23:30 BST",
        "America/New_York": "31 March 2026, 18:30 EDT",
        "UTC": "31 March 2026, 22:30 UTC",
    }
    for zone in zones[::turn]:
        assert moment(TONGUES["en"], AT.astimezone(ZoneInfo(zone))) == right[zone]


def test_german_has_names_of_its_own_for_central_european_time() -> None:
    assert moment(TONGUES["de"], AT.astimezone(ZoneInfo("Europe/Berlin"))) == "1. April 2026, 00:30 Uhr MESZ"
