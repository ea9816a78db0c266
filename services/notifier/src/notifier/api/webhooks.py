"""Mails that came back, handed in by other ways than our own listener: `POST /webhooks/email`."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from email.utils import parseaddr
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from kulant_chassis.auth import OPERATOR, Principal
from kulant_chassis.http import require
from kulant_chassis.problem import Problem, problems
from notifier.domain.bounce import Report
from notifier.usecases.ports import Work
from notifier.usecases.record_bounces import record_bounce

MAIL = "message/rfc822"
_BODY = {"requestBody": {"content": {MAIL: {"schema": {"type": "string", "format": "binary"}}}, "required": True}}
ReadReport = Callable[[bytes], Report | None]


class CameBack(BaseModel):
    """What was read."""

    report: str | None = Field(description="failed, delayed, delivered, relayed, expanded; null: no report at all.")
    is_recorded: bool = Field(description="Whether something changed: a report that comes again changes nothing.")


def webhooks_router(open_work: Callable[[], AbstractAsyncContextManager[Work]], read_report: ReadReport) -> APIRouter:
    """The route for gateway `email`."""
    router = APIRouter(tags=["webhooks"])

    @router.post("/webhooks/email", responses=problems(415), openapi_extra=_BODY)
    async def came_back(request: Request, principal: Annotated[Principal, require(OPERATOR)]) -> CameBack:
        """Take in one bounce as it came (message/rfc822). Ours is found by the Message-ID of the mail that it holds.

        Safe to repeat; no Idempotency-Key, because mail systems that call back have none.
        """
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != MAIL:
            raise Problem(415, "media-type", f"A mail is sent as {MAIL}.")
        report = read_report(await request.body())
        delivery_id = _delivery_of(report)
        if report is None or delivery_id is None:
            return CameBack(report=report.action if report else None, is_recorded=False)
        async with open_work() as work:
            is_recorded = await record_bounce(work, delivery_id, report, principal.tenant)
        return CameBack(report=report.action, is_recorded=is_recorded)

    return router


def _delivery_of(report: Report | None) -> UUID | None:
    if report is None or report.original_id is None:
        return None
    try:
        return UUID(parseaddr(report.original_id)[1].partition("@")[0])
    except ValueError:
        return None
