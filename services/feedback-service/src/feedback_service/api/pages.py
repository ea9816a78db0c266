"""Ends the link of a page before its time."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response

from feedback_service.domain.errors import ReminderUnknown
from feedback_service.usecases.ports import RevocationStore
from feedback_service.usecases.revoke_page import revoke_page
from kulant_chassis.auth import Principal
from kulant_chassis.http import require
from kulant_chassis.problem import Problem


def pages_router(writing: Callable[[], AbstractAsyncContextManager[RevocationStore]]) -> APIRouter:
    """The route `POST /v1/pages/{reminder_id}/revoke`."""
    router = APIRouter(tags=["pages"])

    @router.post("/v1/pages/{reminder_id}/revoke", status_code=204)
    async def revoke(reminder_id: UUID, principal: Annotated[Principal, require("operator")]) -> Response:
        """From now on the link answers 410; saying it again changes nothing."""
        try:
            async with writing() as store:
                await revoke_page(store, principal.tenant, reminder_id)
        except ReminderUnknown:
            raise Problem(404, "reminder-unknown", "There is no such reminder.") from None
        return Response(status_code=204)

    return router
