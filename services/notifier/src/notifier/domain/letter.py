"""All that one message says, put together before anybody thinks of a format."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from notifier.domain.contact import Recipient
from notifier.domain.epc import Reference, compact, epc_payload, is_creditor_reference
from notifier.domain.greeting import greet
from notifier.domain.party import BankAccount, Creditor, Customer, PaymentTerms, choose_account
from notifier.domain.plaintext import one_line
from notifier.domain.reminder import Reminder

_REFERENCE_CHARACTERS = 140


@dataclass(frozen=True, slots=True)
class Letter:
    """The content of a message about one reminder; texts are single clean lines, amounts and days still data."""

    reminder: Reminder
    creditor: Creditor
    recipient: Recipient
    customer_name: str
    greeting: str
    account: BankAccount | None
    reference: Reference
    epc: str | None
    page_url: str
    as_of_at: datetime


def compose(
    reminder: Reminder,
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
    account = choose_account(creditor, reminder.total.currency, wanted)
    reference = payment_reference(reminder, terms)
    holder = account.holder if account else ""
    return Letter(
        reminder=reminder,
        creditor=creditor,
        recipient=recipient,
        customer_name=one_line(customer.name),
        greeting=greet(customer, recipient.contact),
        account=account,
        reference=reference,
        epc=epc_payload(holder, account.iban, account.bic, reminder.total, reference) if account else None,
        page_url=page_url,
        as_of_at=now.astimezone(_zone(customer.time_zone, creditor.time_zone)),
    )


def payment_reference(reminder: Reminder, terms: Mapping[str, PaymentTerms]) -> Reference:
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
    many = f"Customer {one_line(reminder.customer_id)}, {len(invoices)} invoices"
    return Reference(many[:_REFERENCE_CHARACTERS])


def _zone(*names: str | None) -> ZoneInfo:
    for name in names:
        try:
            return ZoneInfo(name or "")
        except (ZoneInfoNotFoundError, ValueError):
            continue
    return ZoneInfo("UTC")
