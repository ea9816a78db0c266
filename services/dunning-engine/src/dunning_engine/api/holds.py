"""`/v1/holds`: reasons not to remind that people set, and all that are known."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Literal, Self

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator

from dunning_engine.api.access import Access
from dunning_engine.domain.answers import Hold
from dunning_engine.usecases.asked import HoldAsked, Sum, Whose
from dunning_engine.usecases.lift_hold import lift_hold
from dunning_engine.usecases.ports import Work
from dunning_engine.usecases.set_hold import set_hold
from dunning_engine.usecases.views import Asked, HoldView, Readings
from kulant_chassis.auth import Principal
from kulant_chassis.http import require
from kulant_chassis.idempotency import Write, Written, writes
from kulant_chassis.keyset import STORABLE, Cursor, Limit, Name, cursor_of, place_of
from kulant_chassis.problem import problems
from kulant_contracts.holds import HoldScope
from kulant_contracts.money import Money
from kulant_contracts.wire import Day, Id

Reader = Annotated[Principal, require("reader", "agent")]
Agent = Annotated[Write, writes("agent")]


class HoldRequest(BaseModel):
    """What is to rest, why, and through which day."""

    model_config = ConfigDict(extra="forbid")

    customer_id: Id
    scope: HoldScope = "customer"
    scope_id: Id | None = None
    invoice_id: Id | None = None
    money: Money | None = None
    reason: Literal[
        "insolvency",
        "deceased",
        "legal",
        "agency",
        "assigned",
        "direct_debit",
        "dispute",
        "hardship",
        "manual",
        "other",
    ]
    until_on: Day | None = None
    note: Annotated[str, Field(max_length=2_000, pattern=STORABLE)] | None = None

    @model_validator(mode="after")
    def _says_what_is_held(self) -> Self:
        if (self.scope == "customer") != (self.scope_id is None):
            raise ValueError("an invoice or an item is named by scope_id, the customer as a whole is not")
        if self.money is not None and self.money.amount_minor <= 0:
            raise ValueError("a held sum is more than nothing")
        return self


class HoldResponse(BaseModel):
    """A hold as it stands; `source` says who can lift it: `api` here, `erp` where it came from."""

    hold_id: str
    customer_id: str
    state: str
    scope: str
    scope_id: str | None
    invoice_id: str | None
    money: Money | None
    reason: str
    until_on: date | None
    set_at: datetime | None
    source: str
    note: str | None = None


class HoldListResponse(BaseModel):
    """One page of holds."""

    items: Sequence[HoldResponse]
    next: str | None


def hold_response(view: HoldView) -> HoldResponse:
    """A hold for people."""
    hold = view.hold
    has_sum = hold.amount_minor is not None and hold.currency is not None
    return HoldResponse(
        hold_id=hold.hold_id,
        customer_id=view.customer_id,
        state="set" if hold.is_set else "lifted",
        scope=hold.scope,
        scope_id=hold.scope_id,
        invoice_id=hold.invoice_id,
        money=Money.from_minor(hold.amount_minor or 0, hold.currency or "") if has_sum else None,
        reason=hold.reason,
        until_on=hold.until_on,
        set_at=hold.set_at,
        source=hold.source,
        note=view.note,
    )


def holds_router(access: Access, readings: Readings) -> APIRouter:
    """The routes about holds."""
    router = APIRouter(prefix="/v1/holds", tags=["holds"])

    @router.get("")
    async def holds(
        principal: Reader,
        limit: Limit = 50,
        cursor: Cursor = None,
        customer_id: Name | None = None,
        state: Literal["set", "lifted"] | None = None,
    ) -> HoldListResponse:
        """Holds of the ERP, of invoice-service and of people."""
        after = place_of(cursor, str, str)
        asked = Asked(principal.tenant, limit + 1, after, customer_id, state)
        found = await readings.holds(asked)
        last = found[limit - 1] if len(found) > limit else None
        place = (f"{principal.tenant}/{last.customer_id}", last.hold.hold_id) if last else None
        return HoldListResponse(items=[hold_response(one) for one in found[:limit]], next=cursor_of(place))

    @router.post("", status_code=201, response_model=HoldResponse, responses=problems(404))
    async def put_on_hold(asked: HoldRequest, write: Agent) -> Response:
        """Sets a hold; a reminder about it that is under way is taken back before the answer leaves."""

        async def act(work: Work, whose: Whose) -> Written:
            hold = await set_hold(work, access.engine, whose, _asked(asked))
            return _written("hold.set", asked.customer_id, hold, 201)

        return await access.change(write, asked.customer_id, act)

    @router.delete("/{hold_id}", response_model=HoldResponse)
    async def lift(hold_id: Annotated[str, Path(max_length=200, pattern=STORABLE)], write: Agent) -> Response:
        """Lifts a hold that was set here; the ERP lifts its own."""

        async def act(work: Work, whose: Whose) -> Written:
            hold = await lift_hold(work, access.engine, whose, hold_id)
            return _written("hold.lifted", whose.key.split("/", 1)[1], hold, 200)

        return await access.change_of(write, "hold", hold_id, act)

    return router


def _asked(request: HoldRequest) -> HoldAsked:
    money = request.money
    return HoldAsked(
        scope=request.scope,
        reason=request.reason,
        scope_id=request.scope_id,
        invoice_id=request.invoice_id,
        money=Sum(money.amount_minor, money.currency) if money else None,
        until_on=request.until_on,
        note=request.note,
    )


def _written(action: str, customer_id: str, hold: Hold, status: int) -> Written:
    """Without the note: what is kept to be answered again would outlive the customer's erasure."""
    subjects = {"customer_id": customer_id, "hold_id": hold.hold_id}
    return Written(action, subjects, hold_response(HoldView(customer_id, hold, None)), status)
