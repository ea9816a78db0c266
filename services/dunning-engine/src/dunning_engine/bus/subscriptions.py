"""The table of what is read: topic, types, use case."""

from collections.abc import Callable, Mapping, Sequence

from dunning_engine.bus.answers import QUESTIONS
from dunning_engine.bus.incoming import invoice_ids, learn, occasions
from dunning_engine.usecases.evaluate_customers import evaluate_customers
from dunning_engine.usecases.ports import Engine, Occasion, Work
from dunning_engine.usecases.record_facts import record_facts
from kulant_chassis.received import Parked, Reads, Received, Resolved
from kulant_chassis.telemetry import INVOICE_IDS, Attributes
from kulant_chassis.transaction import Transaction
from kulant_contracts import topics
from kulant_contracts.delivery import (
    DeliveryBouncedV1,
    DeliveryDeliveredV1,
    DeliveryFailedV1,
    DeliveryReadV1,
    DeliverySentV1,
    DeliverySuppressedV1,
    DeliveryUnknownV1,
)
from kulant_contracts.envelope import Event, EventData
from kulant_contracts.invoice import (
    CreditChangedV1,
    CreditorChangedV1,
    CustomerChangedV1,
    CustomerErasedV1,
    HoldChangedV1,
    InvoiceCancelledV1,
    InvoiceRegisteredV1,
    ItemBalanceChangedV1,
    ItemDueSoonV1,
    ItemDueV1,
    ItemOverdueV1,
    ItemRescheduledV1,
    ItemSettledV1,
    PaymentsCheckedV1,
    TenantChangedV1,
)
from kulant_contracts.response import (
    ResponseChannelPreferredV1,
    ResponseContactCorrectedV1,
    ResponseContactRefusedV1,
    ResponseDisputedV1,
    ResponsePaymentClaimedV1,
    ResponsePromiseMadeV1,
    ResponseRatedV1,
    ResponseRepresentedV1,
    ResponseWrongPersonV1,
)

READ: Mapping[str, Sequence[type[EventData]]] = {
    topics.INVOICE: (
        TenantChangedV1,
        CreditorChangedV1,
        PaymentsCheckedV1,
        CustomerChangedV1,
        CustomerErasedV1,
        CreditChangedV1,
        InvoiceRegisteredV1,
        InvoiceCancelledV1,
        ItemDueSoonV1,
        ItemDueV1,
        ItemOverdueV1,
        ItemBalanceChangedV1,
        ItemRescheduledV1,
        ItemSettledV1,
        HoldChangedV1,
    ),
    topics.DELIVERY: (
        DeliverySentV1,
        DeliveryDeliveredV1,
        DeliveryReadV1,
        DeliverySuppressedV1,
        DeliveryFailedV1,
        DeliveryUnknownV1,
        DeliveryBouncedV1,
    ),
    topics.RESPONSE: (
        ResponsePaymentClaimedV1,
        ResponsePromiseMadeV1,
        ResponseDisputedV1,
        ResponseContactRefusedV1,
        ResponseContactCorrectedV1,
        ResponseWrongPersonV1,
        ResponseChannelPreferredV1,
        ResponseRepresentedV1,
        ResponseRatedV1,
        *QUESTIONS,
    ),
}


def reads(engine: Engine, work_of: Callable[[Transaction], Work]) -> Reads:
    """Every fact that is read leads to the same use case."""

    async def handle(transaction: Transaction, batch: Sequence[Received]) -> None:
        learned = [one for received in batch for one in learn(received)]
        await record_facts(work_of(transaction), engine, learned, occasions(batch))

    async def on_parked(transaction: Transaction, parked: Parked) -> None:
        if parked.key is not None and parked.tenant is not None and "/" in parked.key:
            occasion = Occasion(parked.key, parked.tenant, types=("parked",))
            await evaluate_customers(work_of(transaction), engine, [occasion])

    async def on_resolved(transaction: Transaction, resolved: Resolved) -> None:
        tenant, slash, _ = (resolved.key or "").partition("/")
        if resolved.key is not None and slash:
            occasion = Occasion(resolved.key, tenant, types=("resolved",))
            await evaluate_customers(work_of(transaction), engine, [occasion])

    return Reads(READ, handle, on_parked=on_parked, on_resolved=on_resolved, describe=_describe)


def _describe(event: Event) -> Attributes:
    return {INVOICE_IDS: named} if (named := invoice_ids(event)) else {}
