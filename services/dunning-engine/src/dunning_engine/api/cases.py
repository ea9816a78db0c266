"""`/v1/cases`: which there are, each with its journal, and why nothing happens or what happens next."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query

from dunning_engine.api.access import not_there
from dunning_engine.api.explained import ExplanationResponse, explanation_response
from dunning_engine.api.schemas import (
    CaseFileResponse,
    CaseListResponse,
    JournalResponse,
    case_file_response,
    case_response,
    decision_response,
)
from dunning_engine.usecases.case_views import CaseReader, Sort, Wanted
from dunning_engine.usecases.list_cases import list_cases
from dunning_engine.usecases.ports import Engine
from dunning_engine.usecases.show_case import CaseUnknown, explain_case, show_case, show_journal
from dunning_engine.usecases.views import Readings
from kulant_chassis.auth import Principal
from kulant_chassis.http import require
from kulant_chassis.keyset import Cursor, Limit, Name, cursor_of, place_of

Reader = Annotated[Principal, require("reader", "agent")]


def cases_router(reader: CaseReader, readings: Readings, engine: Engine) -> APIRouter:
    """The routes about cases."""
    router = APIRouter(prefix="/v1/cases", tags=["cases"])

    @router.get("")
    async def cases(
        principal: Reader,
        limit: Limit = 50,
        cursor: Cursor = None,
        customer_id: Name | None = None,
        creditor_id: Name | None = None,
        state: Literal["open", "closed"] | None = None,
        stage: Annotated[int | None, Query(ge=0, le=99)] = None,
        waits_for: Name | None = None,
        sort: Sort = "opened_at",
    ) -> CaseListResponse:
        """Cases of the tenant; `waits_for` is a rule, such as `held`, `promised` or `payments_unknown`."""
        wanted = Wanted(
            tenant=principal.tenant,
            limit=limit,
            after=place_of(cursor, int, UUID),
            customer_id=customer_id,
            is_open=None if state is None else state == "open",
            creditor_id=creditor_id,
            stage=stage,
            waits_for=waits_for,
            sort=sort,
        )
        page = await list_cases(reader, wanted)
        items = [case_response(case) for case in page.cases]
        return CaseListResponse(items=items, next=cursor_of(page.next_after))

    @router.get("/{case_id}")
    async def case(principal: Reader, case_id: str) -> CaseFileResponse:
        """One case with its latest decisions in words, the newest first."""
        try:
            return case_file_response(await show_case(reader, principal.tenant, case_id))
        except CaseUnknown:
            raise not_there() from None

    @router.get("/{case_id}/journal")
    async def journal(principal: Reader, case_id: str, limit: Limit = 50, cursor: Cursor = None) -> JournalResponse:
        """All decisions about a case, in order."""
        after = place_of(cursor, int)
        try:
            found, behind = await show_journal(reader, principal.tenant, case_id, after[0] if after else 0, limit)
        except CaseUnknown:
            raise not_there() from None
        place = [behind] if behind is not None else None
        return JournalResponse(items=[decision_response(one) for one in found], next=cursor_of(place))

    @router.get("/{case_id}/explanation")
    async def explanation(principal: Reader, case_id: str) -> ExplanationResponse:
        """Why nothing happens now, or what does, decided anew at the tenant's present time; changes nothing."""
        try:
            return explanation_response(await explain_case(reader, readings, engine, principal.tenant, case_id))
        except CaseUnknown:
            raise not_there() from None

    return router
