"""The shapes of answers about cases; money as on the bus."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from dunning_engine.usecases.case_views import CaseFile, CaseView
from kulant_chassis.problem import Problem
from kulant_contracts.money import Money


class CaseResponse(BaseModel):
    """A case: what is overdue of one customer with one creditor in one currency."""

    case_id: UUID
    customer_id: str
    creditor_id: str
    currency: str
    state: str
    opened_at: datetime
    closed_at: datetime | None


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


class ReminderResponse(BaseModel):
    """A reminder of the case; `progress` is under_way, said, unknown, undelivered or suppressed."""

    reminder_id: UUID
    stage: int
    requested_at: datetime
    deadline_on: date
    withdrawn_because: str | None
    progress: str


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
        reminders=[
            ReminderResponse(
                reminder_id=reminder.reminder_id,
                stage=reminder.stage,
                requested_at=reminder.requested_at,
                deadline_on=reminder.deadline_on,
                withdrawn_because=reminder.withdrawn_because,
                progress=reminder.progress,
            )
            for reminder in file.reminders
        ],
        decisions=[
            DecisionResponse(
                at=decision.at,
                causes=decision.causes,
                policy=PolicyResponse(code=decision.policy_code, version=decision.policy_version),
                outcome=decision.outcome,
                in_words=[str(reason["sentence"]) for reason in decision.reasons],
                reasons=decision.reasons,
                effects=decision.effects,
                facts=decision.facts,
            )
            for decision in file.decisions
        ],
    )


def cursor_of(after: UUID | None) -> str | None:
    """Where the next page begins, as clients carry it: opaque."""
    return base64.urlsafe_b64encode(after.bytes).decode().rstrip("=") if after is not None else None


def after_of(cursor: str | None) -> UUID | None:
    """The reverse of `cursor_of`. Raises Problem 422 for what it never gave out."""
    if cursor is None:
        return None
    try:
        return UUID(bytes=base64.b64decode(f"{cursor}==", altchars=b"-_", validate=True))
    except (ValueError, binascii.Error):
        raise Problem(422, "cursor-invalid", "The cursor is not one that this service gave.") from None


def _case(case: CaseView) -> dict[str, Any]:
    return {
        "case_id": case.case_id,
        "customer_id": case.customer_id,
        "creditor_id": case.creditor_id,
        "currency": case.currency,
        "state": "open" if case.closed_at is None else "closed",
        "opened_at": case.opened_at,
        "closed_at": case.closed_at,
    }
