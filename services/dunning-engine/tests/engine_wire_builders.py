"""Facts on the wire with sensible defaults, as the other services would give them out."""

from datetime import UTC, date, datetime
from uuid import uuid4

from kulant_chassis.received import Received
from kulant_chassis.transaction import Cause
from kulant_contracts.delivery import DeliverySentV1, DeliverySuppressedV1
from kulant_contracts.envelope import Envelope, Event, EventData, key_of
from kulant_contracts.invoice import (
    CreditorChangedV1,
    CustomerChangedV1,
    HoldChangedV1,
    InvoiceRegisteredV1,
    ItemBalanceChangedV1,
    ItemOverdueV1,
    ItemSettledV1,
    ItemState,
    PaymentsCheckedV1,
    TenantChangedV1,
)
from kulant_contracts.money import Money
from kulant_contracts.party import Address, Reach
from kulant_contracts.response import (
    ResponseDisputedV1,
    ResponsePaymentClaimedV1,
    ResponsePromiseMadeV1,
    ResponseQuestionAskedV1,
)

TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
FIRST_DAY = datetime(2026, 3, 2, 11, tzinfo=UTC)


def eur(amount: str) -> Money:
    return Money(amount=amount, currency="EUR")


def tenant_changed(now_at: datetime | None = FIRST_DAY, version: int = 1, **changes) -> TenantChangedV1:
    given = {
        "version": version,
        "name": "Acme",
        "mode": "test" if now_at else "live",
        "time_zone": "Europe/Berlin",
        "country": "DE",
        "test_now_at": now_at,
        "settings_version": 1,
    }
    return TenantChangedV1(**(given | changes))


def creditor_changed(**changes) -> CreditorChangedV1:
    given = {
        "version": 1,
        "creditor_id": "main",
        "legal_name": "Acme GmbH",
        "address": Address(lines=("Weg 1",), postal_code="10115", city="Berlin", country="DE"),
        "contact": Reach(),
        "language": "en",
        "time_zone": "Europe/Berlin",
    }
    return CreditorChangedV1(**(given | changes))


def customer_changed(**changes) -> CustomerChangedV1:
    given = {
        "version": 1,
        "customer_id": "c-1",
        "kind": "business",
        "name": "Muster AG",
        "time_zone": "Europe/Berlin",
        "country": "DE",
    }
    return CustomerChangedV1(**(given | changes))


def state(**changes) -> dict:
    """An item that was due on Monday 2 March 2026; its first stage begins on Saturday the 7th."""
    given = {
        "item_id": "1",
        "invoice_id": "inv-1",
        "customer_id": "c-1",
        "creditor_id": "main",
        "number": "R-1",
        "issued_on": date(2026, 2, 1),
        "due_on": date(2026, 3, 2),
        "amount": eur("119.00"),
        "open": eur("119.00"),
        "state": "overdue",
        "version": 2,
    }
    return given | changes


def invoice_registered(**changes) -> InvoiceRegisteredV1:
    item = ItemState(**state(**{"state": "open", "version": 1, **changes}))
    return InvoiceRegisteredV1(
        version=1,
        creditor_id=item.creditor_id,
        customer_id=item.customer_id,
        invoice_id=item.invoice_id,
        number=item.number,
        issued_on=item.issued_on,
        currency=item.amount.currency,
        total=item.amount,
        items=(item,),
    )


def item_overdue(**changes) -> ItemOverdueV1:
    return ItemOverdueV1(**state(**changes))


def item_settled(**changes) -> ItemSettledV1:
    return ItemSettledV1(**state(**{"open": eur("0.00"), "state": "settled", "version": 3, **changes}))


def balance_changed(open_: str, version: int = 3, **changes) -> ItemBalanceChangedV1:
    return ItemBalanceChangedV1(**state(open=eur(open_), version=version, **changes))


def hold_changed(**changes) -> HoldChangedV1:
    given = {
        "version": 1,
        "customer_id": "c-1",
        "hold_id": "h-1",
        "state": "set",
        "scope": "customer",
        "reason": "manual",
    }
    return HoldChangedV1(**(given | changes))


def promise_made(on: date, **changes) -> ResponsePromiseMadeV1:
    given = {
        "response_id": "resp-1",
        "customer_id": "c-1",
        "channel": "page",
        "said_at": FIRST_DAY,
        "on": on,
        "money": eur("119.00"),
    }
    return ResponsePromiseMadeV1(**(given | changes))


def payment_claimed(**changes) -> ResponsePaymentClaimedV1:
    given = {"response_id": "resp-2", "customer_id": "c-1", "channel": "page", "said_at": FIRST_DAY}
    return ResponsePaymentClaimedV1(**(given | changes))


def disputed(**changes) -> ResponseDisputedV1:
    given = {
        "response_id": "resp-3",
        "customer_id": "c-1",
        "channel": "page",
        "said_at": FIRST_DAY,
        "reason": "defective",
    }
    return ResponseDisputedV1(**(given | changes))


def question_asked(**changes) -> ResponseQuestionAskedV1:
    given = {"response_id": "resp-4", "customer_id": "c-1", "channel": "page", "said_at": FIRST_DAY}
    return ResponseQuestionAskedV1(**(given | changes))


def payments_checked(seen_until_at: datetime, version: int = 1, creditor_id: str = "main") -> PaymentsCheckedV1:
    return PaymentsCheckedV1(version=version, creditor_id=creditor_id, seen_until_at=seen_until_at)


def sent(reminder, at: datetime, **changes) -> DeliverySentV1:
    given = {"contact_id": "mail-1", "gateway": "smtp", "deadline_on": reminder.deadline_on}
    return DeliverySentV1(**(_delivery(reminder, at) | given | changes))


def suppressed(reminder, at: datetime, reason: str, **changes) -> DeliverySuppressedV1:
    return DeliverySuppressedV1(**(_delivery(reminder, at) | {"reason": reason} | changes))


def _delivery(reminder, at: datetime) -> dict:
    return {
        "delivery_id": f"d-{reminder.reminder_id}",
        "reminder_id": reminder.reminder_id,
        "case_id": getattr(reminder, "case_id", "case"),
        "customer_id": reminder.customer_id,
        "channel": "email",
        "at": at,
    }


def source_of(data: EventData) -> str:
    """Which service gives this fact out."""
    area = data.TYPE.split(".")[1]
    return {"delivery": "/kulant/notifier", "response": "/kulant/feedback-service"}.get(area, "/kulant/invoice-service")


def received(data: EventData, sequence: int = 1) -> Received:
    """A fact as a batch hands it to its handler."""
    key = key_of("acme", data)
    envelope = Envelope(
        id=str(uuid4()),
        source=source_of(data),
        type=data.TYPE,
        time=datetime(2026, 3, 1, tzinfo=UTC),
        tenantid="acme",
        partitionkey=key,
        sequence=sequence,
    )
    return Received(Event(envelope, data), key, data.TOPIC, 0, 0, Cause(TRACE, None, "c", envelope.id), None)
