"""What customers answered, for people and systems of the tenant."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from feedback_service.usecases.list_responses import list_responses
from feedback_service.usecases.ports import ResponseFilter, ResponseList, ResponseRecord
from kulant_chassis.auth import Principal
from kulant_chassis.http import require
from kulant_chassis.keyset import LONGEST_CURSOR, STORABLE, cursor_of, place_of
from kulant_contracts.money import Money
from kulant_contracts.wire import Day, Instant


class ResponseItem(BaseModel):
    """One response, as it was published. Personal words and addresses are shown to roles agent and operator only."""

    response_id: UUID
    type: str = Field(description="Intent, such as payment_claimed or question_asked.")
    customer_id: str
    case_id: str | None
    reminder_id: UUID
    channel: str = Field(description="On which the customer said it.")
    said_at: Instant
    invoice_id: str | None = Field(description="Null: all items of the reminder.")
    item_id: str | None = Field(description="Null: all items of the reminder.")
    money: Money | None
    on: Day | None
    method: str | None = Field(description="How the customer says to have paid.")
    details: dict[str, Any] = Field(description="What else the intent needs: reason, channel, contact_id, stars.")
    personal: dict[str, Any] | None = Field(description="Addresses and names that the customer gave.")
    quote: str | None = Field(description="The customer's own words.")
    sequence: int


class ResponseItems(BaseModel):
    """A page of responses; `next` is the cursor of the page after it."""

    items: list[ResponseItem]
    next: str | None


class ResponseQuery(BaseModel):
    """Which responses; what is left out does not matter."""

    customer_id: str | None = Field(default=None, min_length=1, max_length=200, pattern=STORABLE)
    type: str | None = Field(default=None, max_length=60, pattern=STORABLE)
    channel: str | None = Field(default=None, max_length=60, pattern=STORABLE)
    reminder_id: UUID | None = None
    case_id: str | None = Field(default=None, min_length=1, max_length=200, pattern=STORABLE)
    invoice_id: str | None = Field(default=None, min_length=1, max_length=200, pattern=STORABLE)
    since: Instant | None = Field(default=None, description="Said at or after this moment.")
    until: Instant | None = Field(default=None, description="Said before this moment.")
    limit: int = Field(default=100, ge=1, le=500)
    cursor: str | None = Field(default=None, max_length=LONGEST_CURSOR)


def responses_router(reading: Callable[[], AbstractAsyncContextManager[ResponseList]]) -> APIRouter:
    """The route `GET /v1/responses`."""
    router = APIRouter(tags=["responses"])

    @router.get("/v1/responses")
    async def show(
        principal: Annotated[Principal, require("reader", "agent")], query: Annotated[ResponseQuery, Query()]
    ) -> ResponseItems:
        """Responses of the tenant's customers, oldest first."""
        after = place_of(query.cursor, datetime, UUID)
        async with reading() as store:
            found = await list_responses(store, _filter(principal.tenant, query), after, query.limit)
        may_read_words = principal.has_role("agent")
        return ResponseItems(
            items=[_item(record, may_read_words=may_read_words) for record in found.items],
            next=cursor_of(found.next),
        )

    return router


def _filter(tenant: str, query: ResponseQuery) -> ResponseFilter:
    return ResponseFilter(
        tenant=tenant,
        customer_id=query.customer_id,
        intent=query.type,
        via=query.channel,
        reminder_id=query.reminder_id,
        case_id=query.case_id,
        invoice_id=query.invoice_id,
        since=query.since,
        until=query.until,
    )


def _item(record: ResponseRecord, *, may_read_words: bool) -> ResponseItem:
    key, money = record.part.key, record.part.money
    return ResponseItem(
        response_id=record.response_id,
        type=record.intent,
        customer_id=record.customer_id,
        case_id=record.case_id,
        reminder_id=record.reminder_id,
        channel=record.via,
        said_at=record.said_at,
        invoice_id=key.invoice_id if key else None,
        item_id=key.item_id if key else None,
        money=Money.from_minor(money.amount_minor, money.currency) if money else None,
        on=record.on,
        method=record.method,
        details=dict(record.details),
        personal=dict(record.personal) if may_read_words else None,
        quote=record.quote if may_read_words else None,
        sequence=record.sequence,
    )
