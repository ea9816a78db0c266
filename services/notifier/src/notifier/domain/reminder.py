"""The command that the engine gave: one message of one creditor in one currency, with one id for life."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from notifier.domain.amount import Amount


@dataclass(frozen=True, slots=True)
class Line:
    """An open item that the message speaks of."""

    item_id: str
    invoice_id: str
    number: str
    issued_on: date | None
    due_on: date
    amount: Amount
    open: Amount
    days_overdue: int
    stage: int = 0
    """The item's own stage, at most the leading one of its reminder."""


@dataclass(frozen=True, slots=True)
class Cost:
    """An amount that is claimed beside the items, with the words that explain it."""

    cost_id: str
    money: Amount
    explanation: str


@dataclass(frozen=True, slots=True)
class Credit:
    """Something that makes what is asked for less than what is open.

    `code` says what it is in a way that every language has words for; `note` is the engine's own wording.
    """

    money: Amount
    note: str
    code: str | None = None
    item_id: str | None = None
    invoice_id: str | None = None


@dataclass(frozen=True, slots=True)
class NextStep:
    """What comes if nothing is heard, and not before which day."""

    code: str
    not_before_on: date | None


@dataclass(frozen=True, slots=True)
class SaidBefore:
    """What the customer said that this message answers; `on` and `money` are what the customer named."""

    said_on: date
    on: date | None = None
    money: Amount | None = None


@dataclass(frozen=True, slots=True)
class ReturnedPayment:
    """A payment that came back; `recollect_on` is the day on which the creditor collects again."""

    on: date
    is_direct_debit: bool
    recollect_on: date | None = None


@dataclass(frozen=True, slots=True)
class Reminder:
    """What is to be said, to whom, within which window; `seen` names the facts that the decision rested on."""

    reminder_id: UUID
    tenant: str
    customer_id: str
    creditor_id: str
    case_id: str
    kind: str
    stage: str
    channels: tuple[str, ...]
    language: str
    lines: tuple[Line, ...]
    items_total: Amount
    costs: tuple[Cost, ...]
    credits: tuple[Credit, ...]
    total: Amount
    deadline_on: date | None
    next_step: NextStep | None
    not_before_at: datetime
    not_after_at: datetime
    seen: Mapping[str, int]
    stage_number: int = 0
    tone: str = "friendly"
    about: SaidBefore | None = None
    payment_returned: ReturnedPayment | None = None
    contact_id: str | None = None
    """To this contact alone; None: as channels and roles say."""

    @property
    def key(self) -> str:
        """The Kafka key, and the row that is locked, of its customer."""
        return f"{self.tenant}/{self.customer_id}"

    @property
    def invoice_ids(self) -> tuple[str, ...]:
        """The invoices behind the lines, each once, in order."""
        return tuple(dict.fromkeys(line.invoice_id for line in self.lines))

    @property
    def leading_lines(self) -> tuple[Line, ...]:
        """The lines that stand at the leading stage; all of them where none does."""
        leading = tuple(line for line in self.lines if line.stage == self.stage_number)
        return leading or self.lines
