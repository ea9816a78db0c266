"""Names of the topics and the key that keeps everything about one customer in order."""

from typing import Final

ERP: Final = "kulant.erp.v1"
ERP_BULK: Final = "kulant.erp.bulk.v1"
"""The same events as on ERP, for initial loads and mass imports; live facts go first."""
INVOICE: Final = "kulant.invoice.v1"
REMINDER: Final = "kulant.reminder.v1"
DELIVERY: Final = "kulant.delivery.v1"
RESPONSE: Final = "kulant.response.v1"
CASE: Final = "kulant.case.v1"

ALL: Final[tuple[str, ...]] = (ERP, INVOICE, REMINDER, DELIVERY, RESPONSE, CASE)
"""Each topic with events of its own."""
TO_CREATE: Final[tuple[str, ...]] = (*ALL, ERP_BULK)
"""What a broker must have before the services start; dead letters come on top."""


def dead_letter(service: str) -> str:
    """The topic in which this service parks what can never work; read by its operators only."""
    return f"kulant.{service}.dead-letter.v1"


def partition_key(tenant: str, customer_id: str | None = None) -> str:
    """The Kafka key of a fact about one customer, or, without a customer, of a tenant-wide fact."""
    return tenant if customer_id is None else f"{tenant}/{customer_id}"
