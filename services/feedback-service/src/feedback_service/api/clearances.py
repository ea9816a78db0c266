"""The gate: may these reminders leave, as far as customers' answers go?"""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Annotated

from fastapi import APIRouter

from feedback_service.domain.clearance import Question
from feedback_service.telemetry import CLEARANCES
from feedback_service.usecases.answer_clearances import answer_clearances
from feedback_service.usecases.ports import ClearanceStore
from kulant_chassis.auth import Principal
from kulant_chassis.http import require
from kulant_contracts.clearance import ClearanceRequest, ClearanceResponse, ClearanceResult

OWN_NAME = "feedback-service"


def clearances_router(reading: Callable[[], AbstractAsyncContextManager[ClearanceStore]]) -> APIRouter:
    """The route `POST /v1/clearances`."""
    router = APIRouter(tags=["clearances"])

    @router.post("/v1/clearances")
    async def answer(
        request: ClearanceRequest, principal: Annotated[Principal, require("clearance")]
    ) -> ClearanceResponse:
        """One answer for each reminder, about all that was answered with 2xx or 303 before this question came."""
        questions = [
            Question(asked.reminder_id, asked.customer_id, asked.seen.get(OWN_NAME, 0), asked.kind)
            for asked in request.reminders
        ]
        async with reading() as store:
            clearances = await answer_clearances(store, principal.tenant, questions)
        for clearance in clearances:
            CLEARANCES.labels(clearance.standing.value).inc()
        return ClearanceResponse(
            results=tuple(
                ClearanceResult(
                    reminder_id=clearance.reminder_id,
                    answer=clearance.standing.value,
                    reason=clearance.reason,
                    sequence=clearance.sequence,
                )
                for clearance in clearances
            )
        )

    return router
