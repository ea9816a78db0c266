"""Who is owed and who owes, as far as the page shows them."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class BankAccount:
    """Where to pay."""

    account_id: str
    iban: str
    holder: str
    bic: str | None = None
    bank_name: str | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class Creditor:
    """The legal entity that is owed, with all that a business letter must name."""

    tenant: str
    creditor_id: str
    version: int
    legal_name: str
    time_zone: str
    address_lines: tuple[str, ...] = ()
    country: str | None = None
    register: str | None = None
    directors: tuple[str, ...] = ()
    vat_id: str | None = None
    accounts: tuple[BankAccount, ...] = ()
    contact_name: str | None = None
    phone: str | None = None
    email: str | None = None
    url: str | None = None
    imprint_url: str | None = None
    privacy_url: str | None = None
    language: str | None = None

    def account_for(self, currency: str, wanted: frozenset[str | None]) -> BankAccount | None:
        """The account that all invoices name, else the first in the currency, else the first without one."""
        for account in self.accounts:
            if {account.account_id} == wanted and account.currency in {None, currency}:
                return account
        for suits in (currency, None):
            for account in self.accounts:
                if account.currency == suits:
                    return account
        return None


@dataclass(frozen=True, slots=True)
class Customer:
    """The account that is dunned."""

    tenant: str
    customer_id: str
    version: int
    kind: str
    name: str
    time_zone: str | None = None
    language: str | None = None
    consents: tuple[tuple[str, datetime], ...] = ()
    """Channels that the ERP has a consent for, with the moment at which it was given."""
    erased_on: date | None = None

    def agreed_after(self, channel: str, moment: datetime) -> bool:
        """Did the customer agree to the channel after that moment, as the ERP knows?"""
        return any(name == channel and given_at > moment for name, given_at in self.consents)

    @property
    def shown_name(self) -> str:
        """An organisation by its name; a person by initials only, for links get forwarded and screens get seen."""
        if self.kind in {"business", "public"}:
            return self.name
        return " ".join(f"{word[0].upper()}." for word in self.name.split() if word[0].isalpha())
