"""Wires the service: settings, topics, routes. Nothing is decided here."""

from collections.abc import Sequence

from fastapi import APIRouter

from invoice_service.api.access import Access
from invoice_service.api.clearances import clearances_router
from invoice_service.api.events import events_router
from invoice_service.api.look_ups import look_ups_router
from invoice_service.api.restatements import restatements_router
from invoice_service.api.test_clock import test_clock_router
from invoice_service.api.traces import traces_router
from invoice_service.bus.broker_barrier import BrokerBarrier
from invoice_service.bus.incoming import describe, to_told
from invoice_service.bus.looks import looks
from invoice_service.bus.outgoing import to_event
from invoice_service.bus.subscriptions import ACKNOWLEDGED, reads
from invoice_service.bus.watches import payments_watch, restating
from invoice_service.config import Settings
from invoice_service.store.freshness import WAITING
from invoice_service.store.records import RecordStore
from invoice_service.store.unit_of_work import SqlUnitOfWork
from invoice_service.store.views import ViewStore
from kulant_chassis.process import main
from kulant_chassis.service import Component, Runtime, Service
from kulant_chassis.transaction import Transaction
from kulant_contracts import topics


def unit_of_work(transaction: Transaction) -> SqlUnitOfWork:
    """The use cases' view of a transaction, its facts put into the words of the contracts."""
    return SqlUnitOfWork(transaction, to_event)


def access(runtime: Runtime) -> Access:
    """What the routes need."""
    return Access(runtime.database, unit_of_work, ViewStore, RecordStore, barrier(runtime), to_told, describe)


def barrier(runtime: Runtime) -> BrokerBarrier:
    """Knows whether all that the broker acknowledged is read."""
    acknowledged = [runtime.topic_prefix + topic for topic in ACKNOWLEDGED]
    return BrokerBarrier(runtime.database, runtime.log_ends, acknowledged)


def watches(runtime: Runtime) -> Sequence[Component]:
    """What works beside the timers."""
    return [
        payments_watch(runtime.database, unit_of_work, barrier(runtime)),
        restating(runtime.database, unit_of_work),
    ]


def routers(runtime: Runtime) -> Sequence[APIRouter]:
    """All routes of this service."""
    given = access(runtime)
    routes = [
        events_router,
        look_ups_router,
        traces_router,
        clearances_router,
        test_clock_router,
        restatements_router,
    ]
    return [router(given) for router in routes]


def service(settings: Settings) -> Service:
    """The service as one value."""
    return Service(
        name="invoice-service",
        source="/kulant/invoice-service",
        package="invoice_service",
        settings=settings,
        reads=reads(unit_of_work),
        writes=(topics.INVOICE,),
        routers=routers,
        look=looks(unit_of_work),
        watches=watches,
        in_flight=WAITING,
    )


def run(arguments: Sequence[str]) -> int:
    """Play the roles named, or migrate; says in words what the environment lacks."""
    return main(lambda: service(Settings.load()), arguments)
