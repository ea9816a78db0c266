"""Public holidays of countries and regions, from the library `holidays`."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache

import holidays

from dunning_engine.domain.facts import Place


class PublicHolidays:
    """Public holidays by country and region; a region that is not known has those of its country."""

    def days(self, place: Place, years: Iterable[int]) -> frozenset[date]:
        """The holidays of these years; none for a country that is not known."""
        return _days(place, tuple(sorted(years)))


@lru_cache(maxsize=2_000)
def _days(place: Place, years: tuple[int, ...]) -> frozenset[date]:
    country, region = place
    regions = holidays.list_supported_countries(include_aliases=False).get(country)
    if regions is None:
        return frozenset()
    code = _without_country(country, region)
    return frozenset(holidays.country_holidays(country, subdiv=code if code in regions else None, years=years))


def _without_country(country: str, region: str | None) -> str | None:
    """ISO 3166-2 writes DE-BY, the library BY."""
    return region.removeprefix(f"{country}-") if region else None
