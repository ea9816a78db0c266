"""The domain's facts in the words of the contracts: fields copied by name, nothing decided."""

from collections.abc import Mapping
from typing import Any

from invoice_service.domain.credit import CreditChanged
from invoice_service.domain.fact import (
    CreditorChanged,
    CustomerChanged,
    Fact,
    InvoiceCancelled,
    InvoiceRegistered,
    ItemBalanceChanged,
    ItemDue,
    ItemDueSoon,
    ItemFact,
    ItemOverdue,
    ItemRescheduled,
    ItemSettled,
    TenantChanged,
)
from invoice_service.domain.freshness import PaymentsChecked
from invoice_service.domain.hold import HoldChanged
from invoice_service.domain.invoice import Invoice, ItemStanding, PaymentReturned
from kulant_contracts.envelope import EventData
from kulant_contracts.invoice import (
    CreditChangedV1,
    CreditorChangedV1,
    CustomerChangedV1,
    HoldChangedV1,
    InvoiceCancelledV1,
    InvoiceRegisteredV1,
    ItemBalanceChangedV1,
    ItemDueSoonV1,
    ItemDueV1,
    ItemEventData,
    ItemOverdueV1,
    ItemRescheduledV1,
    ItemSettledV1,
    PaymentsCheckedV1,
    TenantChangedV1,
)
from kulant_contracts.money import Money

_ITEM_EVENTS: Mapping[type[ItemFact], type[ItemEventData]] = {
    ItemDueSoon: ItemDueSoonV1,
    ItemRescheduled: ItemRescheduledV1,
    ItemDue: ItemDueV1,
    ItemOverdue: ItemOverdueV1,
    ItemBalanceChanged: ItemBalanceChangedV1,
    ItemSettled: ItemSettledV1,
}
_FROM_INVOICE = ("claim", "subject", "order_number", "buyer_reference", "opening")
_FROM_ITEM = ("discount", "dunning")
_FROM_REVERSAL = ("reason_code", "bank_fee", "mandate_usable", "recollect_on")


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
        case _:
            return _rest(fact)


def _rest(fact: InvoiceCancelled | HoldChanged | CreditChanged | PaymentsChecked) -> EventData:
    match fact:
        case InvoiceCancelled():
            return _cancelled(fact)
        case HoldChanged(hold=hold):
            state = "set" if hold.is_set else "lifted"
            own = {"customer_id": hold.customer_id, "hold_id": hold.hold_id, "state": state, "version": fact.version}
            return HoldChangedV1.model_validate({**hold.details, **own})
        case CreditChanged():
            return CreditChangedV1(
                version=fact.version,
                customer_id=fact.customer_id,
                creditor_id=fact.creditor_id,
                money=Money.from_minor(fact.money.amount_minor, fact.money.currency),
            )
        case PaymentsChecked():
            return PaymentsCheckedV1(
                version=fact.version, creditor_id=fact.creditor_id, seen_until_at=fact.seen_until_at
            )


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
        "direct_debit": payment.get("direct_debit"),
        "payment_returned": _returned(standing.returned),
        "corrected": Money.from_minor(standing.corrected_minor, invoice.currency),
    }
    told: Mapping[str, Any] = next(
        (one for one in invoice.details.get("items", ()) if one["item_id"] == standing.item.item_id), {}
    )
    state |= {name: told[name] for name in _FROM_ITEM if name in told}
    return state | {name: invoice.details[name] for name in _FROM_INVOICE if name in invoice.details}


def _returned(returned: PaymentReturned | None) -> dict[str, Any] | None:
    if returned is None:
        return None
    told = {name: returned.details[name] for name in _FROM_REVERSAL if name in returned.details}
    own = {"payment_id": returned.payment_id, "on": returned.on, "is_direct_debit": returned.is_direct_debit}
    return {**told, **own}


def _registered(fact: InvoiceRegistered) -> InvoiceRegisteredV1:
    items = [item_state(fact.invoice, standing) for standing in fact.standings.values()]
    return InvoiceRegisteredV1.model_validate({**fact.invoice.details, "version": fact.version, "items": items})


def _cancelled(fact: InvoiceCancelled) -> InvoiceCancelledV1:
    invoice, told = fact.invoice, fact.cancellation
    return InvoiceCancelledV1.model_validate(
        {
            "creditor_id": invoice.creditor_id,
            "customer_id": invoice.customer_id,
            "invoice_id": invoice.invoice_id,
            "number": invoice.number,
            "cancelled_on": told.on,
            "reason": told.details.get("reason"),
            "replaced_by": told.details.get("replaced_by"),
            "version": fact.version,
            "items": [item_state(invoice, standing) for standing in fact.standings.values()],
        }
    )


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
