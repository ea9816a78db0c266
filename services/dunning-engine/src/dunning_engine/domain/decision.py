"""What was decided about one customer, with the reasons in words and data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from dunning_engine.domain.answers import Case, Dispute, Hold, ItemKey, Promise, ReturnedPayment, Stood
from dunning_engine.domain.facts import CreditLine, Item
from dunning_engine.domain.policy import LegalEffect, Policy

CaseKey = tuple[str, str]
"""Creditor and currency: of one customer they name one case."""

Kind = Literal["reminder", "notice", "promise_note", "promise_resume", "service"]
"""What a message is for; the contract's words."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something happens or does not: the rule's code, a sentence, the facts that it rests on."""

    rule: str
    sentence: str
    facts: Mapping[str, str | int] = field(default_factory=dict)
    creditor_id: str | None = None
    currency: str | None = None
    invoice_id: str | None = None
    item_id: str | None = None


@dataclass(frozen=True, slots=True)
class ReminderItem:
    """An item to be spoken about, at its own stage."""

    item: Item
    stage: int
    days_overdue: int


@dataclass(frozen=True, slots=True)
class NextStep:
    """What the message may say comes next, if nothing is paid or said."""

    code: str
    not_before_on: date


@dataclass(frozen=True, slots=True)
class SaidBefore:
    """What the customer said that a message is about."""

    response_id: str
    said_on: date
    on: date | None = None
    """The day that the customer named."""
    amount_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """A message to request; its id is made when the decision is recorded.

    `kind`, `code`, `number` and `tone` as the contract's `reminder.requested` has them; `number` is 0 outside of the
    ladder.
    """

    case: CaseKey
    kind: Kind
    code: str
    number: int
    tone: str
    legal_effect: LegalEffect
    items: tuple[ReminderItem, ...]
    language: str
    channels: tuple[str, ...]
    deadline_on: date
    next_step: NextStep
    not_before_at: datetime
    not_after_at: datetime
    credits: tuple[CreditLine, ...] = ()
    about: SaidBefore | None = None
    returned: ReturnedPayment | None = None

    @property
    def items_total_minor(self) -> int:
        """What is open on the items, in the currency's minor units."""
        return sum(asked.item.open_minor for asked in self.items)

    @property
    def total_minor(self) -> int:
        """What the message asks for: less by what rests and by the customer's own money."""
        return self.items_total_minor - sum(credit.amount_minor for credit in self.credits)


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A reminder that must not leave any more."""

    reminder_id: UUID
    reason: str


@dataclass(frozen=True, slots=True)
class StageReached:
    """A delivered reminder: its items have now been spoken about at their stages."""

    reminder_id: UUID
    sent_on: date
    sent_at: datetime
    channel: str
    deadline_on: date


@dataclass(frozen=True, slots=True)
class PromiseNoted:
    """A promise that belongs to a case."""

    promise: Promise
    case: CaseKey
    amount_minor: int


@dataclass(frozen=True, slots=True)
class PromiseEnded:
    """A promise is over: `kept`, `broken` (then `missing_minor` did not come), or `lapsed`: its items are void."""

    promise: Promise
    outcome: str
    missing_minor: int = 0


@dataclass(frozen=True, slots=True)
class DisputeNoted:
    """A dispute that belongs to a case: which items it contests, and how much of each."""

    dispute: Dispute
    case: CaseKey
    items: tuple[tuple[ItemKey, int], ...]


@dataclass(frozen=True, slots=True)
class HoldNoted:
    """A hold that was set or is over, for the record of one case; a hold may be about several."""

    hold: Hold
    case: CaseKey


@dataclass(frozen=True, slots=True)
class AnswerStood:
    """What was open when an answer was first decided on: to be kept with it."""

    response_id: str
    stood: Stood


@dataclass(frozen=True, slots=True)
class Task:
    """Something that a person must look at, derived from facts: deciding again gives the same list.

    `code` and `about` (an id of what it is about) tell it from every other one of its customer.
    """

    code: str
    about: str
    since: datetime | None = None
    """None: since it was first decided."""
    case: CaseKey | None = None
    item: ItemKey | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """The new state of the customer's cases, what to say or take back, and the one next moment to look."""

    policy: Policy
    opened: tuple[CaseKey, ...] = ()
    closed: tuple[Case, ...] = ()
    requests: tuple[Request, ...] = ()
    withdrawals: tuple[Withdrawal, ...] = ()
    stages_reached: tuple[StageReached, ...] = ()
    promises_noted: tuple[PromiseNoted, ...] = ()
    promises_ended: tuple[PromiseEnded, ...] = ()
    disputes_noted: tuple[DisputeNoted, ...] = ()
    holds_noted: tuple[HoldNoted, ...] = ()
    holds_resumed: tuple[HoldNoted, ...] = ()
    answers_stood: tuple[AnswerStood, ...] = ()
    tasks: tuple[Task, ...] = ()
    next_look_at: datetime | None = None
    reasons: tuple[Reason, ...] = ()

    @property
    def outcome(self) -> str:
        """`remind`, `withdraw`, `note` or `nothing`: the heaviest of what was decided."""
        if self.requests:
            return "remind"
        if self.withdrawals:
            return "withdraw"
        return "note" if any(self._noted) else "nothing"

    @property
    def _noted(self) -> tuple[tuple[object, ...], ...]:
        return (
            self.opened,
            self.closed,
            self.stages_reached,
            self.promises_noted,
            self.promises_ended,
            self.disputes_noted,
            self.holds_noted,
            self.holds_resumed,
            self.answers_stood,
        )
