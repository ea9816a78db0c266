"""What is known about one customer at one moment: a decision is a function of this and of nothing else.

No names, addresses or words of the customer: what decides is who owes what since when, and what rests.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

Place = tuple[str, str | None]
"""Country and region: whose holidays count."""
ItemKey = tuple[str, str]
"""Invoice and item: the ERP's ids of items are its own affair and may repeat from invoice to invoice."""

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
class About:
    """What an answer is about: one item, else the items of a reminder, else all that had been invoiced by then."""

    item_id: str | None = None
    currency: str | None = None
    reminder_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Promise:
    """The customer's word to pay on a day."""

    response_id: str
    said_at: datetime
    on: date
    about: About = About()
    amount_minor: int | None = None
    is_noted: bool = False


@dataclass(frozen=True, slots=True)
class PaymentClaim:
    """The customer's word that it was paid."""

    response_id: str
    said_at: datetime
    about: About = About()


@dataclass(frozen=True, slots=True)
class Hold:
    """A reason not to remind, set by the ERP or by invoice-service: of the customer, an invoice or an item."""

    hold_id: str
    scope: str
    scope_id: str | None
    reason: str
    until_on: date | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """An open case: what is overdue of one customer with one creditor in one currency."""

    case_id: UUID
    creditor_id: str
    currency: str


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
class Reminder:
    """A reminder that was requested: one message of one creditor in one currency."""

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
    holds: tuple[Hold, ...] = ()
    reminders: tuple[Reminder, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    cases: tuple[Case, ...] = ()
    had: Mapping[str, int] = field(default_factory=dict)
    is_complete: bool = True
    holidays: Mapping[Place, frozenset[date]] = field(default_factory=dict)
