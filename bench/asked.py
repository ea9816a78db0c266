"""Customers of whom a reminder was asked for: told by an ERP, decided by the engine, known to every service."""

from collections.abc import Sequence
from dataclasses import dataclass

from bench import ledger
from bench.ground import Ground, wait_for
from bench.scenes import tell_anew, until_all_is_told, until_nobody_is_behind, until_read
from bench.traffic import publish
from kulant_cli.doors import Doors
from kulant_contracts import topics
from kulant_devstack.supervisor import Program
from kulant_devstack.topics import run_apart

_READING = (
    ("invoice-service", ("api", "consume", "timers")),
    ("invoice-service", ("consume",)),
    ("dunning-engine", ("consume", "timers")),
    ("dunning-engine", ("timers",)),
    ("notifier", ("consume",)),
    ("feedback-service", ("consume",)),
)
"""Two processes where one would keep a single processor busy."""
_TELLS = ("invoice-service", "dunning-engine")
_LISTENERS = ("dunning_engine", "notifier", "feedback_service")


@dataclass(frozen=True, slots=True)
class Process:
    """A process of a service, by its roles."""

    service: str
    roles: tuple[str, ...]

    @property
    def name(self) -> str:
        """Its name below the bench's supervisor."""
        return f"{self.service}.{'-'.join(self.roles)}"

    def program(self, ground: Ground, **more: str) -> Program:
        """How it is started."""
        port = ground.ports[self.service] if "api" in self.roles else 0
        return ground.program(self.name, self.service, *self.roles, port=port, **more)


def start(ground: Ground, processes: Sequence[Process]) -> None:
    """Start processes side by side."""
    ground.run(*(process.program(ground) for process in processes))


def stop(ground: Ground, processes: Sequence[Process]) -> None:
    """Stop processes together."""
    ground.stop(*(process.name for process in processes))


def ask_for_reminders(ground: Ground, tenant: str, count: int) -> None:
    """One overdue invoice for each of so many customers, and a command for each; the notifier has read none of them.

    Everything else has settled, and nothing runs any more. All is told in the night and decided in the morning: what
    the engine decides on half of a customer's facts is out of date at the gate. The tenant is told first, or each of
    its customers would be looked at twice.
    """
    tell_anew(ground)
    readers = [Process(service, roles) for service, roles in _READING]
    relays = [Process(service, ("relay",)) for service in _TELLS]
    start(ground, (*readers, relays[0]))
    parties = ledger.parties_of_erp(tenant, count)
    run_apart(publish(ground.kafka, topics.ERP, parties[: ledger.SHARED]))
    until_read(ground, topics.ERP, ("invoice_service",))
    until_all_is_told(ground, "invoice_service")
    until_read(ground, topics.INVOICE, _LISTENERS)
    run_apart(publish(ground.kafka, topics.ERP, parties[ledger.SHARED :]))
    run_apart(publish(ground.kafka, topics.ERP, ledger.overdue_invoices_of_erp(tenant, count)))
    until_read(ground, topics.ERP, ("invoice_service",))
    until_nobody_is_behind(ground, "invoice_service", tenant)
    told = f"SELECT count(*) = {count} FROM item WHERE tenant = '{tenant}' AND state = 'overdue'"  # noqa: S608
    wait_for(lambda: ground.ask("invoice_service", told) is True)
    until_all_is_told(ground, "invoice_service")
    until_read(ground, topics.INVOICE, ("dunning_engine",))
    run_apart(_let_it_be_morning(ground, tenant))
    decided = f"SELECT count(*) = {count} FROM reminder WHERE key LIKE '{tenant}/%'"  # noqa: S608
    wait_for(lambda: ground.ask("dunning_engine", decided) is True)
    until_read(ground, topics.INVOICE, _LISTENERS)
    stop(ground, [one for one in readers if one.service == "notifier"])
    start(ground, relays[1:])
    until_all_is_told(ground, "dunning_engine")
    until_read(ground, topics.REMINDER, ("feedback_service",))
    stop(ground, [*readers, *relays])


async def _let_it_be_morning(ground: Ground, tenant: str) -> None:
    async with Doors(ground.urls, ground.secret("operator-token"), tenant) as doors:
        await doors.move_clock(ledger.NOW)
