"""Orders to tell current state again, for a projection elsewhere that is new or was lost."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response

from invoice_service.api.access import Access
from invoice_service.api.schemas import RestatementRequest, RestatementResponse
from invoice_service.usecases.ports import Restatement
from kulant_chassis.auth import Principal
from kulant_chassis.http import require
from kulant_chassis.idempotency import Write, Written, once, writes
from kulant_chassis.ids import uuid7
from kulant_chassis.problem import Problem, problems


def restatements_router(access: Access) -> APIRouter:
    """The routes of `/v1/restatements`."""
    router = APIRouter(prefix="/v1/restatements", tags=["restatements"])

    @router.post("", status_code=202, response_model=RestatementResponse, responses=problems(404))
    async def order(wanted: RestatementRequest, write: Annotated[Write, writes("operator")]) -> Response:
        """Has the current state of the tenant, or of one customer, published again in the same versions.

        404 for a tenant of whom nothing was told.
        """
        restatement = Restatement(uuid7(), write.tenant, wanted.customer_id)

        async with access.database.begin() as transaction:

            async def act() -> Written:
                uow = access.unit_of_work(transaction)
                if await uow.tenants.find(write.tenant) is None:
                    raise Problem(404, "unknown", "There is no such tenant.")
                await uow.restatements.add(restatement)
                subjects = {"restatement_id": str(restatement.restatement_id)}
                return Written("restatement.ordered", subjects, RestatementResponse.of(restatement), 202)

            return await once(transaction, write, act)

    @router.get("/{restatement_id}")
    async def show(restatement_id: UUID, principal: Annotated[Principal, require("operator")]) -> RestatementResponse:
        """How far an order got."""
        async with access.database.begin() as transaction:
            found = await access.unit_of_work(transaction).restatements.find(principal.tenant, restatement_id)
        if found is None:
            raise Problem(404, "unknown", "There is no such restatement.")
        return RestatementResponse.of(found)

    return router
