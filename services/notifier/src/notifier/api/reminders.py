"""Routes about reminders and their deliveries."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from kulant_chassis.auth import Principal
from kulant_chassis.http import require
from kulant_chassis.keyset import STORABLE, Cursor, Limit, Name, cursor_of, place_of
from kulant_chassis.problem import Problem
from notifier.api.schemas import DeliveriesResponse, DeliveryResponse, ReminderResponse
from notifier.usecases.views import DeliveryFilter, Views

MAIL = "message/rfc822"


def reminders_router(open_views: Callable[[], AbstractAsyncContextManager[Views]]) -> APIRouter:
    """`/v1/reminders/{id}`, its content, and `/v1/deliveries`."""
    router = APIRouter(tags=["reminders"])

    @router.get("/v1/reminders/{reminder_id}")
    async def show(reminder_id: UUID, principal: Annotated[Principal, require("reader")]) -> ReminderResponse:
        """One reminder with its attempts."""
        async with open_views() as views:
            found = await views.reminder(principal.tenant, reminder_id)
        if found is None:
            raise unknown()
        return ReminderResponse.of(found)

    @router.get("/v1/reminders/{reminder_id}/content", responses={200: {"content": {MAIL: {}}}})
    async def content(reminder_id: UUID, principal: Annotated[Principal, require("operator")]) -> Response:
        """The exact bytes of the mail, as they were handed to the mail server."""
        async with open_views() as views:
            found = await views.content(principal.tenant, reminder_id)
        if found is None:
            raise unknown()
        headers = {
            "Content-Disposition": f'attachment; filename="{reminder_id}.eml"',
            "X-Content-Type-Options": "nosniff",
        }
        return Response(found, media_type=MAIL, headers=headers)

    @router.get("/v1/deliveries")
    async def deliveries(
        principal: Annotated[Principal, require("reader")],
        customer_id: Name | None = None,
        reminder_id: UUID | None = None,
        outcome: Annotated[str | None, Query(max_length=20, pattern=STORABLE)] = None,
        limit: Limit = 100,
        cursor: Cursor = None,
    ) -> DeliveriesResponse:
        """Deliveries, oldest first."""
        wanted = DeliveryFilter(customer_id, reminder_id, outcome)
        after = place_of(cursor, UUID)
        async with open_views() as views:
            found = await views.deliveries(principal.tenant, wanted, after[0] if after else None, limit + 1)
        page = [DeliveryResponse.of(one) for one in found[:limit]]
        place = [page[-1].delivery_id] if len(found) > limit else None
        return DeliveriesResponse(items=page, next=cursor_of(place))

    return router


def unknown() -> Problem:
    """What is not there, and what is another tenant's, look the same."""
    return Problem(404, "unknown", "There is no such thing here.")
