"""The two sides of a reminder: the creditor who is owed, and the customer with the ways to reach them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from notifier.domain.plaintext import one_line


@dataclass(frozen=True, slots=True)
class Contact:
    """One way to reach a customer, with the person behind it as far as known."""

    contact_id: str
    channel: str
    address: str | None = None
    role: str | None = None
    salutation: str | None = None
    title: str | None = None
    given_name: str | None = None
    family_name: str | None = None
    greeting: str | None = None
    language: str | None = None
    is_refused: bool = False
    is_unusable: bool = False
    consent_at: datetime | None = None
    """When the ERP says that consent was given or taken back."""
    since: datetime | None = None
    """When the address was changed, as far as this service saw it; None: it was always so."""

    @property
    def person(self) -> str:
        """The person's name in one line; empty where nobody is named."""
        return one_line(" ".join(part for part in (self.title, self.given_name, self.family_name) if part))


@dataclass(frozen=True, slots=True)
class Customer:
    """The debtor account as the last version told it."""

    customer_id: str
    kind: str
    name: str
    language: str | None
    time_zone: str | None
    contacts: tuple[Contact, ...]
    is_erased: bool = False
    """Everything personal was forgotten; nothing is sent any more."""

    def after(self, before: "Customer | None", told_at: datetime) -> "Customer":
        """The same, with the instants since which its addresses are as they are, told after `before`."""
        if before is None or before.is_erased:
            return self
        known = {(one.channel, one.contact_id): one for one in before.contacts}
        return replace(self, contacts=tuple(_dated(one, known, told_at) for one in self.contacts))


def _dated(contact: Contact, known: "Mapping[tuple[str, str], Contact]", told_at: datetime) -> Contact:
    before = known.get((contact.channel, contact.contact_id))
    is_same = before is not None and before.address == contact.address
    return replace(contact, since=before.since if before is not None and is_same else told_at)


def erased(customer_id: str) -> Customer:
    """What is left of a customer that was erased."""
    return Customer(customer_id, "unknown", "", None, None, (), is_erased=True)


@dataclass(frozen=True, slots=True)
class PostalAddress:
    """Where a creditor sits."""

    lines: tuple[str, ...]
    postal_code: str
    city: str
    country: str


@dataclass(frozen=True, slots=True)
class BankAccount:
    """An account to pay to; `holder` is told letter for letter, payers' banks compare it."""

    account_id: str
    iban: str
    holder: str
    bic: str | None = None
    bank_name: str | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class Creditor:
    """The legal entity that is owed and in whose name every message goes out."""

    creditor_id: str
    legal_name: str
    address: PostalAddress
    time_zone: str
    bank_accounts: tuple[BankAccount, ...] = ()
    register: str | None = None
    directors: tuple[str, ...] = ()
    vat_id: str | None = None
    sepa_creditor_id: str | None = None
    contact_name: str | None = None
    contact_phone: str | None = None
    contact_email: str | None = None
    contact_url: str | None = None
    imprint_url: str | None = None
    privacy_url: str | None = None


@dataclass(frozen=True, slots=True)
class PaymentTerms:
    """How the creditor wants one invoice to be paid."""

    reference: str | None = None
    account_id: str | None = None


def choose_account(creditor: Creditor, currency: str, wanted: tuple[str | None, ...]) -> BankAccount | None:
    """The account that all invoices name, else the first one in the currency, else the first without one."""
    named = set(wanted)
    if len(named) == 1 and None not in named:
        for account in creditor.bank_accounts:
            if account.account_id in named and account.currency in (None, currency):
                return account
    for suits in (currency, None):
        for account in creditor.bank_accounts:
            if account.currency == suits:
                return account
    return None
