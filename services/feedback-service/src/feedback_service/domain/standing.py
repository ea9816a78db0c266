"""How things stand between customer and creditor: money of the customer's, reasons to wait, what happens next."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from feedback_service.domain.answer import (
    Disputed,
    Outcome,
    PaymentClaimed,
    PromiseMade,
    QuestionAsked,
    RecordedAnswer,
)
from feedback_service.domain.item import Debt, ItemKey
from feedback_service.domain.reminder import Message, NextStep

CLAIM_RESTS = timedelta(days=7)
"""At most so long nobody is reminded of what was said to be paid."""
QUESTION_RESTS = timedelta(days=7)
"""Five working days: a question that nobody answered until then rests no longer."""

FOR_PEOPLE = frozenset({"person", "review", "task", "call", "phone"})
"""Codes of next steps that a person takes."""


@dataclass(frozen=True, slots=True)
class Credit:
    """Money of the customer's that belongs to no invoice yet."""

    tenant: str
    customer_id: str
    creditor_id: str
    currency: str
    amount_minor: int
    version: int


@dataclass(frozen=True, slots=True)
class Hold:
    """A reason not to remind, as the ERP (source erp) or dunning-engine (source case) told it."""

    tenant: str
    customer_id: str
    source: str
    hold_id: str
    version: int
    is_set: bool
    scope: str
    reason: str
    creditor_id: str | None = None
    scope_id: str | None = None
    invoice_id: str | None = None
    amount_minor: int | None = None
    currency: str | None = None
    until_on: date | None = None

    def covers(self, key: ItemKey) -> bool:
        """Is that item among what is held?"""
        if self.scope == "item":
            return self.scope_id == key.item_id and self.invoice_id in {None, key.invoice_id}
        return self.scope == "customer" or self.scope_id == key.invoice_id


@dataclass(frozen=True, slots=True)
class CaseTold:
    """What dunning-engine said last about a case; `version` is the sequence of its event."""

    tenant: str
    case_id: str
    customer_id: str
    creditor_id: str
    version: int
    at: datetime
    state: str
    to: str | None = None


@dataclass(frozen=True, slots=True)
class OutcomeTold:
    """What became of a promise or a dispute; its id is that of the response that began it."""

    tenant: str
    response_id: UUID
    version: int
    outcome: Outcome


class RestReason(StrEnum):
    """Why nobody is reminded of something."""

    PROMISED = "promised"
    CLAIMED = "claimed"
    DISPUTED = "disputed"
    GIVEN_UP = "given_up"
    PARTLY_GIVEN_UP = "partly_given_up"
    QUESTION = "question"
    HELD = "held"


_GIVEN_UP: dict[Outcome | None, RestReason] = {
    Outcome.ACCEPTED: RestReason.GIVEN_UP,
    Outcome.PARTLY_ACCEPTED: RestReason.PARTLY_GIVEN_UP,
}


@dataclass(frozen=True, slots=True)
class Rest:
    """So much rests (None: all that it concerns), for a reason, until a day (None: until somebody decides)."""

    reason: RestReason
    keys: tuple[ItemKey, ...]
    amount_minor: int | None
    currency: str | None
    until_on: date | None


class Ahead(StrEnum):
    """What comes next."""

    NOTHING = "nothing"
    RESTS = "rests"
    WE_WRITE = "we_write"
    A_PERSON = "a_person"


@dataclass(frozen=True, slots=True)
class Outlook:
    """What happens next and when, if the customer does nothing."""

    ahead: Ahead
    not_before_on: date | None = None
    deadline_on: date | None = None


def rests(answers: Iterable[RecordedAnswer], holds: Iterable[Hold], debts: Sequence[Debt], today: date) -> list[Rest]:
    """Everything that is not reminded of now, newest answer first, then what was put on hold."""
    owed = {item.key for debt in debts for item in debt.items}
    found = [rest for recorded in answers if (rest := _said(recorded, owed, today))]
    for hold in holds:
        covered = tuple(sorted(key for key in owed if hold.covers(key)))
        if hold.is_set and covered and (hold.until_on is None or hold.until_on >= today):
            rest = Rest(RestReason.HELD, covered, hold.amount_minor, hold.currency, hold.until_on)
            if rest not in found:  # the ERP's holds are told once more by dunning-engine
                found.append(rest)
    return found


def _said(recorded: RecordedAnswer, owed: set[ItemKey], today: date) -> Rest | None:
    answer, statement = recorded.answer, recorded.answer.statement
    if answer.keys and not owed.intersection(answer.keys):
        return None
    said_on, money = answer.said_at.date(), answer.money
    until_on: date | None
    match statement:
        case PromiseMade():
            reason, until_on = RestReason.PROMISED, statement.on
        case PaymentClaimed():
            reason, until_on = RestReason.CLAIMED, said_on + CLAIM_RESTS
        case QuestionAsked():
            reason, until_on = RestReason.QUESTION, said_on + QUESTION_RESTS
        case Disputed():
            reason, until_on = _GIVEN_UP.get(recorded.outcome, RestReason.DISPUTED), None
        case _:
            return None
    is_over = recorded.outcome not in {None, Outcome.TAKEN_UP, Outcome.ACCEPTED, Outcome.PARTLY_ACCEPTED}
    if is_over or (until_on is not None and until_on < today):
        return None
    amount_minor, currency = (money.amount_minor, money.currency) if money else (None, None)
    return Rest(reason, answer.keys, amount_minor, currency, until_on)


def outlook(debts: Sequence[Debt], resting: Sequence[Rest], messages: Iterable[Message], today: date) -> Outlook:
    """What comes next: nothing while all is paid or answered; else what the last demand said."""
    owed = {item.key for debt in debts for item in debt.items}
    if not owed:
        return Outlook(Ahead.NOTHING)
    if _is_covered(debts, resting):
        return Outlook(Ahead.RESTS)
    last = max((message for message in messages if message.is_demand), key=lambda one: one.sent_at, default=None)
    step: NextStep | None = last.next_step if last else None
    if last is None or step is None or step.code == "none":
        return Outlook(Ahead.NOTHING)
    deadline_on = last.deadline_on if last.deadline_on and last.deadline_on >= today else None
    not_before_on = step.not_before_on if step.not_before_on >= today else None
    return Outlook(Ahead.A_PERSON if step.code in FOR_PEOPLE else Ahead.WE_WRITE, not_before_on, deadline_on)


def _is_covered(debts: Sequence[Debt], resting: Sequence[Rest]) -> bool:
    """Is all that is owed at rest? Each rest covers its items, or all of them, up to its amount.

    Of what was given up in part nobody here knows how much: it covers nothing.
    """
    known = [rest for rest in resting if rest.reason is not RestReason.PARTLY_GIVEN_UP]
    for debt in debts:
        here = [rest for rest in known if rest.currency in {None, debt.currency}]
        left = [item for item in debt.items if not any(_rests_whole(rest, item.key) for rest in here)]
        amount = sum(rest.amount_minor or 0 for rest in here if rest.amount_minor is not None)
        if sum(item.open_minor for item in left) > amount:
            return False
    return True


def _rests_whole(rest: Rest, key: ItemKey) -> bool:
    return rest.amount_minor is None and (not rest.keys or key in rest.keys)
