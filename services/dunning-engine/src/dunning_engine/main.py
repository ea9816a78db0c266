"""Wires the service: settings, topics, looks, routes. Nothing is decided here."""

from collections.abc import Sequence

from fastapi import APIRouter

from dunning_engine.api.access import Access
from dunning_engine.api.answers import answers_router
from dunning_engine.api.cases import cases_router
from dunning_engine.api.clearances import clearances_router
from dunning_engine.api.customers import customers_router
from dunning_engine.api.holds import holds_router
from dunning_engine.api.tasks import tasks_router
from dunning_engine.bus.outgoing import OutboxAnnouncer
from dunning_engine.bus.subscriptions import reads
from dunning_engine.config import Settings
from dunning_engine.domain.policy import Policy
from dunning_engine.gateways.public_holidays import PublicHolidays
from dunning_engine.policyfile.reading import policies, standard
from dunning_engine.store.cases import Cases
from dunning_engine.store.marks import WOKEN
from dunning_engine.store.readings import StoredReadings, key_of
from dunning_engine.store.standings import Standings
from dunning_engine.store.work import StoredWork
from dunning_engine.telemetry import ClockTracing
from dunning_engine.usecases.look_again import look_again
from dunning_engine.usecases.ports import Engine, Work
from kulant_chassis.audit import audit_router
from kulant_chassis.process import main
from kulant_chassis.service import Runtime, Service
from kulant_chassis.timers import Due
from kulant_chassis.transaction import Transaction
from kulant_contracts import topics

_ANNOUNCER = OutboxAnnouncer()


def engine(chosen: Sequence[Policy] | None = None) -> Engine:
    """What every decision needs; without policies of the tenant's own, the standard one."""
    return Engine(PublicHolidays(), ClockTracing(), chosen or (standard(),))


def work_of(transaction: Transaction) -> Work:
    """An open transaction as the use cases see it."""
    return StoredWork(transaction, _ANNOUNCER)


def routers(runtime: Runtime, chosen: Engine | None = None) -> list[APIRouter]:
    """All routes of this service."""
    database, decides = runtime.database, chosen or engine()
    access = Access(database, decides, work_of, key_of)
    cases, readings = Cases(database), StoredReadings(database, work_of)
    return [
        clearances_router(Standings(database)),
        cases_router(cases, readings, decides),
        customers_router(cases, readings, decides),
        holds_router(access, readings),
        answers_router(access, readings),
        tasks_router(access, readings),
        audit_router(database),
    ]


def service(settings: Settings) -> Service:
    """The service as one value."""
    decides = engine(policies(settings.policy_dir))

    async def look(transaction: Transaction, due: Sequence[Due]) -> None:
        await look_again(work_of(transaction), decides, [(one.key, one.tenant) for one in due])

    return Service(
        name="dunning-engine",
        source="/kulant/dunning-engine",
        package="dunning_engine",
        settings=settings,
        reads=reads(decides, work_of),
        writes=(topics.REMINDER, topics.CASE),
        routers=lambda runtime: routers(runtime, decides),
        look=look,
        woken=WOKEN,
    )


def run(arguments: Sequence[str]) -> int:
    """Play the roles named, or migrate."""
    return main(lambda: service(Settings.load()), arguments)
