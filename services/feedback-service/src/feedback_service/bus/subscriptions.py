"""What this service reads: topic, events, use case."""

from collections.abc import Callable, Sequence

from feedback_service.bus.incoming import facts_of
from feedback_service.usecases.ports import ProjectionStore
from feedback_service.usecases.record_facts import record_facts
from kulant_chassis.received import Reads, Received
from kulant_chassis.telemetry import INVOICE_IDS, Attributes
from kulant_chassis.transaction import Transaction
from kulant_contracts import topics
from kulant_contracts.envelope import Event
from kulant_contracts.invoice import InvoiceRegisteredV1, ItemEventData, TenantChangedV1
from kulant_contracts.registry import of_topic
from kulant_contracts.reminder import ReminderRequestedV1

TOPICS = (topics.INVOICE, topics.REMINDER, topics.DELIVERY, topics.CASE)


def reads(open_store: Callable[[Transaction], ProjectionStore]) -> Reads:
    """All facts of the four topics that the page rests on."""

    async def handle(transaction: Transaction, batch: Sequence[Received]) -> None:
        for received in batch:
            if isinstance(received.event.data, TenantChangedV1):
                await _follow(transaction, received.event.envelope.tenantid, received.event.data)
        await record_facts(open_store(transaction), [fact for received in batch for fact in facts_of(received)])

    return Reads({topic: of_topic(topic) for topic in TOPICS}, handle, describe=describe)


def describe(event: Event) -> Attributes:
    """What a span about an event says: the invoices that it is about."""
    match event.data:
        case ItemEventData(invoice_id=invoice_id) | InvoiceRegisteredV1(invoice_id=invoice_id):
            return {INVOICE_IDS: (invoice_id,)}
        case ReminderRequestedV1(items=items):
            return {INVOICE_IDS: tuple(dict.fromkeys(item.invoice_id for item in items))}
    return {}


async def _follow(transaction: Transaction, tenant: str, data: TenantChangedV1) -> None:
    # Nothing here is decided by timers, so nobody is left behind when a tenant's settings change.
    await transaction.follow_tenant(
        tenant, mode=data.mode, test_now_at=data.test_now_at, version=data.version, settings_changed=False
    )
