"""Mails that came back, for the people who look at what no rule could place."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from feedback_service.domain.mail import KeptMail, MailState
from feedback_service.usecases.list_mails import list_mails
from feedback_service.usecases.ports import InboundFilter, MailList
from kulant_chassis.auth import Principal
from kulant_chassis.http import require
from kulant_chassis.keyset import LONGEST_CURSOR, cursor_of, place_of
from kulant_contracts.wire import Instant


class InboundMailItem(BaseModel):
    """One mail. Its words are here only where they did not become a response."""

    mail_id: UUID
    state: str = Field(description="recorded, automatic, out_of_office, unmatched or set_aside.")
    reason: str
    received_at: Instant
    reminder_id: UUID | None
    customer_id: str | None
    response_id: UUID | None
    sender: str | None = Field(description="As the mail says; nobody has checked it.")
    subject: str | None
    words: str | None
    attachments: list[str] = Field(description="Their names; they themselves are not kept.")
    size_bytes: int


class InboundMailItems(BaseModel):
    """A page of mails; `next` is the cursor of the page after it."""

    items: list[InboundMailItem]
    next: str | None


class InboundQuery(BaseModel):
    """Which mails."""

    state: MailState | None = None
    limit: int = Field(default=100, ge=1, le=500)
    cursor: str | None = Field(default=None, max_length=LONGEST_CURSOR)


def inbound_router(reading: Callable[[], AbstractAsyncContextManager[MailList]]) -> APIRouter:
    """The route `GET /v1/inbound`."""
    router = APIRouter(tags=["inbound"])

    @router.get("/v1/inbound")
    async def show(
        principal: Annotated[Principal, require("agent")], query: Annotated[InboundQuery, Query()]
    ) -> InboundMailItems:
        """Mails to the tenant's customers, oldest first; those of no tenant for a token that covers all of them."""
        wanted = InboundFilter(principal.tenant, principal.covers_all, query.state)
        after = place_of(query.cursor, datetime, UUID)
        async with reading() as store:
            found = await list_mails(store, wanted, after, query.limit)
        return InboundMailItems(items=[_item(kept) for kept in found.items], next=cursor_of(found.next))

    return router


def _item(kept: KeptMail) -> InboundMailItem:
    return InboundMailItem(
        mail_id=kept.mail_id,
        state=kept.state,
        reason=kept.reason,
        received_at=kept.received_at,
        reminder_id=kept.reminder_id,
        customer_id=kept.customer_id,
        response_id=kept.response_id,
        sender=kept.mail.sender,
        subject=kept.mail.subject,
        words=kept.words,
        attachments=list(kept.mail.attachments),
        size_bytes=kept.mail.size_bytes,
    )
