"""From an invoice to what a trace viewer shows of it."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from invoice_service.api.access import Access
from kulant_chassis.auth import Principal
from kulant_chassis.http import require
from kulant_chassis.problem import Problem, problems
from kulant_chassis.telemetry import parse_traceparent


class TraceResponse(BaseModel):
    """How an invoice is found in a trace viewer. `trace_id` is null where the ERP's event belonged to no trace.

    `correlation_id` is the span attribute `messaging.message.conversation_id` in every trace of the invoice's story.
    """

    invoice_id: str
    trace_id: str | None
    correlation_id: str | None


def traces_router(access: Access) -> APIRouter:
    """The route `GET /v1/trace-of`."""
    router = APIRouter(prefix="/v1", tags=["traces"])

    @router.get("/trace-of", responses=problems(404))
    async def trace_of(
        principal: Annotated[Principal, require("reader", "erp")],
        invoice_id: Annotated[str, Query(min_length=1, max_length=200)],
    ) -> TraceResponse:
        """The trace that told of an invoice, and the id that all traces of its story share; 404 for an unknown one."""
        if not invoice_id.isprintable():  # no event can bring such an id, and the database refuses some
            raise Problem(404, "unknown", "There is no such invoice.")
        async with access.database.read() as connection:
            known = await access.views(connection).invoice(principal.tenant, invoice_id)
        if known is None:
            raise Problem(404, "unknown", "There is no such invoice.")
        told = parse_traceparent(known.trail.traceparent)
        return TraceResponse(
            invoice_id=invoice_id,
            trace_id=f"{told.trace_id:032x}" if told else None,
            correlation_id=known.trail.correlation_id,
        )

    return router
