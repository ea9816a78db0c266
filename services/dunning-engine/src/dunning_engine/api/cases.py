"""`GET /v1/cases` and `GET /v1/cases/{id}`."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query

from dunning_engine.api.schemas import (
    CaseFileResponse,
    CaseListResponse,
    after_of,
    case_file_response,
    case_response,
    cursor_of,
)
from dunning_engine.usecases.case_views import CaseReader, Wanted
from dunning_engine.usecases.list_cases import list_cases
from dunning_engine.usecases.show_case import CaseUnknown, show_case
from kulant_chassis.auth import Principal
from kulant_chassis.http import require
from kulant_chassis.problem import Problem

Reader = Annotated[Principal, require("reader")]


def cases_router(reader: CaseReader) -> APIRouter:
    """The routes about cases."""
    router = APIRouter(tags=["cases"])

    @router.get("/v1/cases")
    async def cases(
        principal: Reader,
        limit: Annotated[int, Query(ge=1, le=500)] = 50,
        cursor: Annotated[str | None, Query(max_length=100)] = None,
        customer_id: Annotated[str | None, Query(min_length=1, max_length=200)] = None,
        state: Literal["open", "closed"] | None = None,
    ) -> CaseListResponse:
        """Cases of the tenant, the oldest first."""
        is_open = None if state is None else state == "open"
        page = await list_cases(reader, Wanted(principal.tenant, limit, after_of(cursor), customer_id, is_open))
        return CaseListResponse(items=[case_response(case) for case in page.cases], next=cursor_of(page.next_after))

    @router.get("/v1/cases/{case_id}")
    async def case(principal: Reader, case_id: str) -> CaseFileResponse:
        """One case with its decisions in words, the newest first."""
        try:
            return case_file_response(await show_case(reader, principal.tenant, case_id))
        except CaseUnknown:
            raise Problem(404, "unknown", "There is no such thing here.") from None

    return router
