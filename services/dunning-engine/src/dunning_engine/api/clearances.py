"""`POST /v1/clearances`: may these reminders leave now, as far as this service knows?"""

from typing import Annotated

from fastapi import APIRouter

from dunning_engine.usecases.answer_clearances import Answer, answer_clearances
from dunning_engine.usecases.ports import Gate
from kulant_chassis.auth import Principal
from kulant_chassis.http import require
from kulant_contracts.clearance import ClearanceRequest, ClearanceResponse, ClearanceResult


def clearances_router(gate: Gate) -> APIRouter:
    """The route of the gate."""
    router = APIRouter(tags=["clearances"])

    @router.post("/v1/clearances", response_model_exclude_none=True)
    async def clearances(
        principal: Annotated[Principal, require("clearance")], request: ClearanceRequest
    ) -> ClearanceResponse:
        """`clear` while a reminder stands as it was requested, else `stop` with the reason."""
        asked = [(question.reminder_id, question.customer_id) for question in request.reminders]
        answers = await answer_clearances(gate, principal.tenant, asked)
        return ClearanceResponse(results=tuple(_result(answer) for answer in answers))

    return router


def _result(answer: Answer) -> ClearanceResult:
    return ClearanceResult(
        reminder_id=answer.reminder_id,
        answer="clear" if answer.reason is None else "stop",
        reason=answer.reason,
        sequence=answer.sequence,
    )
