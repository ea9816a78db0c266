"""What customers said, and what people decided about it: each thing that makes items rest."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

ItemKey = tuple[str, str]
"""Invoice and item: the ERP's ids of items are its own affair and may repeat from invoice to invoice."""

Stood = Mapping[ItemKey, int]
"""What was open, in minor units, on the items that an answer is about when it was first decided on.

Kept with the answer from then on: how much was paid *since* cannot be told from what is open now.
"""


@dataclass(frozen=True, slots=True)
class About:
    """What an answer is about: one item, else the items of a reminder, else all that had been invoiced by then."""

    item_id: str | None = None
    currency: str | None = None
    reminder_id: UUID | None = None
    invoice_id: str | None = None
    """The item's invoice; None: every item of that id."""


@dataclass(frozen=True, slots=True)
class Case:
    """A case: what is overdue of one customer with one creditor in one currency."""

    case_id: UUID
    creditor_id: str
    currency: str


@dataclass(frozen=True, slots=True)
class Promise:
    """The customer's word to pay on a day."""

    response_id: str
    said_at: datetime
    on: date
    about: About = About()
    amount_minor: int | None = None
    """None: all that the items it is about owe."""
    is_noted: bool = False
    """On the record of its case."""
    case: Case | None = None
    """The case on whose record it is."""
    stood: Stood | None = None
    """None: not decided on yet."""
    ended: str | None = None
    """`kept`, `broken` or `lapsed`, once that is on record; it stays so."""


@dataclass(frozen=True, slots=True)
class PaymentClaim:
    """The customer's word that it was paid."""

    response_id: str
    said_at: datetime
    about: About = About()
    paid_on: date | None = None
    """None: on the day on which it was said."""
    amount_minor: int | None = None
    stood: Stood | None = None


@dataclass(frozen=True, slots=True)
class DisputeDecision:
    """What a person decided about a dispute."""

    outcome: Literal["accepted", "partly_accepted", "rejected", "withdrawn"]
    decided_at: datetime
    accepted_minor: int | None = None
    """What the creditor gives up; None: all that was contested."""


@dataclass(frozen=True, slots=True)
class Dispute:
    """The customer's word that something is not owed, or not all of it."""

    response_id: str
    said_at: datetime
    about: About = About()
    amount_minor: int | None = None
    """The part that is contested; None: all of it."""
    reason: str = "other"
    decision: DisputeDecision | None = None
    is_noted: bool = False
    stood: Stood | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """Something that a person has to answer: `question`, `document`, `extension`, `plan` or `hardship`."""

    response_id: str
    kind: str
    said_at: datetime
    about: About = About()
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """The customer does not want to be written to on a channel, or at one contact of it (the notifier's affair)."""

    response_id: str
    said_at: datetime
    channel: str
    contact_id: str | None = None
    about: About = About()


@dataclass(frozen=True, slots=True)
class Preference:
    """The customer would rather be written to on this channel, corrected a contact of it, or was not the one reached.

    `kind`: `preferred`, `corrected` or `wrong_person`.
    """

    response_id: str
    kind: str
    said_at: datetime
    channel: str
    about: About = About()


@dataclass(frozen=True, slots=True)
class Represented:
    """Somebody speaks for the customer from now on: nothing more is sent."""

    response_id: str
    said_at: datetime


@dataclass(frozen=True, slots=True)
class Hold:
    """A reason not to remind, of the customer, an invoice or an item; a lifted one stays until that is on record."""

    hold_id: str
    scope: str
    scope_id: str | None
    reason: str
    until_on: date | None = None
    invoice_id: str | None = None
    """Scope `item`: its invoice; None: every item of that id."""
    amount_minor: int | None = None
    """None: everything in scope."""
    currency: str | None = None
    """Of the amount."""
    set_at: datetime | None = None
    source: str = "erp"
    """`erp` (the ERP or invoice-service) or `api` (a person, by this service's API)."""
    is_set: bool = True
    """False: lifted."""
    is_noted: bool = False
    """On the record of the cases that it was about."""
    is_resumed: bool = False
    """Its end is on record, too."""


@dataclass(frozen=True, slots=True)
class ReturnedPayment:
    """A payment of an item that came back: the item stands again as if it had never been paid."""

    payment_id: str
    on: date
    is_direct_debit: bool = False
    bank_fee_minor: int | None = None
    mandate_usable: bool | None = None
    recollect_on: date | None = None
    """The day on which the creditor tries to collect again."""


@dataclass(frozen=True, slots=True)
class PriorDunning:
    """How far the old system had come with an item before Kulant took over."""

    stage: int
    last_sent_on: date | None = None
    deadline_on: date | None = None
