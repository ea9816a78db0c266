"""What a run is about: creditors, their customers, the invoices, and what was going to happen to them anyway."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from kulant_contracts.erp import MAIN_CREDITOR

Salutation = Literal["ms", "mr", "none"]
CorrectionWay = Literal["adjustment", "credit_note", "new_version"]
CustomerKind = Literal["business", "consumer", "public", "unknown"]


class Habit(StrEnum):
    """How a simulated customer deals with the one invoice that shows its character."""

    PUNCTUAL = "punctual"  # always pays on time
    SLOW = "slow"  # a few days late, before any reminder
    REMINDED = "reminded"  # pays some days after the reminder
    PARTIAL = "partial"  # pays a part before the reminder, the rest after it
    PROMISING = "promising"  # promises on the page and keeps the promise
    BREAKING = "breaking"  # promises on the page and pays long after the day
    CLAIMING = "claiming"  # says on the page that it has paid; the money arrives later
    DISPUTING = "disputing"  # says on the page that something is wrong; the ERP corrects the invoice, then it pays
    ASKING = "asking"  # asks something on the page, pays later
    REFUSING = "refusing"  # wants no more e-mails, pays or not
    BOUNCING = "bouncing"  # its address is wrong: mails come back until the ERP knows a better one
    DEBITED = "debited"  # the creditor collects; the bank returns the debit
    UNALLOCATED = "unallocated"  # pays without saying what for; the ERP books it days later
    REVERSED = "reversed"  # its payment is recalled, and paid again later
    CORRECTED = "corrected"  # the ERP corrects its invoice, then it pays
    RACING = "racing"  # its payment arrives while its reminder is being handed over
    CROSSING = "crossing"  # its payment arrives on the morning on which its reminder would be sent
    SILENT = "silent"  # neither answers nor pays before the ladder is far up, if at all


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
    """A legal entity that is owed."""

    legal_name: str
    street: str
    place: Place
    accounts: tuple[BankAccount, ...]
    register: str
    director: str
    vat_id: str
    clerk: str
    phone: str
    domain: str
    creditor_id: str = MAIN_CREDITOR


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
    language: str = "en"
    new_email: str | None = None  # what the ERP learns when mails to the first address come back


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
    creditor_id: str = MAIN_CREDITOR
    collect_on: date | None = None  # the creditor collects it by direct debit

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
    racing: bool = False  # told while the mail about its invoice is being handed over
    creditor_id: str = MAIN_CREDITOR
    method: str = "transfer"
    is_allocated: bool = True  # False: the ERP does not know yet what it is for
    received_on: date | None = None  # None: on the day on which the ERP tells of it


@dataclass(frozen=True, slots=True)
class Return:
    """A payment that came back."""

    payment: Payment
    at: datetime
    reason_code: str


@dataclass(frozen=True, slots=True)
class Correction:
    """The ERP finds that an invoice was too high by so much, and says so in one of three ways."""

    invoice: Invoice
    minor: int
    at: datetime
    way: CorrectionWay


@dataclass(frozen=True, slots=True)
class NewAddress:
    """The ERP learns a better address of a customer."""

    customer: Customer
    at: datetime


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
    other_creditors: tuple[Creditor, ...] = ()
    returns: tuple[Return, ...] = ()
    corrections: tuple[Correction, ...] = ()
    new_addresses: tuple[NewAddress, ...] = ()
    each_behaviour: int = 0  # how often each kind of behaviour must be seen, or the run has shown too little

    @property
    def creditors(self) -> tuple[Creditor, ...]:
        """All that are owed, the main one first."""
        return (self.creditor, *self.other_creditors)
