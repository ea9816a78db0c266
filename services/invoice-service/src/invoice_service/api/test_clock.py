"""The clock of a tenant in test mode."""

from datetime import UTC
from typing import Annotated

from fastapi import APIRouter

from invoice_service.api.access import Access
from invoice_service.api.schemas import TestClockRequest, TestClockResponse
from invoice_service.domain.errors import ClockOnlyMovesForward, NoTestClock
from invoice_service.domain.trail import Trail
from invoice_service.usecases.move_test_clock import move_test_clock
from kulant_chassis.auth import Principal
from kulant_chassis.http import require
from kulant_chassis.problem import Problem, problems
from kulant_chassis.telemetry import current_traceparent


def test_clock_router(access: Access) -> APIRouter:
    """The routes of `/v1/test-clock`."""
    router = APIRouter(prefix="/v1/test-clock", tags=["test clock"])

    @router.get("", responses=problems(404))
    async def show(principal: Annotated[Principal, require("reader", "erp")]) -> TestClockResponse:
        """Where the clock stands; 404 for an unknown or live tenant."""
        async with access.database.read() as connection:
            now_at = await access.views(connection).test_now_at(principal.tenant)
        if now_at is None:
            raise _no_clock()
        return TestClockResponse(now_at=now_at)

    @router.put("", responses=problems(404, 409))
    async def move(wanted: TestClockRequest, principal: Annotated[Principal, require("operator")]) -> TestClockResponse:
        """Lets time pass. The same instant changes nothing, an earlier one is 409, no such clock 404."""
        await show(principal)  # an unknown tenant gets no row to lock
        now_at = wanted.now_at.astimezone(UTC)
        try:
            async with access.database.begin() as transaction:
                await transaction.lock([principal.tenant])
                trail = Trail(traceparent=current_traceparent())
                await move_test_clock(access.unit_of_work(transaction), principal.tenant, now_at, trail)
            return TestClockResponse(now_at=now_at)
        except NoTestClock:
            raise _no_clock() from None
        except ClockOnlyMovesForward:
            raise Problem(409, "clock-backwards", "A test clock only moves forward.") from None

    return router


def _no_clock() -> Problem:
    return Problem(404, "no-test-clock", "This tenant is unknown or live: it has no test clock.")
