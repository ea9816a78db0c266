"""`/v1/dead-letters`: what was parked, for the operators of this one service."""

import base64
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from kulant_chassis.auth import OPERATOR, Principal
from kulant_chassis.database import Database
from kulant_chassis.dead_letters import DeadLetter, DeadLetters
from kulant_chassis.http import require
from kulant_chassis.idempotency import Write, Written, once, writes
from kulant_chassis.keyset import STORABLE, Cursor, Limit, cursor_of, place_of
from kulant_chassis.problem import problems
from kulant_chassis.received import Reads
from kulant_contracts.envelope import STRUCTURED

_BEYOND_ALL = 2**63 - 1
_SHOWN_OF_AN_ID = 2
_REPAIRED = {"requestBody": {"content": {STRUCTURED: {"schema": {"type": "object"}}}}}


class DeadLetterEntry(BaseModel):
    """One parked record; of the key only the tenant and the beginning of the customer's id."""

    place: str
    type: str | None
    key: str | None
    reason: str
    parked_at: datetime
    state: Literal["open", "replayed", "discarded"]
    resolved_at: datetime | None
    resolved_by: str | None
    note: str | None


class DeadLetterList(BaseModel):
    """One page; `next` is the cursor of the page after it."""

    items: Sequence[DeadLetterEntry]
    next: str | None


class DeadLetterContent(DeadLetterEntry):
    """A record with its bytes in base64, and as text where they are UTF-8; none once it is resolved."""

    whole_key: str | None
    headers: Sequence[tuple[str, str]]
    content: str | None
    text: str | None


class Discarding(BaseModel):
    """Why a record may be left out."""

    reason: Annotated[str, Field(min_length=1, max_length=500, pattern=STORABLE)]


def dead_letters_router(database: Database, reads: Reads) -> APIRouter:
    """The routes of a service's dead letters."""
    router = APIRouter(tags=["operations"])
    letters = DeadLetters(reads)
    path = "/v1/dead-letters/{topic}/{partition}/{offset}"

    @router.get("/v1/dead-letters")
    async def dead_letters(
        principal: Annotated[Principal, require(OPERATOR)],
        state: Annotated[Literal["open", "replayed", "discarded"] | None, Query()] = None,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> DeadLetterList:
        """Parked records of the tenant, the newest first; those without a tenant only for who covers all."""
        place = place_of(cursor, int)
        before = place[0] if place else _BEYOND_ALL
        async with database.read() as connection:
            found = await letters.page(connection, principal, state=state, before=before, limit=limit + 1)
        shown = found[:limit]
        items = [DeadLetterEntry(**_told(letter)) for letter in shown]
        return DeadLetterList(items=items, next=cursor_of([shown[-1].id] if len(found) > limit else None))

    @router.get(path)
    async def dead_letter(
        principal: Annotated[Principal, require(OPERATOR)], topic: str, partition: str, offset: str
    ) -> DeadLetterContent:
        """One record with its original bytes."""
        async with database.read() as connection:
            return _content(await letters.find(connection, principal, f"{topic}/{partition}/{offset}"))

    @router.post(f"{path}/replay", response_model=DeadLetterEntry, responses=problems(409), openapi_extra=_REPAIRED)
    async def replay(
        write: Annotated[Write, writes(OPERATOR)], request: Request, topic: str, partition: str, offset: str
    ) -> Response:
        """Apply a record now, as it came or, with a body, as that body says (CloudEvents, structured mode)."""
        repaired = await request.body() or None

        async def act() -> Written:
            letter = await letters.replay(transaction, write.principal, f"{topic}/{partition}/{offset}", repaired)
            return _written("dead_letter.replayed", letter)

        async with database.begin() as transaction:
            return await once(transaction, write, act)

    @router.post(f"{path}/discard", response_model=DeadLetterEntry, responses=problems(409))
    async def discard(
        write: Annotated[Write, writes(OPERATOR)], body: Discarding, topic: str, partition: str, offset: str
    ) -> Response:
        """Leave a record out for good: it counts as had and holds nobody any longer."""

        async def act() -> Written:
            letter = await letters.discard(transaction, write.principal, f"{topic}/{partition}/{offset}", body.reason)
            return _written("dead_letter.discarded", letter)

        async with database.begin() as transaction:
            return await once(transaction, write, act)

    return router


def _told(letter: DeadLetter) -> dict[str, Any]:
    return {
        "place": letter.place,
        "type": letter.type,
        "key": _masked(letter.key) if letter.key is not None else None,
        "reason": letter.reason,
        "parked_at": letter.parked_at,
        "state": letter.state,
        "resolved_at": letter.resolved_at,
        "resolved_by": letter.resolved_by,
        "note": letter.note,
    }


def _content(letter: DeadLetter) -> DeadLetterContent:
    value = letter.record_value
    try:
        text = value.decode() if value is not None else None
    except UnicodeDecodeError:
        text = None
    return DeadLetterContent(
        **_told(letter),
        whole_key=letter.key,
        headers=[(name, content.decode(errors="replace")) for name, content in letter.record_headers],
        content=base64.b64encode(value).decode() if value is not None else None,
        text=text,
    )


def _written(action: str, letter: DeadLetter) -> Written:
    return Written(action, {"place": letter.place}, DeadLetterEntry(**_told(letter)))


def _masked(key: str) -> str:
    tenant, slash, customer_id = key.partition("/")
    return f"{tenant}/{customer_id[:_SHOWN_OF_AN_ID]}…" if slash else tenant
