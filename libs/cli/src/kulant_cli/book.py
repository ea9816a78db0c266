"""What a run is about: one creditor, its customers, their invoices and the payments planned for them."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

Salutation = Literal["ms", "mr", "none"]
CustomerKind = Literal["business", "consumer", "public", "unknown"]


class Habit(StrEnum):
    """How a simulated customer deals with an invoice that it does not pay on time."""

    PUNCTUAL = "punctual"  # always pays on time
    SLOW = "slow"  # a few days late, before any reminder
    REMINDED = "reminded"  # pays some days after the reminder
    PROMISING = "promising"  # promises on the page and keeps the promise
    BREAKING = "breaking"  # promises on the page and does not pay
    CLAIMING = "claiming"  # says on the page that it has paid; the money arrives later
    SILENT = "silent"  # neither pays nor answers
    PARTIAL = "partial"  # pays a part before the reminder, the rest after it
    CROSSING = "crossing"  # its payment arrives on the morning on which its reminder would be sent
    RACING = "racing"  # its payment arrives while its reminder is on its way to being sent


@dataclass(frozen=True, slots=True)
class Place:
    """Where a party lives, and by whose clock and holidays."""

    city: str
    postal_code: str
    country: str
    region: str | None
    time_zone: str


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a letter greets."""

    salutation: Salutation
    given_name: str
    family_name: str


@dataclass(frozen=True, slots=True)
class BankAccount:
    """One account of the creditor; the IBANs are published samples."""

    account_id: str
    iban: str
    bic: str
    bank_name: str
    currency: str


@dataclass(frozen=True, slots=True)
class Creditor:
    """The legal entity that is owed."""

    legal_name: str
    street: str
    place: Place
    accounts: tuple[BankAccount, ...]


@dataclass(frozen=True, slots=True)
class Customer:
    """One account that owes, with the habit that it lives by."""

    customer_id: str
    name: str
    kind: CustomerKind
    place: Place
    email: str
    person: Person | None = None
    habit: Habit = Habit.SILENT
    profile: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice with its one open item."""

    customer_id: str
    invoice_id: str
    number: str
    issued_on: date
    due_on: date
    amount_minor: int
    currency: str
    account_id: str
    subject: str | None = None

    @property
    def item_id(self) -> str:
        """The id of the one item."""
        return f"{self.invoice_id}-1"


@dataclass(frozen=True, slots=True)
class Payment:
    """Money for one invoice, and the moment at which the ERP tells of it."""

    payment_id: str
    customer_id: str
    invoice_id: str
    item_id: str
    amount_minor: int
    currency: str
    account_id: str
    at: datetime
    racing: bool = False  # told as soon as a reminder about the invoice has been requested


@dataclass(frozen=True, slots=True)
class Dispute:
    """What a customer contests, and how long the ERP says so: from a day on, until one or for good."""

    customer_id: str
    invoice_id: str
    item_id: str
    from_on: date
    until_on: date | None


@dataclass(frozen=True, slots=True)
class Book:
    """All that the ERP knows, before the customers' answers change what is paid when."""

    tenant: str
    tenant_name: str
    starts_at: datetime
    last_on: date
    creditor: Creditor
    customers: tuple[Customer, ...]
    invoices: tuple[Invoice, ...]
    payments: tuple[Payment, ...]
    disputes: tuple[Dispute, ...] = ()
