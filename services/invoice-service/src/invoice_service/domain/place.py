"""Where somebody lives, as far as days and holidays depend on it, and what holds for those who did not say."""

from collections.abc import Mapping
from dataclasses import dataclass, field

MAIN_CREDITOR = "main"


@dataclass(frozen=True, slots=True)
class Place:
    """A time zone (IANA), a country (ISO 3166-1) and perhaps a part of it."""

    time_zone: str
    country: str
    region: str | None = None


@dataclass(frozen=True, slots=True)
class Defaults:
    """The places of a tenant and of its creditors, and how many days ahead a due date is near (0: never)."""

    tenant: Place
    creditors: Mapping[str, Place] = field(default_factory=dict)
    lead_days: int = 0

    @property
    def home(self) -> Place:
        """The main creditor's place, else that of the first creditor by id, else the tenant's."""
        for creditor_id in (MAIN_CREDITOR, *sorted(self.creditors)):
            if creditor_id in self.creditors:
                return self.creditors[creditor_id]
        return self.tenant

    def zone_of(self, creditor_id: str, customer_zone: str | None) -> str:
        """Where an item's days begin: the customer's own zone, else its creditor's, else the tenant's."""
        return customer_zone or self.creditors.get(creditor_id, self.tenant).time_zone

    def place_of(self, time_zone: str | None, country: str | None, region: str | None) -> Place:
        """What a customer told, filled up from home; a region only within the same country."""
        home = self.home
        in_country = country or home.country
        if region is None and in_country == home.country:
            region = home.region
        return Place(time_zone or home.time_zone, in_country, region)
