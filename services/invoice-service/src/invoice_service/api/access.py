"""How the routes reach the database: opened here, decided in use cases."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from invoice_service.usecases.ports import Barrier, Records, UnitOfWork
from invoice_service.usecases.record_facts import Told
from invoice_service.usecases.views import Views
from kulant_chassis.database import Database
from kulant_chassis.telemetry import Attributes
from kulant_chassis.transaction import Cause, Transaction
from kulant_contracts.envelope import Event


@dataclass(frozen=True, slots=True)
class Access:
    """What the routes are handed by `main.py`."""

    database: Database
    unit_of_work: Callable[[Transaction], UnitOfWork]
    views: Callable[[AsyncConnection], Views]
    records: Callable[[AsyncConnection], Records]
    barrier: Barrier
    to_told: Callable[[Event, Cause], Told]
    describe: Callable[[Event], Attributes]
