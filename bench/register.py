"""`register`: invoices of an ERP become `invoice.registered`: first record read to last event readable."""

from bench import ledger
from bench.ground import Ground, wait_for
from bench.pipeline import Passage, pipeline
from bench.runs import Bench
from bench.scenes import until_nobody_is_behind
from bench.traffic import publish
from kulant_contracts import topics
from kulant_contracts.invoice import InvoiceRegisteredV1
from kulant_devstack.topics import run_apart

SERVICE = "invoice-service"


def register(ground: Ground, count: int) -> Bench:
    """The benchmark over so many invoices, one per customer."""
    return pipeline(ground, count, PASSAGE)


def _introduce(ground: Ground, tenant: str, count: int) -> None:
    run_apart(publish(ground.kafka, topics.ERP, ledger.parties_of_erp(tenant, count)))
    PASSAGE.start(ground)
    known = f"SELECT count(*) = {count} FROM customer WHERE tenant = '{tenant}'"  # noqa: S608
    wait_for(lambda: ground.ask("invoice_service", known) is True)
    until_nobody_is_behind(ground, "invoice_service", tenant)
    wait_for(lambda: ground.ask("invoice_service", "SELECT count(*) = 0 FROM outbox") is True)
    PASSAGE.stop(ground)


PASSAGE = Passage(
    name="register",
    service=SERVICE,
    topic=topics.ERP,
    out_topic=topics.INVOICE,
    out_type=InvoiceRegisteredV1,
    out_bytes=1_350,
    messages=ledger.invoices_of_erp,
    introduce=_introduce,
    relay="invoices.relay",
    consumers=("invoices.consume", "invoices.consume-2"),
)
