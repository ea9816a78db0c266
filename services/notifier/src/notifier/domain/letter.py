"""All that one message says, put together before anybody thinks of a format."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from notifier.domain.amount import Amount
from notifier.domain.contact import Recipient
from notifier.domain.epc import Reference, compact, epc_payload, is_creditor_reference
from notifier.domain.greeting import greet
from notifier.domain.message import Message
from notifier.domain.party import BankAccount, Creditor, Customer, PaymentTerms, choose_account
from notifier.domain.plaintext import one_line
from notifier.domain.reminder import Reminder

LANGUAGES = ("en", "de")
"""Languages that there are words in; the first one stands for all others."""

_REFERENCE_CHARACTERS = 140


@dataclass(frozen=True, slots=True)
class Letter:
    """The content of a message about one reminder; texts are single clean lines, amounts and days still data."""

    reminder: Reminder
    message: Message
    language: str
    creditor: Creditor
    recipient: Recipient
    customer_name: str
    greeting: str
    to_pay: Amount
    """What the transfer would be of; may be less or more than `reminder.total`, see `amount_to_pay`."""
    account: BankAccount | None
    reference: Reference
    epc: str | None
    page_url: str
    as_of_at: datetime

    @property
    def shows_payment(self) -> bool:
        """Does it say how to pay? Only what there is to pay."""
        return self.message.shows_payment and self.to_pay.amount_minor > 0


def compose(
    reminder: Reminder,
    message: Message,
    *,
    creditor: Creditor,
    customer: Customer,
    recipient: Recipient,
    terms: Mapping[str, PaymentTerms],
    page_url: str,
    now: datetime,
) -> Letter:
    """The letter as of `now`, the tenant's time, told in the customer's zone."""
    wanted = tuple(terms.get(invoice_id, PaymentTerms()).account_id for invoice_id in reminder.invoice_ids)
    to_pay = amount_to_pay(reminder)
    account = choose_account(creditor, to_pay.currency, wanted)
    language = language_of(reminder.language)
    reference = payment_reference(reminder, terms, language)
    holder = account.holder if account else ""
    return Letter(
        reminder=reminder,
        message=message,
        language=language,
        creditor=creditor,
        recipient=recipient,
        customer_name=one_line(customer.name),
        greeting=greet(customer, recipient.contact, language, is_warm=message.is_warm),
        to_pay=to_pay,
        account=account,
        reference=reference,
        epc=epc_payload(holder, account.iban, account.bic, to_pay, reference) if account else None,
        page_url=page_url,
        as_of_at=now.astimezone(_zone(customer.time_zone, creditor.time_zone)),
    )


def language_of(wanted: str) -> str:
    """The language of the words: that of the command where there are words in it, else English."""
    primary = wanted.partition("-")[0].lower()
    return primary if primary in LANGUAGES else LANGUAGES[0]


def amount_to_pay(reminder: Reminder) -> Amount:
    """What a transfer would be of: the total; for a promise that is confirmed, what was promised.

    A promised part rests, so that the total of its confirmation does not hold it.
    """
    if reminder.kind != "promise_note":
        return reminder.total
    if reminder.about and reminder.about.money:
        return reminder.about.money
    return reminder.total if reminder.total.amount_minor > 0 else reminder.items_total


def payment_reference(reminder: Reminder, terms: Mapping[str, PaymentTerms], language: str) -> Reference:
    """What to write into the transfer: the creditor's own reference for one invoice, else the invoices' numbers.

    Numbers that do not fit are never cut in the middle: the customer's id with their count stands instead.
    """
    invoices = reminder.invoice_ids
    own = terms.get(invoices[0], PaymentTerms()).reference if len(invoices) == 1 else None
    if own:
        if is_creditor_reference(compact(own)):
            return Reference(compact(own), is_structured=True)
        if 1 <= len(text := one_line(own)) <= _REFERENCE_CHARACTERS:
            return Reference(text)
    numbers = ", ".join(dict.fromkeys(one_line(line.number) for line in reminder.lines))
    if 1 <= len(numbers) <= _REFERENCE_CHARACTERS:
        return Reference(numbers)
    is_german = language == "de"
    many = f"{'Kunde' if is_german else 'Customer'} {one_line(reminder.customer_id)}"
    if invoices:
        many += f", {len(invoices)} {'Rechnungen' if is_german else 'invoices'}"
    return Reference(many[:_REFERENCE_CHARACTERS])


def _zone(*names: str | None) -> ZoneInfo:
    for name in names:
        try:
            return ZoneInfo(name or "")
        except (ZoneInfoNotFoundError, ValueError):
            continue
    return ZoneInfo("UTC")
