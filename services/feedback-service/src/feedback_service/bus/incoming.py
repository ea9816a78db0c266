"""Events of other services as the facts that the page needs."""

from collections.abc import Iterable
from uuid import UUID

from feedback_service.domain.fact import Fact, MessageSent, PromiseTakenUp, ReminderRequested
from feedback_service.domain.item import Item
from feedback_service.domain.party import BankAccount, Creditor, Customer
from feedback_service.domain.reminder import Origin, Reminder
from kulant_chassis.received import Poison, Received
from kulant_contracts import party
from kulant_contracts.case import CasePromiseMadeV1
from kulant_contracts.delivery import DeliverySentV1
from kulant_contracts.invoice import CreditorChangedV1, CustomerChangedV1, InvoiceRegisteredV1, ItemEventData, ItemState
from kulant_contracts.reminder import ReminderItem, ReminderRequestedV1


def facts_of(received: Received) -> Iterable[Fact]:
    """The facts in one event; none where the page does not need it. Raises Poison."""
    tenant, data = received.event.envelope.tenantid, received.event.data
    match data:
        case ItemEventData():
            return [_item(tenant, data)]
        case InvoiceRegisteredV1():
            return [_item(tenant, item) for item in data.items]
        case CustomerChangedV1():
            return [Customer(tenant, data.customer_id, data.version, data.kind, data.name, data.time_zone)]
        case CreditorChangedV1():
            return [_creditor(tenant, data)]
        case ReminderRequestedV1():
            return [_reminder(received, data)]
        case DeliverySentV1():
            return [MessageSent(tenant, data.delivery_id, _uuid(received, data.reminder_id), data.at)]
        case CasePromiseMadeV1():
            return _taken_up(tenant, data)
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
        item_ids=tuple(item.item_id for item in data.items),
        invoice_ids=tuple(dict.fromkeys(item.invoice_id for item in data.items)),
        not_before_at=data.not_before_at,
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


def _taken_up(tenant: str, data: CasePromiseMadeV1) -> Iterable[Fact]:
    try:
        return [PromiseTakenUp(tenant, UUID(data.promise_id))]
    except ValueError:  # a promise that was not made here
        return []


def _uuid(received: Received, text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Poison(received, "an id that must be a UUID is none") from None
