"""The domain's facts in the words of the contracts: fields copied by name, nothing decided."""

from collections.abc import Mapping
from typing import Any

from invoice_service.domain.fact import (
    CreditorChanged,
    CustomerChanged,
    Fact,
    InvoiceRegistered,
    ItemBalanceChanged,
    ItemDue,
    ItemFact,
    ItemOverdue,
    ItemSettled,
    TenantChanged,
)
from invoice_service.domain.hold import UnreadFactHold
from invoice_service.domain.invoice import Invoice, ItemStanding
from kulant_contracts.envelope import EventData
from kulant_contracts.invoice import (
    CreditorChangedV1,
    CustomerChangedV1,
    HoldChangedV1,
    InvoiceRegisteredV1,
    ItemBalanceChangedV1,
    ItemDueV1,
    ItemEventData,
    ItemOverdueV1,
    ItemSettledV1,
    TenantChangedV1,
)
from kulant_contracts.money import Money

_ITEM_EVENTS: Mapping[type[ItemFact], type[ItemEventData]] = {
    ItemDue: ItemDueV1,
    ItemOverdue: ItemOverdueV1,
    ItemBalanceChanged: ItemBalanceChangedV1,
    ItemSettled: ItemSettledV1,
}
_FROM_INVOICE = ("claim", "subject", "order_number", "buyer_reference")


def to_event(fact: Fact) -> EventData:
    """The event that tells this fact."""
    match fact:
        case ItemFact():
            return _ITEM_EVENTS[type(fact)].model_validate(item_state(fact.invoice, fact.standing))
        case InvoiceRegistered():
            return _registered(fact)
        case CustomerChanged():
            return _customer(fact)
        case TenantChanged():
            return _tenant(fact)
        case CreditorChanged(creditor=creditor, version=version):
            return CreditorChangedV1.model_validate({**creditor.details, "version": version})
        case UnreadFactHold():
            return _hold(fact)


def item_state(invoice: Invoice, standing: ItemStanding) -> dict[str, Any]:
    """An item's whole state as every event about it carries it."""
    payment = invoice.details.get("payment", {})
    state = {
        "item_id": standing.item.item_id,
        "invoice_id": invoice.invoice_id,
        "customer_id": invoice.customer_id,
        "creditor_id": invoice.creditor_id,
        "number": invoice.number,
        "issued_on": invoice.issued_on,
        "due_on": standing.item.due_on,
        "amount": Money.from_minor(standing.item.amount_minor, invoice.currency),
        "open": Money.from_minor(standing.open_minor, invoice.currency),
        "state": standing.state.value,
        "version": standing.version,
        "settled_on": standing.settled_on,
        "payment_reference": payment.get("reference"),
        "account_id": payment.get("account_id"),
    }
    return state | {name: invoice.details[name] for name in _FROM_INVOICE if name in invoice.details}


def _registered(fact: InvoiceRegistered) -> InvoiceRegisteredV1:
    items = [item_state(fact.invoice, standing) for standing in fact.standings.values()]
    return InvoiceRegisteredV1.model_validate({**fact.invoice.details, "version": fact.version, "items": items})


def _customer(fact: CustomerChanged) -> CustomerChangedV1:
    place = {"time_zone": fact.place.time_zone, "country": fact.place.country, "region": fact.place.region}
    return CustomerChangedV1.model_validate({**fact.customer.details, **place, "version": fact.version})


def _tenant(fact: TenantChanged) -> TenantChangedV1:
    own = {
        "test_now_at": fact.test_now_at,
        "version": fact.version,
        "settings_version": fact.settings_version,
    }
    return TenantChangedV1.model_validate({**fact.tenant.details, **own})


def _hold(hold: UnreadFactHold) -> HoldChangedV1:
    return HoldChangedV1(
        version=hold.version,
        customer_id=hold.customer_id,
        hold_id=hold.hold_id,
        state="set",
        scope="customer",
        reason="unread_fact",
    )
