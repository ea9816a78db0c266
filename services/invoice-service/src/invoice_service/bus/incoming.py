"""What an ERP says, turned into the domain's words. Contracts have checked shapes; nothing is decided here."""

from collections.abc import Mapping
from datetime import UTC
from typing import Any

from invoice_service.domain.customer import Customer
from invoice_service.domain.invoice import Invoice, Item
from invoice_service.domain.money import Money
from invoice_service.domain.payment import Allocation, Payment
from invoice_service.domain.place import Place
from invoice_service.domain.tenant import Creditor, Mode, Tenant
from invoice_service.domain.trail import Trail
from invoice_service.usecases.record_facts import ErpFact, Told
from kulant_chassis.telemetry import INVOICE_IDS, Attributes
from kulant_chassis.transaction import Cause
from kulant_contracts import money as wire_money
from kulant_contracts.envelope import Event, EventData, version_of
from kulant_contracts.erp import (
    ErpCreditorChangedV1,
    ErpCustomerChangedV1,
    ErpInvoiceIssuedV1,
    ErpPaymentReceivedV1,
    ErpTenantChangedV1,
)


def to_told(event: Event, cause: Cause) -> Told:
    """The fact that the event states, in its version, with the chain that it came with."""
    trail = Trail(cause.traceparent, cause.tracestate, cause.correlationid, cause.causationid)
    return Told(_to_fact(event), trail)


def describe(event: Event) -> Attributes:
    """What a span about an event says: the invoices that it is about."""
    match event.data:
        case ErpInvoiceIssuedV1(invoice_id=invoice_id):
            return {INVOICE_IDS: (invoice_id,)}
        case ErpPaymentReceivedV1(allocations=allocations):
            return {INVOICE_IDS: tuple(dict.fromkeys(one.invoice_id for one in allocations))}
    return {}


def _to_fact(event: Event) -> ErpFact:
    tenant, version = event.envelope.tenantid, version_of(event)
    match event.data:
        case ErpTenantChangedV1() as data:
            return _tenant(tenant, version, event, data)
        case ErpCreditorChangedV1() as data:
            place = Place(data.time_zone, data.address.country, data.region)
            return Creditor(tenant, data.creditor_id, version, place, _details(data))
        case ErpCustomerChangedV1() as data:
            return Customer(
                tenant, data.customer_id, version, data.time_zone, data.country, data.region, _details(data)
            )
        case ErpInvoiceIssuedV1() as data:
            return _invoice(tenant, version, data)
        case ErpPaymentReceivedV1() as data:
            return _payment(tenant, version, data)
    raise TypeError(f"no use case for {event.envelope.type}")


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
        allocations=tuple(
            Allocation(
                invoice_id=one.invoice_id,
                item_id=one.item_id,
                paid=_money(one.money),
                deducted_minor=one.deduction.money.amount_minor if one.deduction else 0,
                is_for_cost=one.cost_id is not None,
            )
            for one in data.allocations
        ),
    )


def _money(money: wire_money.Money) -> Money:
    return Money(money.amount_minor, money.currency)


def _details(data: EventData) -> Mapping[str, Any]:
    return data.model_dump(mode="json", exclude={"version"}, exclude_none=True)
