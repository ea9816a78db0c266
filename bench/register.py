"""`register`: invoices of an ERP become `invoice.registered`: first record read to last event readable."""

from datetime import datetime
from functools import cache

from bench import ledger
from bench.ground import Ground, wait_for
from bench.pipeline import Floor, through
from bench.runs import Bench
from bench.traffic import Message, publish
from kulant_contracts import topics
from kulant_contracts.invoice import InvoiceRegisteredV1
from kulant_devstack.topics import run_apart

REGISTERED_BYTES = 1_350
PROCESSES = ("invoices.relay", "invoices.consume")


def register(ground: Ground, count: int) -> Bench:
    """The benchmark over so many invoices, one per customer."""
    floor = Floor(ground, count, out_bytes=REGISTERED_BYTES)

    @cache
    def messages(tenant: str) -> list[Message]:
        return ledger.invoices_of_erp(tenant, count)

    def kulant(number: int) -> float:
        tenant = f"register-{number}"
        _introduce(ground, tenant, count)
        return through(
            ground,
            messages=messages(tenant),
            topic=topics.ERP,
            out_topic=topics.INVOICE,
            start=lambda: _start(ground),
            stop=lambda: ground.stop(*PROCESSES),
            counts=lambda value: _is_registered(value, tenant),
            count=count,
        )

    return Bench("register", "events/s", kulant, lambda number: floor.run(messages(f"register-{number}")))


def _introduce(ground: Ground, tenant: str, count: int) -> None:
    run_apart(publish(ground.kafka, topics.ERP, ledger.parties_of_erp(tenant, count)))
    _start(ground)
    known = f"SELECT count(*) = {count} FROM customer WHERE tenant = '{tenant}'"  # noqa: S608
    wait_for(lambda: ground.ask("invoice_service", known) is True)
    wait_for(lambda: ground.ask("invoice_service", "SELECT count(*) = 0 FROM outbox") is True)
    ground.stop(*PROCESSES)


def _start(ground: Ground) -> datetime:
    ground.start("invoices.relay", "invoice-service", "relay")
    return ground.start("invoices.consume", "invoice-service", "consume", "timers")


def _is_registered(value: bytes, tenant: str) -> bool:
    return f'"{InvoiceRegisteredV1.TYPE}"'.encode() in value and f'"tenantid":"{tenant}"'.encode() in value
