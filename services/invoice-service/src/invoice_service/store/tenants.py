"""Tenants and creditors in the database."""

import json
from collections.abc import Iterable, Mapping

from sqlalchemy import text
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from invoice_service.domain.place import Defaults, Place
from invoice_service.domain.tenant import Creditor, KnownCreditor, KnownTenant, Mode, Tenant

_FIND = text("SELECT * FROM tenant WHERE tenant = :tenant")
_CREDITORS = text("SELECT * FROM creditor WHERE tenant = :tenant")
_PLACES = text(
    "SELECT tenant, NULL AS creditor_id, time_zone, country, region, details -> 'lead_days' AS lead_days FROM tenant"
    " WHERE tenant = ANY(CAST(:tenants AS text[]))"
    " UNION ALL SELECT tenant, creditor_id, time_zone, country, region, NULL FROM creditor"
    " WHERE tenant = ANY(CAST(:tenants AS text[]))"
)
_SAVE_TENANT = text(
    "INSERT INTO tenant (tenant, version, mode, told_at, time_zone, country, region, details, announced_version,"
    " settings_version) VALUES (:tenant, :version, :mode, :told_at, :time_zone, :country, :region,"
    " CAST(CAST(:details AS text) AS jsonb), :announced_version, :settings_version)"
    " ON CONFLICT (tenant) DO UPDATE SET version = excluded.version, mode = excluded.mode, told_at = excluded.told_at,"
    " time_zone = excluded.time_zone, country = excluded.country, region = excluded.region, details = excluded.details,"
    " announced_version = excluded.announced_version, settings_version = excluded.settings_version"
)
_SAVE_CREDITOR = text(
    "INSERT INTO creditor (tenant, creditor_id, version, time_zone, country, region, details, announced_version)"
    " VALUES (:tenant, :creditor_id, :version, :time_zone, :country, :region, CAST(CAST(:details AS text) AS jsonb),"
    " :announced_version)"
    " ON CONFLICT (tenant, creditor_id) DO UPDATE SET version = excluded.version, time_zone = excluded.time_zone,"
    " country = excluded.country, region = excluded.region, details = excluded.details,"
    " announced_version = excluded.announced_version"
)


class TenantStore:
    """Reads and writes tenants and creditors inside the caller's transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def find(self, tenant: str) -> KnownTenant | None:
        """The tenant as told, None before its first fact."""
        row = (await self._connection.execute(_FIND, {"tenant": tenant})).mappings().first()
        if row is None:
            return None
        told = Tenant(row["tenant"], row["version"], Mode(row["mode"]), _place(row), row["told_at"], row["details"])
        return KnownTenant(told, row["announced_version"], row["settings_version"])

    async def creditors(self, tenant: str) -> dict[str, KnownCreditor]:
        """All creditors of the tenant by id."""
        rows = (await self._connection.execute(_CREDITORS, {"tenant": tenant})).mappings()
        return {
            row["creditor_id"]: KnownCreditor(
                Creditor(tenant, row["creditor_id"], row["version"], _place(row), row["details"]),
                row["announced_version"],
            )
            for row in rows
        }

    async def defaults(self, tenants: Iterable[str]) -> Mapping[str, Defaults]:
        """The places of those tenants that are known, with those of their creditors."""
        own: dict[str, Place] = {}
        lead_days: dict[str, int] = {}
        creditors: dict[str, dict[str, Place]] = {}
        for row in (await self._connection.execute(_PLACES, {"tenants": sorted(tenants)})).mappings():
            if row["creditor_id"] is None:
                own[row["tenant"]] = _place(row)
                lead_days[row["tenant"]] = row["lead_days"] or 0
            else:
                creditors.setdefault(row["tenant"], {})[row["creditor_id"]] = _place(row)
        return {tenant: Defaults(place, creditors.get(tenant, {}), lead_days[tenant]) for tenant, place in own.items()}

    async def save_tenant(self, known: KnownTenant) -> None:
        """Writes the tenant."""
        told = known.tenant
        parameters = {
            "tenant": told.tenant,
            "version": told.version,
            "mode": told.mode.value,
            "told_at": told.told_at,
            "details": json.dumps(told.details),
            "announced_version": known.announced_version,
            "settings_version": known.settings_version,
            **_place_columns(told.place),
        }
        await self._connection.execute(_SAVE_TENANT, parameters)

    async def save_creditor(self, known: KnownCreditor) -> None:
        """Writes the creditor."""
        told = known.creditor
        parameters = {
            "tenant": told.tenant,
            "creditor_id": told.creditor_id,
            "version": told.version,
            "details": json.dumps(told.details),
            "announced_version": known.announced_version,
            **_place_columns(told.place),
        }
        await self._connection.execute(_SAVE_CREDITOR, parameters)


def _place(row: RowMapping) -> Place:
    return Place(row["time_zone"], row["country"], row["region"])


def _place_columns(place: Place) -> dict[str, str | None]:
    return {"time_zone": place.time_zone, "country": place.country, "region": place.region}
