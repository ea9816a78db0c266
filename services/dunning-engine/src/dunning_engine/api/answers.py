"""`/v1/promises`, `/v1/disputes`, `/v1/questions`: what customers said, and what people make of it."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, ConfigDict, Field

from dunning_engine.api.access import Access
from dunning_engine.api.holds import Agent, Reader
from dunning_engine.usecases.answer_question import answer_question
from dunning_engine.usecases.asked import PromiseAsked, Sum, Whose
from dunning_engine.usecases.decide_dispute import decide_dispute
from dunning_engine.usecases.note_promise import note_promise
from dunning_engine.usecases.ports import Work
from dunning_engine.usecases.views import AnswerView, Asked, Readings
from kulant_chassis.idempotency import Written
from kulant_chassis.keyset import STORABLE, Cursor, Limit, Name, cursor_of, place_of
from kulant_chassis.problem import problems
from kulant_contracts.money import Money
from kulant_contracts.wire import Day, Id

Subject = Annotated[str, Path(min_length=1, max_length=200, pattern=STORABLE)]
Outcome = Literal["accepted", "partly_accepted", "rejected", "withdrawn"]


class AnswerResponse(BaseModel):
    """Something that a customer said, and how it stands. `money`: the part it is about; null: all of it."""

    id: str
    customer_id: str
    state: str
    what: str | None
    said_at: datetime
    case_id: UUID | None
    invoice_id: str | None
    item_id: str | None
    money: Money | None
    on: date | None
    accepted: Money | None
    ended_at: datetime | None


class AnswerListResponse(BaseModel):
    """One page."""

    items: Sequence[AnswerResponse]
    next: str | None


class PromiseRequest(BaseModel):
    """A promise that somebody was given: on which day, how much of what."""

    model_config = ConfigDict(extra="forbid")

    customer_id: Id
    on: Day
    money: Money | None = None
    invoice_id: Id | None = None
    item_id: Id | None = None


class DecisionRequest(BaseModel):
    """How a dispute is decided; `accepted` is what the creditor gives up, with `partly_accepted` alone."""

    model_config = ConfigDict(extra="forbid")

    outcome: Outcome
    accepted: Money | None = Field(default=None)


class DoneResponse(BaseModel):
    """What was written down, and about whom."""

    id: str
    customer_id: str
    state: str


def answer_response(view: AnswerView) -> AnswerResponse:
    """An answer for people."""
    has_sum = view.amount_minor is not None and view.currency is not None
    accepted = view.accepted_minor if view.currency is not None else None
    return AnswerResponse(
        id=view.response_id,
        customer_id=view.customer_id,
        state=_state(view),
        what=view.what,
        said_at=view.said_at,
        case_id=view.case_id,
        invoice_id=view.invoice_id,
        item_id=view.item_id,
        money=Money.from_minor(view.amount_minor or 0, view.currency or "") if has_sum else None,
        on=view.named_on,
        accepted=Money.from_minor(accepted, view.currency or "") if accepted is not None else None,
        ended_at=view.answered_at or view.decided_at,
    )


def answers_router(access: Access, readings: Readings) -> APIRouter:
    """The routes about promises, disputes and questions."""
    router = APIRouter(prefix="/v1")

    async def page(kind: str, asked: Asked) -> AnswerListResponse:
        found, limit = await readings.answers(kind, asked), asked.limit - 1
        last = found[limit - 1] if len(found) > limit else None
        place = (f"{asked.tenant}/{last.customer_id}", last.response_id) if last else None
        return AnswerListResponse(items=[answer_response(one) for one in found[:limit]], next=cursor_of(place))

    @router.get("/promises", tags=["promises"])
    async def promises(
        principal: Reader,
        limit: Limit = 50,
        cursor: Cursor = None,
        customer_id: Name | None = None,
        state: Literal["open", "kept", "broken", "lapsed"] | None = None,
    ) -> AnswerListResponse:
        """Promises on all channels."""
        return await page("promise", _asked(principal.tenant, limit, cursor, customer_id, state))

    @router.get("/disputes", tags=["disputes"])
    async def disputes(
        principal: Reader,
        limit: Limit = 50,
        cursor: Cursor = None,
        customer_id: Name | None = None,
        state: Literal["open", "decided"] | None = None,
    ) -> AnswerListResponse:
        """What customers contest."""
        return await page("dispute", _asked(principal.tenant, limit, cursor, customer_id, state))

    @router.get("/questions", tags=["questions"])
    async def questions(
        principal: Reader,
        limit: Limit = 50,
        cursor: Cursor = None,
        customer_id: Name | None = None,
        state: Literal["open", "answered"] | None = None,
    ) -> AnswerListResponse:
        """What customers asked, and asked for."""
        return await page("question", _asked(principal.tenant, limit, cursor, customer_id, state))

    _promise_route(router, access)
    _decide_route(router, access)
    _answered_route(router, access)
    return router


def _promise_route(router: APIRouter, access: Access) -> None:
    @router.post("/promises", status_code=201, response_model=DoneResponse, tags=["promises"], responses=problems(404))
    async def promise(asked: PromiseRequest, write: Agent) -> Response:
        """Notes a promise that was given on the phone, say; it counts like one from the page."""
        money = Sum(asked.money.amount_minor, asked.money.currency) if asked.money else None

        async def act(work: Work, whose: Whose) -> Written:
            given = PromiseAsked(asked.on, money, asked.invoice_id, asked.item_id)
            noted = await note_promise(work, access.engine, whose, given)
            return _written("promise.noted", "promise_id", noted.response_id, whose, "open", 201)

        return await access.change(write, asked.customer_id, act)


def _decide_route(router: APIRouter, access: Access) -> None:
    @router.post(
        "/disputes/{dispute_id}/decide", response_model=DoneResponse, tags=["disputes"], responses=problems(409)
    )
    async def decide(dispute_id: Subject, asked: DecisionRequest, write: Agent) -> Response:
        """Decides what is contested, once: 409 where it was decided before."""
        accepted = Sum(asked.accepted.amount_minor, asked.accepted.currency) if asked.accepted else None

        async def act(work: Work, whose: Whose) -> Written:
            await decide_dispute(work, access.engine, whose, dispute_id, asked.outcome, accepted)
            return _written("dispute.decided", "dispute_id", dispute_id, whose, asked.outcome)

        return await access.change_of(write, "dispute", dispute_id, act)


def _answered_route(router: APIRouter, access: Access) -> None:
    @router.post(
        "/questions/{question_id}/answered", response_model=DoneResponse, tags=["questions"], responses=problems(409)
    )
    async def answered(question_id: Subject, write: Agent) -> Response:
        """Notes that a question was answered: what rested because of it goes on."""

        async def act(work: Work, whose: Whose) -> Written:
            await answer_question(work, access.engine, whose, question_id)
            return _written("question.answered", "question_id", question_id, whose, "answered")

        return await access.change_of(write, "question", question_id, act)


def _written(action: str, name: str, subject_id: str, whose: Whose, state: str, status: int = 200) -> Written:
    customer_id = whose.key.split("/", 1)[1]
    body = DoneResponse(id=subject_id, customer_id=customer_id, state=state)
    return Written(action, {"customer_id": customer_id, name: subject_id}, body, status)


def _asked(tenant: str, limit: int, cursor: str | None, customer_id: str | None, state: str | None) -> Asked:
    return Asked(tenant, limit + 1, place_of(cursor, str, str), customer_id, state)


def _state(view: AnswerView) -> str:
    if view.kind == "question":
        return "answered" if view.answered_at else "open"
    return view.ended or view.outcome or "open"
