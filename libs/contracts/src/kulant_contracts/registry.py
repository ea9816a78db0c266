"""Every event that these contracts define, by its type."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from kulant_contracts.case import CaseClosedV1, CaseOpenedV1, CasePromiseMadeV1, CaseStageReachedV1
from kulant_contracts.delivery import (
    DeliveryBouncedV1,
    DeliveryFailedV1,
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
from kulant_contracts.invoice import (
    CreditorChangedV1,
    CustomerChangedV1,
    HoldChangedV1,
    InvoiceRegisteredV1,
    ItemBalanceChangedV1,
    ItemDueV1,
    ItemOverdueV1,
    ItemSettledV1,
    TenantChangedV1,
)
from kulant_contracts.reminder import ReminderRequestedV1, ReminderWithdrawnV1
from kulant_contracts.response import ResponsePaymentClaimedV1, ResponsePromiseMadeV1

ALL: Final[tuple[type[EventData], ...]] = (
    ErpTenantChangedV1,
    ErpCreditorChangedV1,
    ErpCustomerChangedV1,
    ErpInvoiceIssuedV1,
    ErpPaymentReceivedV1,
    TenantChangedV1,
    CreditorChangedV1,
    CustomerChangedV1,
    InvoiceRegisteredV1,
    ItemDueV1,
    ItemOverdueV1,
    ItemBalanceChangedV1,
    ItemSettledV1,
    HoldChangedV1,
    ReminderRequestedV1,
    ReminderWithdrawnV1,
    DeliverySentV1,
    DeliverySuppressedV1,
    DeliveryFailedV1,
    DeliveryUnknownV1,
    DeliveryBouncedV1,
    ResponsePaymentClaimedV1,
    ResponsePromiseMadeV1,
    CaseOpenedV1,
    CaseClosedV1,
    CaseStageReachedV1,
    CasePromiseMadeV1,
)


def by_type(events: Iterable[type[EventData]]) -> Mapping[str, type[EventData]]:
    """These events by the type that their envelope names: what `decode` takes as readable."""
    return MappingProxyType({event.TYPE: event for event in events})


EVENTS: Final[Mapping[str, type[EventData]]] = by_type(ALL)


def of_topic(topic: str) -> tuple[type[EventData], ...]:
    """All events of a topic. A reader of the topic decodes them all, to know every sequence."""
    return tuple(event for event in ALL if topic == event.TOPIC)
