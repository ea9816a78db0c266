"""The gate: may these reminders leave, as far as invoices, payments and holds go?"""

from typing import Annotated

from fastapi import APIRouter

from invoice_service.api.access import Access
from invoice_service.domain.clearance import Answer, AskedItem, Question
from invoice_service.domain.money import Money
from invoice_service.telemetry import CLEARANCES
from invoice_service.usecases.answer_clearances import answer_clearances
from invoice_service.usecases.ports import CannotKnow
from kulant_chassis.auth import Principal
from kulant_chassis.http import require
from kulant_chassis.problem import Problem
from kulant_contracts.clearance import ClearanceQuestion, ClearanceRequest, ClearanceResponse, ClearanceResult

OWN_NAME = "invoice-service"
DEMANDS_NOTHING = ("service", "promise_note")


def clearances_router(access: Access) -> APIRouter:
    """The route `POST /v1/clearances`."""
    router = APIRouter(tags=["clearances"])

    @router.post("/v1/clearances")
    async def answer(
        request: ClearanceRequest, principal: Annotated[Principal, require("clearance")]
    ) -> ClearanceResponse:
        """One answer per reminder, about all that was acknowledged before this question came.

        The question may be held for 30 seconds; 503 is no answer: the reminder waits.
        """
        try:
            await access.barrier.pass_through()
        except CannotKnow as unknown:
            raise Problem(503, "not-read-yet", "That cannot be told now.", str(unknown)) from unknown
        questions = [_question(asked) for asked in request.reminders]
        async with access.database.read() as connection:
            answers = await answer_clearances(access.records(connection), principal.tenant, questions)
        for given in answers:
            CLEARANCES.labels(given.stale_because or "clear").inc()
        return ClearanceResponse(results=tuple(_result(given) for given in answers))

    return router


def _question(asked: ClearanceQuestion) -> Question:
    items = tuple(
        AskedItem(item.item_id, Money(item.open.amount_minor, item.open.currency), item.invoice_id)
        for item in asked.items
    )
    seen = asked.seen.get(OWN_NAME, 0)
    return Question(asked.reminder_id, asked.customer_id, items, seen, demands=asked.kind not in DEMANDS_NOTHING)


def _result(given: Answer) -> ClearanceResult:
    return ClearanceResult(
        reminder_id=given.reminder_id,
        answer="stale" if given.stale_because else "clear",
        reason=given.stale_because,
        sequence=given.sequence,
    )
