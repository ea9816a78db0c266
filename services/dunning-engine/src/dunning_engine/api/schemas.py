"""The shapes of answers about cases; money as on the bus."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from dunning_engine.usecases.case_views import CaseFile, CaseView, DecisionView, ReminderView
from kulant_contracts.money import Money


class CaseResponse(BaseModel):
    """A case: what is overdue of one customer with one creditor in one currency.

    `stage`: the highest that was reached; `waits_for`: the rules by which its items were decided on last.
    """

    case_id: UUID
    customer_id: str
    creditor_id: str
    currency: str
    state: str
    opened_at: datetime
    closed_at: datetime | None
    stage: int
    open: Money
    waits_for: Sequence[str]


class CaseListResponse(BaseModel):
    """One page of cases; `next` is the cursor of the page after it."""

    items: Sequence[CaseResponse]
    next: str | None


class ItemResponse(BaseModel):
    """An item of the case that is still owed."""

    invoice_id: str
    item_id: str
    number: str
    due_on: date | None
    open: Money
    state: str


class DeliveryResponse(BaseModel):
    """What the notifier said about a message."""

    kind: str
    at: datetime
    reason: str | None


class ReminderResponse(BaseModel):
    """A message; `progress` is under_way, said, unknown, undelivered or suppressed."""

    reminder_id: UUID
    case_id: UUID | None
    kind: str
    code: str
    stage: int
    requested_at: datetime
    deadline_on: date
    withdrawn_because: str | None
    progress: str
    deliveries: Sequence[DeliveryResponse]


class PolicyResponse(BaseModel):
    """Which version of which policy decided."""

    code: str
    version: int


class DecisionResponse(BaseModel):
    """One decision: when, because of what, by which rules, on which facts, with what effect."""

    at: datetime
    causes: Mapping[str, Any]
    policy: PolicyResponse
    outcome: str
    in_words: Sequence[str]
    reasons: Sequence[Mapping[str, Any]]
    effects: Mapping[str, Any]
    facts: Mapping[str, Any]


class JournalResponse(BaseModel):
    """One page of the decisions about a case, in order."""

    items: Sequence[DecisionResponse]
    next: str | None


class CaseFileResponse(CaseResponse):
    """A case with its items, its reminders and its latest decisions, the newest first."""

    next_look_at: datetime | None
    items: Sequence[ItemResponse]
    reminders: Sequence[ReminderResponse]
    decisions: Sequence[DecisionResponse]


def case_response(case: CaseView) -> CaseResponse:
    """A case as one line of a list."""
    return CaseResponse(**_case(case))


def case_file_response(file: CaseFile) -> CaseFileResponse:
    """A case with all that belongs to it."""
    currency = file.case.currency
    return CaseFileResponse(
        **_case(file.case),
        next_look_at=file.next_look_at,
        items=[
            ItemResponse(
                invoice_id=item.invoice_id,
                item_id=item.item_id,
                number=item.number,
                due_on=item.due_on,
                open=Money.from_minor(item.open_minor, currency),
                state=item.state,
            )
            for item in file.items
        ],
        reminders=[reminder_response(reminder) for reminder in file.reminders],
        decisions=[decision_response(decision) for decision in file.decisions],
    )


def reminder_response(reminder: ReminderView) -> ReminderResponse:
    """A message with what became of it."""
    return ReminderResponse(
        reminder_id=reminder.reminder_id,
        case_id=reminder.case_id,
        kind=reminder.kind,
        code=reminder.code,
        stage=reminder.stage,
        requested_at=reminder.requested_at,
        deadline_on=reminder.deadline_on,
        withdrawn_because=reminder.withdrawn_because,
        progress=reminder.progress,
        deliveries=[DeliveryResponse(kind=kind, at=at, reason=reason) for kind, at, reason in reminder.deliveries],
    )


def decision_response(decision: DecisionView) -> DecisionResponse:
    """A decision on record, in words and data."""
    return DecisionResponse(
        at=decision.at,
        causes=decision.causes,
        policy=PolicyResponse(code=decision.policy_code, version=decision.policy_version),
        outcome=decision.outcome,
        in_words=[str(reason["sentence"]) for reason in decision.reasons],
        reasons=decision.reasons,
        effects=decision.effects,
        facts=decision.facts,
    )


def _case(case: CaseView) -> dict[str, Any]:
    return {
        "case_id": case.case_id,
        "customer_id": case.customer_id,
        "creditor_id": case.creditor_id,
        "currency": case.currency,
        "state": "open" if case.closed_at is None else "closed",
        "opened_at": case.opened_at,
        "closed_at": case.closed_at,
        "stage": case.stage,
        "open": Money.from_minor(case.open_minor, case.currency),
        "waits_for": list(case.rules),
    }
