"""Facts and commands from the bus as the domain's own values."""

from datetime import date
from uuid import UUID

from kulant_chassis.received import Received
from kulant_contracts.envelope import EventData
from kulant_contracts.invoice import CreditorChangedV1, CustomerChangedV1, InvoiceRegisteredV1
from kulant_contracts.money import Money
from kulant_contracts.party import Contact as WireContact
from kulant_contracts.reminder import ReminderItem, ReminderRequestedV1
from kulant_contracts.response import (
    ResponseChannelPreferredV1,
    ResponseContactCorrectedV1,
    ResponseContactRefusedV1,
    ResponseRepresentedV1,
    ResponseWrongPersonV1,
)
from notifier.domain.amount import Amount
from notifier.domain.own_words import Correction, Preference, Refusal, Representation, Word
from notifier.domain.party import BankAccount, Contact, Creditor, Customer, PaymentTerms, PostalAddress
from notifier.domain.reminder import Cost, Credit, Line, NextStep, Reminder, ReturnedPayment, SaidBefore
from notifier.usecases.ports import Trace


def reminder_from(tenant: str, reminder_id: UUID, data: ReminderRequestedV1) -> Reminder:
    """The command as the notifier keeps it."""
    return Reminder(
        reminder_id=reminder_id,
        tenant=tenant,
        customer_id=data.customer_id,
        creditor_id=data.creditor_id,
        case_id=data.case_id,
        kind=data.kind,
        stage=data.stage.code,
        channels=data.channels,
        language=data.language,
        lines=tuple(_line(item) for item in data.items),
        items_total=_amount(data.items_total),
        costs=tuple(Cost(cost.cost_id, _amount(cost.money), cost.explanation) for cost in data.costs),
        credits=tuple(
            Credit(_amount(credit.money), credit.note, credit.code, credit.item_id, credit.invoice_id)
            for credit in data.credits
        ),
        total=_amount(data.total),
        deadline_on=data.deadline_on,
        next_step=NextStep(data.next_step.code, data.next_step.not_before_on),
        not_before_at=data.not_before_at,
        not_after_at=data.not_after_at,
        seen=dict(data.seen),
        stage_number=data.stage.number,
        tone=data.stage.tone,
        about=_said(data),
        payment_returned=_returned(data),
        contact_id=data.contact_id,
    )


def _said(data: ReminderRequestedV1) -> SaidBefore | None:
    said = data.about
    if said is None:
        return None
    return SaidBefore(said.said_on, said.on, _amount(said.money) if said.money else None)


def _returned(data: ReminderRequestedV1) -> ReturnedPayment | None:
    returned = data.payment_returned
    if returned is None:
        return None
    return ReturnedPayment(returned.on, returned.is_direct_debit, returned.recollect_on)


def customer_from(data: CustomerChangedV1) -> Customer:
    """The customer with its contacts."""
    return Customer(
        customer_id=data.customer_id,
        kind=data.kind,
        name=data.legal_name or data.name,
        language=data.language,
        time_zone=data.time_zone,
        contacts=tuple(_contact(contact) for contact in data.contacts),
    )


def creditor_from(data: CreditorChangedV1) -> Creditor:
    """The creditor as it signs its letters."""
    return Creditor(
        creditor_id=data.creditor_id,
        legal_name=data.legal_name,
        address=PostalAddress(data.address.lines, data.address.postal_code, data.address.city, data.address.country),
        time_zone=data.time_zone,
        bank_accounts=tuple(
            BankAccount(one.account_id, one.iban, one.holder, one.bic, one.bank_name, one.currency)
            for one in data.bank_accounts
        ),
        register=data.register_entry,
        directors=data.directors,
        vat_id=data.vat_id,
        sepa_creditor_id=data.sepa_creditor_id,
        contact_name=data.contact.name,
        contact_phone=data.contact.phone,
        contact_email=data.contact.email,
        contact_url=data.contact.url,
        imprint_url=data.imprint_url,
        privacy_url=data.privacy_url,
    )


def terms_from(data: InvoiceRegisteredV1) -> PaymentTerms:
    """How the invoice wants to be paid."""
    return PaymentTerms(data.payment.reference, data.payment.account_id) if data.payment else PaymentTerms()


def word_from(data: EventData) -> Word | None:
    """What a response says about reaching the customer; None where it says nothing about that."""
    match data:
        case ResponseContactRefusedV1():
            return Refusal(data.refused_channel, data.contact_id, data.said_at)
        case ResponseWrongPersonV1():
            return Refusal(data.reached_channel, data.contact_id, data.said_at)
        case ResponseContactCorrectedV1(address=str() as address):
            return Correction(data.corrected_channel, data.contact_id, address, data.said_at)
        case ResponseChannelPreferredV1():
            return Preference(data.preferred_channel, data.said_at)
        case ResponseRepresentedV1():
            return Representation(data.said_at)
    return None


def trace_of(received: Received) -> Trace:
    """What the outcome of this command continues."""
    cause = received.cause
    return Trace(cause.traceparent, cause.tracestate, cause.correlationid, cause.causationid)


def _line(item: ReminderItem) -> Line:
    issued_on: date | None = item.issued_on
    return Line(
        item_id=item.item_id,
        invoice_id=item.invoice_id,
        number=item.number,
        issued_on=issued_on,
        due_on=item.due_on,
        amount=_amount(item.amount),
        open=_amount(item.open),
        days_overdue=item.days_overdue,
        stage=item.stage,
    )


def _contact(contact: WireContact) -> Contact:
    return Contact(
        contact_id=contact.contact_id,
        channel=contact.channel,
        address=contact.address,
        role=contact.role,
        salutation=contact.salutation,
        title=contact.title,
        given_name=contact.given_name,
        family_name=contact.family_name,
        greeting=contact.greeting,
        language=contact.language,
        is_refused=contact.consent is not None and not contact.consent.given,
        consent_at=contact.consent.at if contact.consent is not None else None,
        is_unusable=bool(contact.unusable),
    )


def _amount(money: Money) -> Amount:
    return Amount(money.amount_minor, money.currency)
