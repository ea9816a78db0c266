"""What an ERP says, turned into the domain's words. Contracts have checked shapes; nothing is decided here."""

from collections.abc import Mapping
from datetime import UTC
from typing import Any

from invoice_service.domain.account import AccountFact
from invoice_service.domain.cancellation import Cancellation, Kind
from invoice_service.domain.customer import Customer
from invoice_service.domain.freshness import ALL_ACCOUNTS, Check
from invoice_service.domain.hold import Hold
from invoice_service.domain.invoice import Invoice, Item
from invoice_service.domain.money import Money
from invoice_service.domain.payment import Allocation, Payment
from invoice_service.domain.place import Place
from invoice_service.domain.stated import BalancesStated
from invoice_service.domain.tenant import Creditor, Mode, Tenant
from invoice_service.domain.trail import Trail
from invoice_service.usecases.record_facts import ErpFact, Told
from kulant_chassis.telemetry import INVOICE_IDS, Attributes
from kulant_chassis.transaction import Cause
from kulant_contracts import money as wire_money
from kulant_contracts.envelope import Event, EventData, version_of
from kulant_contracts.erp import (
    Allocations,
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

_HOLD_ITSELF = ("customer_id", "hold_id", "state")


def to_told(event: Event, cause: Cause) -> Told:
    """The fact that the event states, in its version, with the chain that it came with."""
    trail = Trail(cause.traceparent, cause.tracestate, cause.correlationid, cause.causationid)
    tenant, version = event.envelope.tenantid, version_of(event)
    fact = _about_tenant(tenant, version, event) or _about_customer(tenant, version, event.data)
    if fact is None:
        raise TypeError(f"no use case for {event.envelope.type}")
    return Told(fact, trail)


def describe(event: Event) -> Attributes:
    """What a span about an event says: the invoices that it is about."""
    match event.data:
        case ErpInvoiceIssuedV1(invoice_id=named) | ErpInvoiceCancelledV1(invoice_id=named):
            return {INVOICE_IDS: (named,)}
        case ErpItemAdjustedV1(invoice_id=named):
            return {INVOICE_IDS: (named,)}
        case ErpPaymentReceivedV1(allocations=allocations) | ErpCreditNoteIssuedV1(allocations=allocations):
            return {INVOICE_IDS: tuple(dict.fromkeys(one.invoice_id for one in allocations))}
    return {}


def _about_tenant(tenant: str, version: int, event: Event) -> ErpFact | None:
    match event.data:
        case ErpTenantChangedV1() as data:
            return _tenant(tenant, version, event, data)
        case ErpCreditorChangedV1() as data:
            place = Place(data.time_zone, data.address.country, data.region)
            return Creditor(tenant, data.creditor_id, version, place, _details(data))
        case ErpPaymentsCheckedV1() as data:
            account = data.source_account or ALL_ACCOUNTS
            return Check(tenant, data.creditor_id, account, version, data.seen_until_at.astimezone(UTC))
    return None


def _about_customer(tenant: str, version: int, data: EventData) -> AccountFact | None:
    match data:
        case ErpCustomerChangedV1():
            return Customer(
                tenant, data.customer_id, version, data.time_zone, data.country, data.region, _details(data)
            )
        case ErpInvoiceIssuedV1():
            return _invoice(tenant, version, data)
        case ErpPaymentReceivedV1():
            return _payment(tenant, version, data)
        case ErpCreditNoteIssuedV1():
            return _credit_note(tenant, version, data)
        case ErpItemAdjustedV1():
            return _adjustment(tenant, version, data)
        case ErpHoldChangedV1():
            details = {name: value for name, value in _details(data).items() if name not in _HOLD_ITSELF}
            return Hold(tenant, data.customer_id, data.hold_id, version, data.state == "set", details)
        case ErpBalancesStatedV1():
            stated = {(one.invoice_id, one.item_id): _money(one.open) for one in data.items}
            return BalancesStated(tenant, data.customer_id, version, data.as_of_at.astimezone(UTC), stated)
    return _cancellation(tenant, version, data)


def _cancellation(tenant: str, version: int, data: EventData) -> Cancellation | None:
    match data:
        case ErpInvoiceCancelledV1():
            name, on = (Kind.INVOICE, data.invoice_id), data.cancelled_on
        case ErpPaymentReversedV1():
            name, on = (Kind.PAYMENT, data.payment_id), data.reversed_on
        case ErpCreditNoteCancelledV1():
            name, on = (Kind.CREDIT_NOTE, data.credit_note_id), data.cancelled_on
        case _:
            return None
    return Cancellation(tenant, data.customer_id, *name, version, on, _details(data))


def _tenant(tenant: str, version: int, event: Event, data: ErpTenantChangedV1) -> Tenant:
    place = Place(data.time_zone, data.country, data.region)
    return Tenant(tenant, version, Mode(data.mode), place, event.envelope.time.astimezone(UTC), _details(data))


def _invoice(tenant: str, version: int, data: ErpInvoiceIssuedV1) -> Invoice:
    return Invoice(
        tenant=tenant,
        customer_id=data.customer_id,
        invoice_id=data.invoice_id,
        version=version,
        creditor_id=data.creditor_id,
        number=data.number,
        issued_on=data.issued_on,
        currency=data.currency,
        items=tuple(Item(item.item_id, item.due_on, item.amount.amount_minor) for item in data.items),
        details=_details(data),
    )


def _payment(tenant: str, version: int, data: ErpPaymentReceivedV1) -> Payment:
    return Payment(
        tenant=tenant,
        customer_id=data.customer_id,
        payment_id=data.payment_id,
        version=version,
        received_on=data.received_on,
        money=_money(data.money),
        allocations=_allocations(data.allocations),
        creditor_id=data.creditor_id,
        method=data.method,
    )


def _credit_note(tenant: str, version: int, data: ErpCreditNoteIssuedV1) -> Payment:
    return Payment(
        tenant=tenant,
        customer_id=data.customer_id,
        payment_id=data.credit_note_id,
        version=version,
        received_on=data.issued_on,
        money=_money(data.money),
        allocations=_allocations(data.allocations),
        kind=Kind.CREDIT_NOTE,
        creditor_id=data.creditor_id,
        is_from_beginning=data.effect != "settlement",
    )


def _adjustment(tenant: str, version: int, data: ErpItemAdjustedV1) -> Payment:
    nothing = Money(0, data.money.currency)
    return Payment(
        tenant=tenant,
        customer_id=data.customer_id,
        payment_id=data.adjustment_id,
        version=version,
        received_on=data.on,
        money=nothing,
        allocations=(Allocation(data.invoice_id, data.item_id, nothing, data.money.amount_minor),),
        kind=Kind.ADJUSTMENT,
        creditor_id=data.creditor_id,
    )


def _allocations(allocations: Allocations) -> tuple[Allocation, ...]:
    return tuple(
        Allocation(
            invoice_id=one.invoice_id,
            item_id=one.item_id,
            paid=_money(one.money),
            deducted_minor=one.deduction.money.amount_minor if one.deduction else 0,
            is_for_cost=one.cost_id is not None,
        )
        for one in allocations
    )


def _money(money: wire_money.Money) -> Money:
    return Money(money.amount_minor, money.currency)


def _details(data: EventData) -> Mapping[str, Any]:
    return data.model_dump(mode="json", exclude={"version"}, exclude_none=True)
