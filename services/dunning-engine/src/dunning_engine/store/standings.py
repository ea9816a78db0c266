"""How reminders stand by what is committed: the engine's part of the gate. Takes no lock."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import text

from dunning_engine.domain.clearance import Standing
from kulant_chassis.database import Database
from kulant_chassis.keyrow import KeyRow
from kulant_contracts import topics

_STANDINGS = text(
    "SELECT reminder.reminder_id, reminder.kind, reminder.withdrawn_because IS NOT NULL AS is_withdrawn,"
    " EXISTS (SELECT FROM delivery WHERE delivery.key = reminder.key"
    " AND delivery.reminder_id = reminder.reminder_id) AS has_ended,"
    " own.had::text AS had, own.given::text AS given, own.parked::text AS parked,"
    " shared.had::text AS tenant_had, shared.parked::text AS tenant_parked"
    " FROM unnest(CAST(:reminder_ids AS uuid[]), CAST(:keys AS text[])) AS asked(reminder_id, key)"
    " JOIN reminder ON reminder.reminder_id = asked.reminder_id AND reminder.key = asked.key"
    " JOIN key_row AS own ON own.key = asked.key"
    " LEFT JOIN key_row AS shared ON shared.key = :tenant"
)


class Standings:
    """The standings of all tenants' reminders, each question bound to one of them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def standings(self, tenant: str, asked: Mapping[UUID, str]) -> Mapping[UUID, Standing]:
        """How reminders stand by what is committed; asked by id, with the customer that each is about."""
        parameters = {
            "reminder_ids": list(asked),
            "keys": [topics.partition_key(tenant, customer_id) for customer_id in asked.values()],
            "tenant": tenant,
        }
        async with self._database.read() as connection:
            rows = (await connection.execute(_STANDINGS, parameters)).all()
        return {row.reminder_id: _standing(tenant, row) for row in rows}


def _standing(tenant: str, row: Any) -> Standing:
    own = _key_row(tenant, row.had, row.parked, row.given)
    shared = _key_row(tenant, row.tenant_had or "{}", row.tenant_parked or "{}", "{}")
    return Standing(
        is_known=True,
        is_withdrawn=row.is_withdrawn,
        has_ended=row.has_ended,
        is_complete=own.is_complete and shared.is_complete,
        kind=row.kind,
        sequence=own.given(topics.REMINDER),
    )


def _key_row(tenant: str, had: str, parked: str, given: str) -> KeyRow:
    streams = KeyRow.streams_from_json(json.loads(had))
    return KeyRow(tenant, tenant, streams=streams, given_by_topic=json.loads(given), parked=json.loads(parked))
