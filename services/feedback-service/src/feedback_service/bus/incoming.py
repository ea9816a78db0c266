"""Events of other services as the facts that the page needs."""

from collections.abc import Iterable
from uuid import UUID

from feedback_service.bus.cases import case_facts
from feedback_service.domain.fact import CustomerErased, Fact, MessageSent, ReminderRequested
from feedback_service.domain.item import Item, ItemKey
from feedback_service.domain.party import BankAccount, Creditor, Customer
from feedback_service.domain.reminder import NextStep, Origin, Reminder
from feedback_service.domain.standing import Credit, Hold
from kulant_chassis.received import Poison, Received
from kulant_contracts import party
from kulant_contracts.case import CaseEventData
from kulant_contracts.delivery import DeliverySentV1
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
)
from kulant_contracts.reminder import ReminderItem, ReminderRequestedV1


def facts_of(received: Received) -> Iterable[Fact]:
    """The facts in one event; none where the page does not need it. Raises Poison."""
    tenant, data = received.event.envelope.tenantid, received.event.data
    match data:
        case ReminderRequestedV1():
            return [_reminder(received, data)]
        case DeliverySentV1():
            return [_sent(received, data)]
        case CaseEventData():
            return case_facts(tenant, data, received.event.envelope.sequence or 0)
    return _of_invoices(tenant, data)


def _of_invoices(tenant: str, data: object) -> Iterable[Fact]:
    match data:
        case ItemEventData():
            return [_item(tenant, data)]
        case InvoiceRegisteredV1() | InvoiceCancelledV1():
            return [_item(tenant, item) for item in data.items]
        case CustomerChangedV1():
            return [_customer(tenant, data)]
        case CreditorChangedV1():
            return [_creditor(tenant, data)]
        case CreditChangedV1():
            money = data.money
            return [
                Credit(tenant, data.customer_id, data.creditor_id, money.currency, money.amount_minor, data.version)
            ]
        case HoldChangedV1():
            return [_hold(tenant, data)]
        case CustomerErasedV1():
            return [CustomerErased(tenant, data.customer_id, data.version, data.erased_on)]
    return []


def _item(tenant: str, item: ItemState) -> Item:
    return Item(
        tenant=tenant,
        customer_id=item.customer_id,
        item_id=item.item_id,
        invoice_id=item.invoice_id,
        creditor_id=item.creditor_id,
        number=item.number,
        issued_on=item.issued_on,
        due_on=item.due_on,
        currency=item.amount.currency,
        amount_minor=item.amount.amount_minor,
        open_minor=item.open.amount_minor,
        state=item.state,
        version=item.version,
        reference=item.payment_reference,
        account_id=item.account_id,
    )


def _customer(tenant: str, data: CustomerChangedV1) -> Customer:
    consents = tuple(
        (contact.channel, contact.consent.at)
        for contact in data.contacts
        if contact.consent is not None and contact.consent.given
    )
    return Customer(
        tenant, data.customer_id, data.version, data.kind, data.name, data.time_zone, data.language, consents
    )


def _hold(tenant: str, data: HoldChangedV1) -> Hold:
    return Hold(
        tenant=tenant,
        customer_id=data.customer_id,
        source="erp",
        hold_id=data.hold_id,
        version=data.version,
        is_set=data.state == "set",
        scope=data.scope,
        reason=data.reason,
        scope_id=data.scope_id,
        invoice_id=data.invoice_id,
        amount_minor=data.money.amount_minor if data.money else None,
        currency=data.money.currency if data.money else None,
        until_on=data.until_on,
    )


def _creditor(tenant: str, data: CreditorChangedV1) -> Creditor:
    return Creditor(
        tenant=tenant,
        creditor_id=data.creditor_id,
        version=data.version,
        legal_name=data.legal_name,
        time_zone=data.time_zone,
        address_lines=(*data.address.lines, f"{data.address.postal_code} {data.address.city}"),
        country=data.address.country,
        register=data.register_entry,
        directors=data.directors,
        vat_id=data.vat_id,
        accounts=tuple(_account(account) for account in data.bank_accounts),
        contact_name=data.contact.name,
        phone=data.contact.phone,
        email=data.contact.email,
        url=data.contact.url,
        imprint_url=data.imprint_url,
        privacy_url=data.privacy_url,
        language=data.language,
    )


def _account(account: party.BankAccount) -> BankAccount:
    return BankAccount(
        account.account_id, account.iban, account.holder, account.bic, account.bank_name, account.currency
    )


def _reminder(received: Received, data: ReminderRequestedV1) -> ReminderRequested:
    envelope, cause = received.event.envelope, received.cause
    reminder = Reminder(
        reminder_id=_uuid(received, data.reminder_id),
        tenant=envelope.tenantid,
        customer_id=data.customer_id,
        creditor_id=data.creditor_id,
        case_id=data.case_id,
        currency=data.currency,
        keys=tuple(ItemKey(item.invoice_id, item.item_id) for item in data.items),
        not_before_at=data.not_before_at,
        kind=data.kind,
        stage_code=data.stage.code,
        language=data.language,
        total_minor=data.total.amount_minor,
        channels=data.channels,
        deadline_on=data.deadline_on,
        next_step=NextStep(data.next_step.code, data.next_step.not_before_on),
        origin=Origin(envelope.id, cause.correlationid, cause.traceparent),
    )
    return ReminderRequested(reminder, tuple(_as_reminded(reminder, item) for item in data.items))


def _as_reminded(reminder: Reminder, item: ReminderItem) -> Item:
    return Item(
        tenant=reminder.tenant,
        customer_id=reminder.customer_id,
        item_id=item.item_id,
        invoice_id=item.invoice_id,
        creditor_id=reminder.creditor_id,
        number=item.number,
        issued_on=item.issued_on,
        due_on=item.due_on,
        currency=reminder.currency,
        amount_minor=item.amount.amount_minor,
        open_minor=item.open.amount_minor,
        state="open",
        version=0,
    )


def _sent(received: Received, data: DeliverySentV1) -> MessageSent:
    return MessageSent(
        tenant=received.event.envelope.tenantid,
        delivery_id=data.delivery_id,
        reminder_id=_uuid(received, data.reminder_id),
        sent_at=data.at,
        channel=data.channel,
        contact_id=data.contact_id,
        total_minor=data.total.amount_minor if data.total else None,
        deadline_on=data.deadline_on,
    )


def _uuid(received: Received, text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Poison(received, "an id that must be a UUID is none") from None
