"""What facts on the bus mean to the engine."""

from collections.abc import Sequence
from uuid import UUID

from dunning_engine.domain.answers import About, Hold, PaymentClaim, Promise
from dunning_engine.domain.facts import Creditor, Customer, Delivery, Item, Tenant
from dunning_engine.domain.learned import (
    AnswerLearned,
    CreditorLearned,
    CustomerLearned,
    DeliveryLearned,
    HoldLearned,
    ItemLearned,
    Learned,
    TenantLearned,
)
from dunning_engine.usecases.ports import Occasion
from kulant_chassis.received import Poison, Received
from kulant_contracts.delivery import DeliveryEventData
from kulant_contracts.envelope import Event
from kulant_contracts.invoice import (
    CreditorChangedV1,
    CustomerChangedV1,
    HoldChangedV1,
    InvoiceRegisteredV1,
    ItemEventData,
    ItemState,
    TenantChangedV1,
)
from kulant_contracts.response import ResponseEventData, ResponsePaymentClaimedV1, ResponsePromiseMadeV1

_KIND_PREFIX = "kulant.delivery."


def learn(received: Received) -> list[Learned]:
    """What one fact tells. Raises Poison for one that means nothing here, whatever one waits for."""
    key, tenant, data = received.key, received.event.envelope.tenantid, received.event.data
    match data:
        case TenantChangedV1():
            return [_tenant(tenant, data)]
        case CreditorChangedV1():
            creditor = Creditor(data.creditor_id, data.address.country, data.region, data.language)
            return [CreditorLearned(tenant, creditor, data.version)]
        case CustomerChangedV1():
            return [CustomerLearned(key, _customer(data))]
        case InvoiceRegisteredV1():
            return [_item_learned(received, item) for item in data.items]
        case ItemEventData():
            return [_item_learned(received, data)]
        case HoldChangedV1():
            hold = Hold(data.hold_id, data.scope, data.scope_id, data.reason, data.until_on)
            return [HoldLearned(key, hold, data.state == "set", data.version)]
        case DeliveryEventData():
            return [_delivery(received, data)]
        case ResponsePromiseMadeV1() | ResponsePaymentClaimedV1():
            return [AnswerLearned(key, _answer(data))]
        case _:
            raise Poison(received, f"{data.TYPE} means nothing here")


def occasions(batch: Sequence[Received]) -> list[Occasion]:
    """One occasion per customer that the batch is about; its last fact is the cause of what follows."""
    by_key: dict[str, list[Received]] = {}
    for received in batch:
        if "/" in received.key:
            by_key.setdefault(received.key, []).append(received)
    return [
        Occasion(
            key=key,
            tenant=facts[-1].event.envelope.tenantid,
            cause=facts[-1].cause,
            types=tuple(dict.fromkeys(fact.event.data.TYPE for fact in facts)),
            event_ids=tuple(fact.event.envelope.id for fact in facts),
        )
        for key, facts in by_key.items()
    ]


def invoice_ids(event: Event) -> tuple[str, ...]:
    """The invoices that a fact is about, as far as it names them."""
    invoice_id = getattr(event.data, "invoice_id", None)
    return (invoice_id,) if isinstance(invoice_id, str) else ()


def _tenant(slug: str, data: TenantChangedV1) -> TenantLearned:
    return TenantLearned(
        slug=slug,
        tenant=Tenant(data.country, data.region),
        mode=data.mode,
        test_now_at=data.test_now_at,
        version=data.version,
        settings_version=data.settings_version,
    )


def _customer(data: CustomerChangedV1) -> Customer:
    return Customer(
        customer_id=data.customer_id,
        version=data.version,
        time_zone=data.time_zone,
        country=data.country,
        region=data.region,
        language=data.language,
        policy_code=data.policy,
    )


def _item_learned(received: Received, data: ItemState) -> ItemLearned:
    cause = received.cause
    return ItemLearned(received.key, _item(data), cause.traceparent, cause.correlationid, cause.causationid)


def _item(data: ItemState) -> Item:
    return Item(
        item_id=data.item_id,
        invoice_id=data.invoice_id,
        creditor_id=data.creditor_id,
        number=data.number,
        issued_on=data.issued_on,
        due_on=data.due_on,
        currency=data.amount.currency,
        amount_minor=data.amount.amount_minor,
        open_minor=data.open.amount_minor,
        state=data.state,
        version=data.version,
    )


def _delivery(received: Received, data: DeliveryEventData) -> DeliveryLearned:
    reminder_id = _uuid(data.reminder_id)
    if reminder_id is None:
        raise Poison(received, "reminder_id is not one that this service gives")
    delivery = Delivery(
        reminder_id=reminder_id,
        kind=data.TYPE.removeprefix(_KIND_PREFIX).rsplit(".", 1)[0],
        at=data.at,
        channel=data.channel,
        reason=data.reason,
        deadline_on=data.deadline_on,
        seen=getattr(data, "seen", {}),
    )
    return DeliveryLearned(received.key, data.delivery_id, delivery)


def _answer(data: ResponsePromiseMadeV1 | ResponsePaymentClaimedV1) -> Promise | PaymentClaim:
    about = About(data.item_id, data.money.currency if data.money else None, _answered(data))
    if isinstance(data, ResponsePaymentClaimedV1):
        return PaymentClaim(data.response_id, data.said_at, about)
    amount_minor = data.money.amount_minor if data.money else None
    return Promise(data.response_id, data.said_at, data.on, about, amount_minor)


def _answered(data: ResponseEventData) -> UUID | None:
    return _uuid(data.reminder_id) if data.reminder_id is not None else None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
