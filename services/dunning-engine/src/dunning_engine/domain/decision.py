"""What was decided about one customer, with the reasons in words and data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from dunning_engine.domain.facts import Case, Item, Promise
from dunning_engine.domain.policy import Policy, Stage

CaseKey = tuple[str, str]
"""Creditor and currency: of one customer they name one case."""


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
class Request:
    """A reminder to request; its id is made when the decision is recorded."""

    case: CaseKey
    stage: Stage
    items: tuple[ReminderItem, ...]
    language: str
    deadline_on: date
    next_step: NextStep
    not_before_at: datetime
    not_after_at: datetime

    @property
    def total_minor(self) -> int:
        """What the message asks for, in the currency's minor units."""
        return sum(asked.item.open_minor for asked in self.items)


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
class Decision:
    """The new state of the customer's cases, what to say or take back, and the one next moment to look."""

    policy: Policy
    opened: tuple[CaseKey, ...] = ()
    closed: tuple[Case, ...] = ()
    requests: tuple[Request, ...] = ()
    withdrawals: tuple[Withdrawal, ...] = ()
    stages_reached: tuple[StageReached, ...] = ()
    promises_noted: tuple[PromiseNoted, ...] = ()
    next_look_at: datetime | None = None
    reasons: tuple[Reason, ...] = ()

    @property
    def outcome(self) -> str:
        """`remind`, `withdraw`, `note` or `nothing`: the heaviest of what was decided."""
        if self.requests:
            return "remind"
        if self.withdrawals:
            return "withdraw"
        has_noted = self.opened or self.closed or self.stages_reached or self.promises_noted
        return "note" if has_noted else "nothing"
