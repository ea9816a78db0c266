"""Every event that these contracts define, by its type."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from kulant_contracts import topics
from kulant_contracts.case import (
    CaseClosedV1,
    CaseCostClaimedV1,
    CaseCostSettledV1,
    CaseCostWaivedV1,
    CaseDisputeDecidedV1,
    CaseDisputedV1,
    CaseHandedOverV1,
    CaseHeldV1,
    CaseOpenedV1,
    CasePlanAgreedV1,
    CasePlanBrokenV1,
    CasePlanKeptV1,
    CasePromiseBrokenV1,
    CasePromiseKeptV1,
    CasePromiseMadeV1,
    CaseResumedV1,
    CaseStageReachedV1,
)
from kulant_contracts.delivery import (
    DeliveryBouncedV1,
    DeliveryDeliveredV1,
    DeliveryFailedV1,
    DeliveryReadV1,
    DeliverySentV1,
    DeliverySuppressedV1,
    DeliveryUnknownV1,
)
from kulant_contracts.envelope import EventData
from kulant_contracts.erp import (
    ErpCreditorChangedV1,
    ErpCustomerChangedV1,
    ErpInvoiceIssuedV1,
    ErpPaymentReceivedV1,
    ErpTenantChangedV1,
)
from kulant_contracts.erp_changes import (
    ErpBalancesStatedV1,
    ErpCreditNoteCancelledV1,
    ErpCreditNoteIssuedV1,
    ErpHoldChangedV1,
    ErpInvoiceCancelledV1,
    ErpItemAdjustedV1,
    ErpPaymentReversedV1,
    ErpPaymentsCheckedV1,
)
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
from kulant_contracts.reminder import (
    ReminderRequestedV1,
    ReminderWithdrawnV1,
)
from kulant_contracts.response import (
    ResponseChannelPreferredV1,
    ResponseContactCorrectedV1,
    ResponseContactRefusedV1,
    ResponseDisputedV1,
    ResponseDocumentRequestedV1,
    ResponseExtensionRequestedV1,
    ResponseHardshipSignalledV1,
    ResponsePaymentClaimedV1,
    ResponsePlanRequestedV1,
    ResponsePromiseMadeV1,
    ResponseQuestionAskedV1,
    ResponseRatedV1,
    ResponseRepresentedV1,
    ResponseWrongPersonV1,
)

ALL: Final[tuple[type[EventData], ...]] = (
    ErpTenantChangedV1,
    ErpCreditorChangedV1,
    ErpCustomerChangedV1,
    ErpInvoiceIssuedV1,
    ErpInvoiceCancelledV1,
    ErpItemAdjustedV1,
    ErpPaymentReceivedV1,
    ErpPaymentReversedV1,
    ErpCreditNoteIssuedV1,
    ErpCreditNoteCancelledV1,
    ErpHoldChangedV1,
    ErpBalancesStatedV1,
    ErpPaymentsCheckedV1,
    TenantChangedV1,
    CreditorChangedV1,
    CustomerChangedV1,
    CustomerErasedV1,
    InvoiceRegisteredV1,
    InvoiceCancelledV1,
    CreditChangedV1,
    HoldChangedV1,
    PaymentsCheckedV1,
    ItemDueSoonV1,
    ItemDueV1,
    ItemOverdueV1,
    ItemBalanceChangedV1,
    ItemSettledV1,
    ItemRescheduledV1,
    ReminderRequestedV1,
    ReminderWithdrawnV1,
    DeliverySentV1,
    DeliveryDeliveredV1,
    DeliveryReadV1,
    DeliveryBouncedV1,
    DeliveryFailedV1,
    DeliverySuppressedV1,
    DeliveryUnknownV1,
    ResponsePaymentClaimedV1,
    ResponsePromiseMadeV1,
    ResponseDisputedV1,
    ResponseQuestionAskedV1,
    ResponseDocumentRequestedV1,
    ResponseExtensionRequestedV1,
    ResponsePlanRequestedV1,
    ResponseHardshipSignalledV1,
    ResponseContactRefusedV1,
    ResponseContactCorrectedV1,
    ResponseWrongPersonV1,
    ResponseRepresentedV1,
    ResponseChannelPreferredV1,
    ResponseRatedV1,
    CaseOpenedV1,
    CaseClosedV1,
    CaseStageReachedV1,
    CaseCostClaimedV1,
    CaseCostWaivedV1,
    CaseCostSettledV1,
    CasePromiseMadeV1,
    CasePromiseKeptV1,
    CasePromiseBrokenV1,
    CaseDisputedV1,
    CaseDisputeDecidedV1,
    CasePlanAgreedV1,
    CasePlanKeptV1,
    CasePlanBrokenV1,
    CaseHeldV1,
    CaseResumedV1,
    CaseHandedOverV1,
)


def by_type(events: Iterable[type[EventData]]) -> Mapping[str, type[EventData]]:
    """These events by the type that their envelope names: what `decode` takes as readable."""
    return MappingProxyType({event.TYPE: event for event in events})


EVENTS: Final[Mapping[str, type[EventData]]] = by_type(ALL)


def of_topic(topic: str) -> tuple[type[EventData], ...]:
    """All events of a topic. A reader of the topic decodes them all, to know every sequence."""
    told_on = topics.ERP if topic == topics.ERP_BULK else topic
    return tuple(event for event in ALL if told_on == event.TOPIC)
