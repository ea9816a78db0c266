"""What facts on the bus mean to the engine."""

from collections.abc import Sequence
from datetime import datetime

from dunning_engine.bus.answers import answer_of, uuid_of
from dunning_engine.domain.answers import Hold, PriorDunning, ReturnedPayment
from dunning_engine.domain.facts import Credit, Creditor, Customer, Delivery, Item, Tenant
from dunning_engine.domain.learned import (
    AnswerLearned,
    CreditLearned,
    CreditorLearned,
    CustomerErasedLearned,
    CustomerLearned,
    DeliveryLearned,
    HoldLearned,
    ItemLearned,
    Learned,
    PaymentsCheckedLearned,
    TenantLearned,
)
from dunning_engine.usecases.ports import Occasion
from kulant_chassis.received import Poison, Received
from kulant_contracts.delivery import DeliveryEventData
from kulant_contracts.envelope import Event
from kulant_contracts.invoice import (
    CreditChangedV1,
    CreditorChangedV1,
    CustomerChangedV1,
    CustomerErasedV1,
    HoldChangedV1,
    InvoiceCancelledV1,
    InvoiceRegisteredV1,
    ItemEventData,
    ItemState,
    PaymentsCheckedV1,
    TenantChangedV1,
)
from kulant_contracts.response import ResponseEventData
from kulant_contracts.terms import PaymentReturned
from kulant_contracts.terms import PriorDunning as PriorDunningOnTheWire

_KIND_PREFIX = "kulant.delivery."


def learn(received: Received) -> list[Learned]:
    """What one fact tells. Raises Poison for one that means nothing here, whatever one waits for."""
    data = received.event.data
    match data:
        case InvoiceRegisteredV1() | InvoiceCancelledV1():
            return [_item_learned(received, item) for item in data.items]
        case ItemEventData():
            return [_item_learned(received, data)]
        case DeliveryEventData():
            return [_delivery(received, data)]
        case ResponseEventData():
            answer = answer_of(data)
            return [AnswerLearned(received.key, answer)] if answer is not None else []
        case _:
            return [_changed(received)]


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


def _changed(received: Received) -> Learned:
    key, envelope, data = received.key, received.event.envelope, received.event.data
    match data:
        case TenantChangedV1():
            return _tenant(envelope.tenantid, data)
        case CreditorChangedV1():
            creditor = Creditor(data.creditor_id, data.address.country, data.region, data.language)
            return CreditorLearned(envelope.tenantid, creditor, data.version)
        case PaymentsCheckedV1():
            return PaymentsCheckedLearned(envelope.tenantid, data.creditor_id, data.seen_until_at, data.version)
        case CustomerChangedV1():
            return CustomerLearned(key, _customer(data))
        case CustomerErasedV1():
            return CustomerErasedLearned(key, data.version)
        case CreditChangedV1():
            credit = Credit(data.creditor_id, data.money.currency, data.money.amount_minor)
            return CreditLearned(key, credit, data.version)
        case HoldChangedV1():
            return HoldLearned(key, _hold(data, envelope.time), data.state == "set", data.version)
        case _:
            raise Poison(received, f"{data.TYPE} means nothing here")


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
        kind=data.kind,
        profile=dict(data.profile),
        consented_at=_consented_at(data),
    )


def _consented_at(data: CustomerChangedV1) -> dict[str, datetime]:
    latest: dict[str, datetime] = {}
    for contact in data.contacts:
        consent = contact.consent
        if consent is not None and consent.given:
            latest[contact.channel] = max(latest.get(contact.channel, consent.at), consent.at)
    return latest


def _hold(data: HoldChangedV1, told_at: datetime) -> Hold:
    return Hold(
        hold_id=data.hold_id,
        scope=data.scope,
        scope_id=data.scope_id,
        reason=data.reason,
        until_on=data.until_on,
        invoice_id=data.invoice_id,
        amount_minor=data.money.amount_minor if data.money else None,
        currency=data.money.currency if data.money else None,
        set_at=told_at,
        is_set=data.state == "set",
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
        direct_debit_on=data.direct_debit.collect_on if data.direct_debit else None,
        returned=_returned(data.payment_returned),
        prior=_prior(data.dunning),
        is_opening=bool(data.opening),
        corrected_minor=data.corrected.amount_minor if data.corrected else None,
    )


def _returned(data: PaymentReturned | None) -> ReturnedPayment | None:
    if data is None:
        return None
    return ReturnedPayment(
        payment_id=data.payment_id,
        on=data.on,
        is_direct_debit=data.is_direct_debit,
        bank_fee_minor=data.bank_fee.amount_minor if data.bank_fee else None,
        mandate_usable=data.mandate_usable,
        recollect_on=data.recollect_on,
    )


def _prior(data: PriorDunningOnTheWire | None) -> PriorDunning | None:
    return PriorDunning(data.stage, data.last_sent_on, data.deadline_on) if data is not None else None


def _delivery(received: Received, data: DeliveryEventData) -> DeliveryLearned:
    reminder_id = uuid_of(data.reminder_id)
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
        delivery_id=data.delivery_id,
        contact_id=getattr(data, "contact_id", None),
    )
    return DeliveryLearned(received.key, data.delivery_id, delivery)
