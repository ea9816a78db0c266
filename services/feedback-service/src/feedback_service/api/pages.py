"""Ends the link of a page before its time."""

from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response

from feedback_service.domain.errors import ReminderUnknown
from feedback_service.usecases.ports import RevocationStore
from feedback_service.usecases.revoke_page import revoke_page
from kulant_chassis.idempotency import Write, Written, writes
from kulant_chassis.problem import Problem

Once = Callable[[Write, Callable[[RevocationStore], Awaitable[Written]]], Awaitable[Response]]
"""Acts in a transaction of its own, once for each Idempotency-Key."""


def pages_router(once: Once) -> APIRouter:
    """The route `POST /v1/pages/{reminder_id}/revoke`."""
    router = APIRouter(tags=["pages"])

    @router.post("/v1/pages/{reminder_id}/revoke", status_code=204)
    async def revoke(reminder_id: UUID, write: Annotated[Write, writes("operator")]) -> Response:
        """From now on the link answers 410; saying it again changes nothing."""

        async def act(store: RevocationStore) -> Written:
            await revoke_page(store, write.tenant, reminder_id)
            return Written("page.revoked", {"reminder_id": str(reminder_id)})

        try:
            return await once(write, act)
        except ReminderUnknown:
            raise Problem(404, "reminder-unknown", "There is no such reminder.") from None

    return router
