"""What customers answered, for people and systems of the tenant."""

import base64
import binascii
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from feedback_service.usecases.list_responses import Place, list_responses
from feedback_service.usecases.ports import ResponseList, ResponseRecord
from kulant_chassis.auth import Principal
from kulant_chassis.http import require
from kulant_chassis.problem import Problem
from kulant_contracts.money import Money
from kulant_contracts.wire import Day, Instant


class ResponseItem(BaseModel):
    """One response, as it was published."""

    response_id: UUID
    type: str = Field(description="Intent: payment_claimed or promise_made.")
    customer_id: str
    case_id: str | None
    reminder_id: UUID
    channel: str
    said_at: Instant
    item_id: str | None = Field(description="Null: all items of the reminder.")
    money: Money
    on: Day
    method: str | None = Field(description="How the customer says to have paid.")
    sequence: int


class ResponseItems(BaseModel):
    """A page of responses; `next` is the cursor of the page after it."""

    items: list[ResponseItem]
    next: str | None


def responses_router(reading: Callable[[], AbstractAsyncContextManager[ResponseList]]) -> APIRouter:
    """The route `GET /v1/responses`."""
    router = APIRouter(tags=["responses"])

    @router.get("/v1/responses")
    async def show(
        principal: Annotated[Principal, require("reader")],
        customer_id: Annotated[str | None, Query(min_length=1, max_length=200)] = None,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
        cursor: Annotated[str | None, Query(max_length=200)] = None,
    ) -> ResponseItems:
        """Responses of the tenant's customers, oldest first."""
        after = read_cursor(cursor) if cursor else None
        async with reading() as store:
            found = await list_responses(store, principal.tenant, customer_id, after, limit)
        return ResponseItems(
            items=[_item(record) for record in found.items], next=write_cursor(found.next) if found.next else None
        )

    return router


def write_cursor(place: Place) -> str:
    """A place in the list as one opaque word."""
    said_at, response_id = place
    return base64.urlsafe_b64encode(f"{said_at.isoformat()} {response_id}".encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> Place:
    """The place that `write_cursor` wrote. Raises Problem."""
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
        said_at, _, response_id = text.partition(" ")
        place = datetime.fromisoformat(said_at), UUID(response_id)
    except (binascii.Error, ValueError):
        raise Problem(400, "cursor-invalid", "This cursor is not one that was given out here.") from None
    if place[0].tzinfo is None:
        raise Problem(400, "cursor-invalid", "This cursor is not one that was given out here.")
    return place


def _item(record: ResponseRecord) -> ResponseItem:
    return ResponseItem(
        response_id=record.response_id,
        type=record.intent,
        customer_id=record.customer_id,
        case_id=record.case_id,
        reminder_id=record.reminder_id,
        channel="page",
        said_at=record.said_at,
        item_id=record.part.item_id,
        money=Money.from_minor(record.part.money.amount_minor, record.part.money.currency),
        on=record.on,
        method=record.method,
        sequence=record.sequence,
    )
