"""What the ERP took back, in the database, many at a time."""

import json
from collections.abc import Iterable, Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from invoice_service.domain.cancellation import Cancellation, Kind

_LOAD = text(
    "SELECT cancellation.* FROM cancellation JOIN unnest(CAST(:tenants AS text[]), CAST(:kinds AS text[]),"
    " CAST(:entity_ids AS text[])) AS asked(tenant, kind, entity_id) USING (tenant, kind, entity_id)"
)
# Two customers may name the same payment; in whatever order they commit, the higher version stays.
_SAVE = text(
    "INSERT INTO cancellation (tenant, kind, entity_id, customer_id, version, taken_back_on, details)"
    " SELECT tenant, kind, entity_id, customer_id, version, taken_back_on, CAST(details AS jsonb)"
    " FROM unnest(CAST(:tenants AS text[]), CAST(:kinds AS text[]), CAST(:entity_ids AS text[]),"
    " CAST(:customers AS text[]), CAST(:versions AS bigint[]), CAST(:days AS date[]), CAST(:details AS text[]))"
    " AS saved(tenant, kind, entity_id, customer_id, version, taken_back_on, details)"
    " ON CONFLICT (tenant, kind, entity_id) DO UPDATE SET customer_id = excluded.customer_id,"
    " version = excluded.version, taken_back_on = excluded.taken_back_on, details = excluded.details"
    " WHERE cancellation.version < excluded.version"
)

Names = Iterable[tuple[str, Kind, str]]
"""Tenant, kind and id."""


async def load_cancellations(connection: AsyncConnection, names: Names) -> list[Cancellation]:
    """What was taken back of these."""
    asked = list(names)
    parameters = {
        "tenants": [tenant for tenant, _, _ in asked],
        "kinds": [kind.value for _, kind, _ in asked],
        "entity_ids": [entity_id for _, _, entity_id in asked],
    }
    return [
        Cancellation(
            row["tenant"],
            row["customer_id"],
            Kind(row["kind"]),
            row["entity_id"],
            row["version"],
            row["taken_back_on"],
            row["details"],
        )
        for row in (await connection.execute(_LOAD, parameters)).mappings()
    ]


async def save_cancellations(connection: AsyncConnection, cancellations: Sequence[Cancellation]) -> None:
    """Writes them in one statement."""
    parameters = {
        "tenants": [one.tenant for one in cancellations],
        "kinds": [one.kind.value for one in cancellations],
        "entity_ids": [one.entity_id for one in cancellations],
        "customers": [one.customer_id for one in cancellations],
        "versions": [one.version for one in cancellations],
        "days": [one.on for one in cancellations],
        "details": [json.dumps(one.details) for one in cancellations],
    }
    await connection.execute(_SAVE, parameters)
