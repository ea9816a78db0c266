"""What is known about one customer at one moment: a decision is a function of this and of nothing else.

No names, addresses or words of the customer: what decides is who owes what since when, and what rests.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from dunning_engine.domain.answers import (
    Case,
    Dispute,
    Hold,
    ItemKey,
    PaymentClaim,
    Preference,
    PriorDunning,
    Promise,
    Question,
    Refusal,
    Represented,
    ReturnedPayment,
)

Place = tuple[str, str | None]
"""Country and region: whose holidays count."""

INVOICE_SERVICE = "invoice-service"
FEEDBACK_SERVICE = "feedback-service"
NOTIFIER = "notifier"
OVERDUE = "overdue"
OPEN_STATES = frozenset({"open", "due", OVERDUE})


@dataclass(frozen=True, slots=True)
class Tenant:
    """The organisation that uses Kulant, as far as it matters where it is."""

    country: str
    region: str | None = None


@dataclass(frozen=True, slots=True)
class Creditor:
    """A legal entity that is owed."""

    creditor_id: str
    country: str
    region: str | None
    language: str
    payments_known_until: datetime | None = None
    """Up to here every payment is known; None: the ERP never said so."""


@dataclass(frozen=True, slots=True)
class Customer:
    """The account that is dunned, as its facts of the highest version say."""

    customer_id: str
    version: int
    time_zone: str
    country: str
    region: str | None = None
    language: str | None = None
    policy_code: str | None = None
    kind: str = "unknown"
    profile: Mapping[str, str] = field(default_factory=dict)
    """The ERP's own words about the customer; policies choose by them."""
    consented_at: Mapping[str, datetime] = field(default_factory=dict)
    """By channel, when the customer last agreed to it, as the ERP knows: later than a refusal, it lifts that."""


@dataclass(frozen=True, slots=True)
class Item:
    """An open item: what becomes overdue."""

    item_id: str
    invoice_id: str
    creditor_id: str
    number: str
    issued_on: date
    due_on: date | None
    currency: str
    amount_minor: int
    open_minor: int
    state: str
    version: int
    direct_debit_on: date | None = None
    """The creditor collects it itself, on this day."""
    returned: ReturnedPayment | None = None
    """The last payment of it that came back."""
    prior: PriorDunning | None = None
    is_opening: bool = False
    corrected_minor: int | None = None
    """By how much corrections, not payments, have made it less so far; None: its owner does not say."""

    @property
    def key(self) -> ItemKey:
        """What tells this item from every other one of its customer."""
        return self.invoice_id, self.item_id

    @property
    def is_owed(self) -> bool:
        """Is there anything left to ask for? An unknown state is not asked for."""
        return self.open_minor > 0 and self.state in OPEN_STATES

    @property
    def is_overdue(self) -> bool:
        """Does its owner, who keeps the clock of due dates, say that it is overdue?"""
        return self.is_owed and self.state == OVERDUE


@dataclass(frozen=True, slots=True)
class RequestedItem:
    """An item as it stood when its reminder was requested."""

    item_id: str
    invoice_id: str
    due_on: date
    open_minor: int
    stage: int

    @property
    def key(self) -> ItemKey:
        """What tells this item from every other one of its customer."""
        return self.invoice_id, self.item_id


@dataclass(frozen=True, slots=True)
class CreditLine:
    """What makes a message ask for less than is open: the customer's own money, or a part that rests.

    `code`: `unallocated`, `disputed`, `promised`, `claimed` or `held`.
    """

    code: str
    amount_minor: int
    item: ItemKey | None = None


@dataclass(frozen=True, slots=True)
class Credit:
    """Money of the customer's that the ERP has not allocated to any item."""

    creditor_id: str
    currency: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Reminder:
    """A message that was requested: of one creditor in one currency. `stage` is 0 outside of the ladder."""

    reminder_id: UUID
    case_id: UUID
    creditor_id: str
    currency: str
    stage: int
    items: tuple[RequestedItem, ...]
    requested_at: datetime
    not_after_at: datetime
    deadline_on: date
    customer_version: int
    seen: Mapping[str, int] = field(default_factory=dict)
    withdrawn_because: str | None = None
    is_noted: bool = False
    kind: str = "reminder"
    code: str = "friendly"
    tone: str = "friendly"
    channels: tuple[str, ...] = ("email",)
    about_response_id: str | None = None
    """The answer that it confirms or comes back to."""
    returned_payment_id: str | None = None
    """The returned payment that it is about."""
    credits: tuple[CreditLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Delivery:
    """What the notifier says became of a reminder."""

    reminder_id: UUID
    kind: str
    at: datetime
    channel: str | None = None
    reason: str | None = None
    deadline_on: date | None = None
    seen: Mapping[str, int] = field(default_factory=dict)
    delivery_id: str = ""
    """The attempt: one contact on one channel."""
    contact_id: str | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything about one customer that a decision may rest on; the order inside the tuples means nothing.

    `had`: per service the sequence of its own topic up to which nothing about this customer is missing.
    """

    tenant: Tenant | None = None
    creditors: Mapping[str, Creditor] = field(default_factory=dict)
    items: tuple[Item, ...] = ()
    promises: tuple[Promise, ...] = ()
    claims: tuple[PaymentClaim, ...] = ()
    disputes: tuple[Dispute, ...] = ()
    questions: tuple[Question, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    preferences: tuple[Preference, ...] = ()
    represented: tuple[Represented, ...] = ()
    holds: tuple[Hold, ...] = ()
    credits: tuple[Credit, ...] = ()
    reminders: tuple[Reminder, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    cases: tuple[Case, ...] = ()
    had: Mapping[str, int] = field(default_factory=dict)
    is_complete: bool = True
    is_erased: bool = False
    """The customer is to be forgotten: nothing is sent any more."""
    holidays: Mapping[Place, frozenset[date]] = field(default_factory=dict)
