"""`register`: invoices of an ERP become `invoice.registered`: first record read to last event readable."""

from bench import ledger
from bench.ground import Ground
from bench.pipeline import Passage, pipeline
from bench.runs import Bench
from kulant_contracts import topics
from kulant_contracts.invoice import InvoiceRegisteredV1

SERVICE = "invoice-service"


def register(ground: Ground, count: int) -> Bench:
    """The benchmark over so many invoices, one per customer."""
    return pipeline(ground, count, PASSAGE)


PASSAGE = Passage(
    name="register",
    service=SERVICE,
    topic=topics.ERP,
    out_topic=topics.INVOICE,
    out_type=InvoiceRegisteredV1,
    out_bytes=1_350,
    messages=ledger.invoices_of_erp,
    parties=ledger.parties_of_erp,
    relay="invoices.relay",
    consumers=("invoices.consume", "invoices.consume-2"),
)
