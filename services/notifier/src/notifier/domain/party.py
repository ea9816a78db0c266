"""The two sides of a reminder: the creditor who is owed, and the customer with the ways to reach them."""

from dataclasses import dataclass

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
