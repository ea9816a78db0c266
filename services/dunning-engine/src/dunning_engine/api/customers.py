"""`GET /v1/customers/{id}`: everything about one customer at once."""

from collections.abc import Sequence
from datetime import date, datetime

from fastapi import APIRouter
from pydantic import BaseModel

from dunning_engine.api.access import not_there
from dunning_engine.api.answers import AnswerResponse, Subject, answer_response
from dunning_engine.api.cases import Reader
from dunning_engine.api.explained import ReasonResponse, policy_response, reason_responses
from dunning_engine.api.holds import HoldResponse, hold_response
from dunning_engine.api.schemas import (
    CaseResponse,
    DecisionResponse,
    PolicyResponse,
    ReminderResponse,
    case_response,
    decision_response,
    reminder_response,
)
from dunning_engine.api.tasks import TaskResponse, task_response
from dunning_engine.domain.facts import Item
from dunning_engine.usecases.asked import NotThere
from dunning_engine.usecases.case_views import CaseReader
from dunning_engine.usecases.ports import Engine
from dunning_engine.usecases.show_customer import CustomerFile, show_customer
from dunning_engine.usecases.views import Readings
from kulant_contracts.money import Money


class OwedResponse(BaseModel):
    """An item that is still owed, the stage that it has reached, and why nothing happens to it or what does."""

    invoice_id: str
    item_id: str
    creditor_id: str
    number: str
    due_on: date | None
    amount: Money
    open: Money
    state: str
    stage: int
    is_opening: bool
    direct_debit_on: date | None
    reasons: Sequence[ReasonResponse]


class CreditResponse(BaseModel):
    """Money of the customer's that is not allocated."""

    creditor_id: str
    money: Money


class CustomerFileResponse(BaseModel):
    """A customer as the engine sees it now: facts, both sides' words, what was decided, what comes next."""

    customer_id: str
    kind: str | None
    time_zone: str | None
    country: str | None
    language: str | None
    is_erased: bool
    is_represented: bool
    refused_channels: Sequence[str]
    is_complete: bool
    now_at: datetime
    policy: PolicyResponse
    in_words: Sequence[str]
    next_look_at: datetime | None
    items: Sequence[OwedResponse]
    credits: Sequence[CreditResponse]
    cases: Sequence[CaseResponse]
    holds: Sequence[HoldResponse]
    promises: Sequence[AnswerResponse]
    disputes: Sequence[AnswerResponse]
    questions: Sequence[AnswerResponse]
    tasks: Sequence[TaskResponse]
    reminders: Sequence[ReminderResponse]
    decisions: Sequence[DecisionResponse]


def customers_router(reader: CaseReader, readings: Readings, engine: Engine) -> APIRouter:
    """The route about customers."""
    router = APIRouter(prefix="/v1/customers", tags=["customers"])

    @router.get("/{customer_id:path}")
    async def customer(principal: Reader, customer_id: Subject) -> CustomerFileResponse:
        """Everything that this service knows about a customer; at most 100 of each, the lists have the rest."""
        try:
            return _response(customer_id, await show_customer(reader, readings, engine, principal.tenant, customer_id))
        except NotThere:
            raise not_there() from None

    return router


def _response(customer_id: str, file: CustomerFile) -> CustomerFileResponse:
    decision, facts, customer = file.decided.decision, file.decided.facts, file.decided.known.customer
    return CustomerFileResponse(
        customer_id=customer_id,
        kind=customer.kind if customer else None,
        time_zone=customer.time_zone if customer else None,
        country=customer.country if customer else None,
        language=customer.language if customer else None,
        is_erased=facts.is_erased,
        is_represented=bool(facts.represented),
        refused_channels=sorted({refusal.channel for refusal in facts.refusals}),
        is_complete=facts.is_complete,
        now_at=file.decided.now,
        policy=policy_response(decision),
        in_words=[reason.sentence for reason in decision.reasons],
        next_look_at=decision.next_look_at,
        items=[_owed(item, file) for item in sorted(facts.items, key=_oldest_first)],
        credits=[
            CreditResponse(creditor_id=one.creditor_id, money=Money.from_minor(one.amount_minor, one.currency))
            for one in facts.credits
        ],
        cases=[case_response(case) for case in file.cases],
        holds=[hold_response(hold) for hold in file.holds],
        promises=[answer_response(promise) for promise in file.promises],
        disputes=[answer_response(dispute) for dispute in file.disputes],
        questions=[answer_response(question) for question in file.questions],
        tasks=[task_response(task) for task in file.tasks],
        reminders=[reminder_response(message) for message in file.messages],
        decisions=[decision_response(one) for one in file.decisions],
    )


def _owed(item: Item, file: CustomerFile) -> OwedResponse:
    reasons = [r for r in file.decided.decision.reasons if (r.invoice_id, r.item_id) == item.key]
    return OwedResponse(
        invoice_id=item.invoice_id,
        item_id=item.item_id,
        creditor_id=item.creditor_id,
        number=item.number,
        due_on=item.due_on,
        amount=Money.from_minor(item.amount_minor, item.currency),
        open=Money.from_minor(item.open_minor, item.currency),
        state=item.state,
        stage=file.stages.get(item.key, 0),
        is_opening=item.is_opening,
        direct_debit_on=item.direct_debit_on,
        reasons=reason_responses(reasons),
    )


def _oldest_first(item: Item) -> tuple[date, str, str]:
    return item.due_on or date.max, *item.key
