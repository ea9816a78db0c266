"""Fixtures: the service on a real PostgreSQL, and its API."""

from collections.abc import AsyncIterator

import pytest
from invoice_desk import Client, Desk, OpenBarrier, app_of, migrate

from invoice_service.api.access import Access
from invoice_service.bus.incoming import describe, to_told
from invoice_service.main import unit_of_work
from invoice_service.store.records import RecordStore
from invoice_service.store.views import ViewStore
from kulant_chassis.database import Database


@pytest.fixture
async def desk(fresh_database) -> AsyncIterator[Desk]:
    database = Database(fresh_database("invoice_service", migrate), source="/kulant/invoice-service")
    yield Desk(database)
    await database.close()


@pytest.fixture
def client(desk) -> Client:
    access = Access(desk.database, unit_of_work, ViewStore, RecordStore, OpenBarrier(), to_told, describe)
    return Client(app_of(access))
