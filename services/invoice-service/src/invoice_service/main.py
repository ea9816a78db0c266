"""Wires the service: settings, topics, routes. Nothing is decided here."""

from collections.abc import Sequence

from fastapi import APIRouter

from invoice_service.api.access import Access
from invoice_service.api.clearances import clearances_router
from invoice_service.api.events import events_router
from invoice_service.api.look_ups import look_ups_router
from invoice_service.api.test_clock import test_clock_router
from invoice_service.bus.broker_barrier import BrokerBarrier
from invoice_service.bus.incoming import describe, to_told
from invoice_service.bus.looks import looks
from invoice_service.bus.outgoing import to_event
from invoice_service.bus.subscriptions import SUBSCRIPTIONS, reads
from invoice_service.config import Settings
from invoice_service.store.records import RecordStore
from invoice_service.store.unit_of_work import SqlUnitOfWork
from invoice_service.store.views import ViewStore
from kulant_chassis.process import main
from kulant_chassis.service import Runtime, Service
from kulant_chassis.transaction import Transaction


def unit_of_work(transaction: Transaction) -> SqlUnitOfWork:
    """The use cases' view of a transaction, its facts put into the words of the contracts."""
    return SqlUnitOfWork(transaction, to_event)


def access(runtime: Runtime) -> Access:
    """What the routes need."""
    acknowledged = [runtime.topic_prefix + topic for topic in SUBSCRIPTIONS]
    barrier = BrokerBarrier(runtime.database, runtime.log_ends, acknowledged)
    return Access(runtime.database, unit_of_work, ViewStore, RecordStore, barrier, to_told, describe)


def routers(runtime: Runtime) -> Sequence[APIRouter]:
    """All routes of this service."""
    given = access(runtime)
    return [events_router(given), look_ups_router(given), clearances_router(given), test_clock_router(given)]


def service(settings: Settings) -> Service:
    """The service as one value."""
    return Service(
        name="invoice-service",
        source="/kulant/invoice-service",
        package="invoice_service",
        settings=settings,
        reads=reads(unit_of_work),
        routers=routers,
        look=looks(unit_of_work),
    )


def run(arguments: Sequence[str]) -> int:
    """Play the roles named, or migrate; says in words what the environment lacks."""
    return main(service(Settings.load()), arguments)
