"""The present decision in words and data, for a case and for a customer."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from dunning_engine.api.schemas import PolicyResponse
from dunning_engine.domain.decision import Decision, Reason, Request
from dunning_engine.usecases.show_case import Explained


class ReasonResponse(BaseModel):
    """A rule that decides, in a sentence, with what it is about and what it rests on."""

    rule: str
    sentence: str
    facts: Mapping[str, Any]
    invoice_id: str | None
    item_id: str | None


class MessageResponse(BaseModel):
    """A message that would be requested now."""

    kind: str
    code: str
    stage: int
    items: Sequence[tuple[str, str]]
    deadline_on: date


class ExplanationResponse(BaseModel):
    """What would be decided now. `outcome`: remind, withdraw, note or nothing."""

    case_id: UUID
    customer_id: str
    now_at: datetime
    policy: PolicyResponse
    outcome: str
    in_words: Sequence[str]
    reasons: Sequence[ReasonResponse]
    messages: Sequence[MessageResponse]
    next_look_at: datetime | None


def explanation_response(explained: Explained) -> ExplanationResponse:
    """Why nothing happens to a case, or what does."""
    case, decision = explained.file.case, explained.decided.decision
    of_case = (case.creditor_id, case.currency)
    return ExplanationResponse(
        case_id=case.case_id,
        customer_id=case.customer_id,
        now_at=explained.decided.now,
        policy=policy_response(decision),
        outcome=decision.outcome,
        in_words=[reason.sentence for reason in explained.reasons],
        reasons=reason_responses(explained.reasons),
        messages=[message_response(one) for one in decision.requests if one.case == of_case],
        next_look_at=decision.next_look_at,
    )


def policy_response(decision: Decision) -> PolicyResponse:
    """The rules that decide."""
    return PolicyResponse(code=decision.policy.code, version=decision.policy.version)


def reason_responses(reasons: Iterable[Reason]) -> list[ReasonResponse]:
    """Reasons for people."""
    return [
        ReasonResponse(
            rule=reason.rule,
            sentence=reason.sentence,
            facts=reason.facts,
            invoice_id=reason.invoice_id,
            item_id=reason.item_id,
        )
        for reason in reasons
    ]


def message_response(request: Request) -> MessageResponse:
    """A message as it would be requested."""
    return MessageResponse(
        kind=request.kind,
        code=request.code,
        stage=request.number,
        items=[asked.item.key for asked in request.items],
        deadline_on=request.deadline_on,
    )
