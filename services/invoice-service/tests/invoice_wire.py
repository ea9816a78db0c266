"""What an ERP publishes, as bytes and as read events, with sensible defaults."""

import itertools
from datetime import UTC, datetime
from typing import Any

from kulant_contracts import topics
from kulant_contracts.envelope import Envelope, Event, EventData, encode, key_of
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
from kulant_contracts.registry import by_type, of_topic

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
READABLE_ERP = by_type(of_topic(topics.ERP))
READABLE_OWN = by_type(of_topic(topics.INVOICE))
TRACEPARENT = "00-" + "a" * 32 + "-" + "b" * 16 + "-01"
_numbers = itertools.count(1)


def eur(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "EUR"}


def event(data: EventData, *, tenant: str = "acme", time: datetime = NOW, **more: Any) -> Event:
    envelope = Envelope(
        id=f"erp-{next(_numbers)}",
        source="/test/erp",
        type=data.TYPE,
        time=time,
        tenantid=tenant,
        partitionkey=key_of(tenant, data),
        **more,
    )
    return Event(envelope, data)


def as_bytes(erp_event: Event) -> bytes:
    return encode(erp_event.envelope, erp_event.data)


def tenant_changed(*, mode: str = "test", version: int = 1, tenant: str = "acme", **more: Any) -> Event:
    given = {"name": "Acme", "mode": mode, "time_zone": "Europe/Berlin", "country": "DE", "version": version}
    time = more.pop("time", NOW)
    return event(ErpTenantChangedV1.model_validate(given | more), tenant=tenant, time=time)


def creditor_changed(*, creditor_id: str = "main", version: int = 1, **more: Any) -> Event:
    given = {
        "creditor_id": creditor_id,
        "version": version,
        "legal_name": "Acme GmbH",
        "address": {"lines": ["Weg 1"], "postal_code": "10115", "city": "Berlin", "country": "DE"},
        "contact": {"email": "billing@acme.example"},
        "language": "en",
        "time_zone": "Europe/Berlin",
    }
    return event(ErpCreditorChangedV1.model_validate(given | more))


def customer_changed(customer_id: str = "c1", *, version: int = 1, **more: Any) -> Event:
    given = {"customer_id": customer_id, "kind": "business", "name": "Customer", "version": version}
    return event(ErpCustomerChangedV1.model_validate(given | more))


def invoice_issued(
    invoice_id: str = "inv-1",
    *,
    customer_id: str = "c1",
    version: int = 1,
    due_on: str | None = "2026-03-10",
    amount: str = "119.00",
    traceparent: str | None = None,
    **more: Any,
) -> Event:
    given = {
        "customer_id": customer_id,
        "invoice_id": invoice_id,
        "number": f"R-{invoice_id}",
        "issued_on": "2026-02-10",
        "currency": "EUR",
        "total": eur(amount),
        "version": version,
        "items": [{"item_id": f"{invoice_id}-1", "due_on": due_on, "amount": eur(amount)}],
    }
    return event(ErpInvoiceIssuedV1.model_validate(given | more), traceparent=traceparent)


def payment_received(
    payment_id: str = "p1",
    *,
    customer_id: str = "c1",
    version: int = 1,
    amount: str = "119.00",
    invoice_id: str | None = "inv-1",
    received_on: str = "2026-03-05",
) -> Event:
    allocations = [{"invoice_id": invoice_id, "money": eur(amount)}] if invoice_id else []
    given = {
        "customer_id": customer_id,
        "payment_id": payment_id,
        "version": version,
        "received_on": received_on,
        "money": eur(amount),
        "allocations": allocations,
    }
    return event(ErpPaymentReceivedV1.model_validate(given))


def payment_reversed(
    payment_id: str = "p1", *, customer_id: str = "c1", version: int = 2, on: str = "2026-03-08", **more: Any
) -> Event:
    given = {"customer_id": customer_id, "payment_id": payment_id, "reversed_on": on, "version": version}
    return event(ErpPaymentReversedV1.model_validate(given | more))


def invoice_cancelled(invoice_id: str = "inv-1", *, customer_id: str = "c1", version: int = 2, **more: Any) -> Event:
    given = {
        "customer_id": customer_id,
        "invoice_id": invoice_id,
        "cancelled_on": "2026-03-08",
        "version": version,
    }
    return event(ErpInvoiceCancelledV1.model_validate(given | more))


def item_adjusted(
    amount: str, adjustment_id: str = "a1", *, invoice_id: str = "inv-1", version: int = 1, **more: Any
) -> Event:
    given = {
        "customer_id": "c1",
        "adjustment_id": adjustment_id,
        "invoice_id": invoice_id,
        "money": eur(amount),
        "on": "2026-03-04",
        "kind": "write_off",
        "version": version,
    }
    return event(ErpItemAdjustedV1.model_validate(given | more))


def credit_note_issued(
    amount: str, credit_note_id: str = "n1", *, invoice_id: str | None = "inv-1", version: int = 1, **more: Any
) -> Event:
    given = {
        "customer_id": "c1",
        "credit_note_id": credit_note_id,
        "issued_on": "2026-03-03",
        "money": eur(amount),
        "allocations": [{"invoice_id": invoice_id, "money": eur(amount)}] if invoice_id else [],
        "version": version,
    }
    return event(ErpCreditNoteIssuedV1.model_validate(given | more))


def credit_note_cancelled(credit_note_id: str = "n1", *, version: int = 2) -> Event:
    given = {"customer_id": "c1", "credit_note_id": credit_note_id, "cancelled_on": "2026-03-08", "version": version}
    return event(ErpCreditNoteCancelledV1.model_validate(given))


def hold_changed(hold_id: str = "h1", *, state: str = "set", version: int = 1, **more: Any) -> Event:
    given = {
        "customer_id": "c1",
        "hold_id": hold_id,
        "state": state,
        "scope": "customer",
        "reason": "legal",
        "version": version,
    }
    return event(ErpHoldChangedV1.model_validate(given | more))


def balances_stated(*opens: tuple[str, str, str], version: int = 1, as_of_at: str = "2026-03-20T12:00:00Z") -> Event:
    items = [
        {"invoice_id": invoice_id, "item_id": item_id, "open": eur(amount)} for invoice_id, item_id, amount in opens
    ]
    given = {"customer_id": "c1", "as_of_at": as_of_at, "items": items, "version": version}
    return event(ErpBalancesStatedV1.model_validate(given))


def payments_checked(until: str = "2026-03-01T06:00:00Z", *, version: int = 1, **more: Any) -> Event:
    return event(ErpPaymentsCheckedV1.model_validate({"seen_until_at": until, "version": version} | more))
