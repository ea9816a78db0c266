"""`GET /v1/audit`: who changed what over REST, the newest first."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel
from sqlalchemy import text

from kulant_chassis.auth import OPERATOR, Principal
from kulant_chassis.database import Database
from kulant_chassis.http import require
from kulant_chassis.problem import Problem

_PAGE = text(
    "SELECT id, at, token_name, action, subjects FROM audit WHERE tenant = :tenant AND id < :before"
    " ORDER BY id DESC LIMIT :limit"
)
_BEYOND_ALL = 2**63 - 1


class AuditEntry(BaseModel):
    """One write: when, by the token of which name, what it did and to what, by ids."""

    at: datetime
    token_name: str
    action: str
    subjects: Mapping[str, str]


class AuditList(BaseModel):
    """One page; `next` is the cursor of the page after it."""

    items: Sequence[AuditEntry]
    next: str | None


def audit_router(database: Database) -> APIRouter:
    """The route of a service's audit."""
    router = APIRouter(tags=["audit"])

    @router.get("/v1/audit")
    async def audit(
        principal: Annotated[Principal, require(OPERATOR)],
        limit: Annotated[int, Query(ge=1, le=500)] = 50,
        cursor: Annotated[str | None, Query(max_length=40)] = None,
    ) -> AuditList:
        """Writes of the tenant, the newest first."""
        asked = {"tenant": principal.tenant, "before": _before(cursor), "limit": limit + 1}
        async with database.read() as connection:
            rows = (await connection.execute(_PAGE, asked)).all()
        shown = rows[:limit]
        entries = [
            AuditEntry(at=row.at, token_name=row.token_name, action=row.action, subjects=row.subjects) for row in shown
        ]
        return AuditList(items=entries, next=f"{shown[-1].id:x}" if len(rows) > limit else None)

    return router


def _before(cursor: str | None) -> int:
    if cursor is None:
        return _BEYOND_ALL
    try:
        before = int(cursor, 16)
    except ValueError:
        before = 0
    if not 0 < before <= _BEYOND_ALL:
        raise Problem(422, "cursor-invalid", "The cursor is not one that this service gave.")
    return before
