"""Customers in the database, many at a time."""

import json
from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from invoice_service.domain.account import KnownCustomer
from invoice_service.domain.customer import Customer
from invoice_service.domain.place import Place
from invoice_service.usecases.ports import AccountKey

_LOAD = text(
    "SELECT customer.* FROM customer JOIN unnest(CAST(:tenants AS text[]), CAST(:customers AS text[]))"
    " AS wanted(tenant, customer_id) USING (tenant, customer_id)"
)
_SAVE = text(
    "INSERT INTO customer (tenant, customer_id, version, time_zone, country, region, details, is_announced,"
    " announced_place, announced_version, sequence)"
    " SELECT tenant, customer_id, version, time_zone, country, region, CAST(details AS jsonb), is_announced,"
    " CAST(announced_place AS jsonb), announced_version, sequence"
    " FROM unnest(CAST(:tenants AS text[]), CAST(:customers AS text[]), CAST(:versions AS bigint[]),"
    " CAST(:zones AS text[]), CAST(:countries AS text[]), CAST(:regions AS text[]), CAST(:details AS text[]),"
    " CAST(:announced AS boolean[]), CAST(:places AS text[]), CAST(:announced_versions AS bigint[]),"
    " CAST(:sequences AS bigint[])) AS saved(tenant, customer_id, version, time_zone, country, region, details,"
    " is_announced, announced_place, announced_version, sequence)"
    " ON CONFLICT (tenant, customer_id) DO UPDATE SET version = excluded.version, time_zone = excluded.time_zone,"
    " country = excluded.country, region = excluded.region, details = excluded.details,"
    " is_announced = excluded.is_announced, announced_place = excluded.announced_place,"
    " announced_version = excluded.announced_version, sequence = excluded.sequence"
)


async def load_customers(connection: AsyncConnection, keys: Sequence[AccountKey]) -> dict[AccountKey, KnownCustomer]:
    """Those of the customers whose own data have arrived."""
    parameters = {"tenants": [tenant for tenant, _ in keys], "customers": [customer_id for _, customer_id in keys]}
    rows = (await connection.execute(_LOAD, parameters)).mappings()
    return {(row["tenant"], row["customer_id"]): _known(row) for row in rows}


async def save_customers(connection: AsyncConnection, customers: Sequence[KnownCustomer]) -> None:
    """Writes them in one statement."""
    told = [known.customer for known in customers]
    parameters = {
        "tenants": [customer.tenant for customer in told],
        "customers": [customer.customer_id for customer in told],
        "versions": [customer.version for customer in told],
        "zones": [customer.time_zone for customer in told],
        "countries": [customer.country for customer in told],
        "regions": [customer.region for customer in told],
        "details": [json.dumps(customer.details) for customer in told],
        "announced": [known.is_announced for known in customers],
        "places": [_place_json(known.announced_place) for known in customers],
        "announced_versions": [known.announced_version for known in customers],
        "sequences": [known.sequence for known in customers],
    }
    await connection.execute(_SAVE, parameters)


def _known(row: RowMapping) -> KnownCustomer:
    customer = Customer(
        row["tenant"],
        row["customer_id"],
        row["version"],
        row["time_zone"],
        row["country"],
        row["region"],
        row["details"],
    )
    place = Place(*row["announced_place"]) if row["announced_place"] else None
    return KnownCustomer(customer, row["is_announced"], place, row["announced_version"], row["sequence"])


def _place_json(place: Place | None) -> str | None:
    return json.dumps([place.time_zone, place.country, place.region]) if place else None
