"""`GET /v1/audit`: who changed what over REST, the newest first."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy import text

from kulant_chassis.auth import OPERATOR, Principal
from kulant_chassis.database import Database
from kulant_chassis.http import require
from kulant_chassis.keyset import Cursor, Limit, cursor_of, place_of

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
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> AuditList:
        """Writes of the tenant, the newest first."""
        before = place_of(cursor, int)
        asked = {"tenant": principal.tenant, "before": before[0] if before else _BEYOND_ALL, "limit": limit + 1}
        async with database.read() as connection:
            rows = (await connection.execute(_PAGE, asked)).all()
        shown = rows[:limit]
        entries = [
            AuditEntry(at=row.at, token_name=row.token_name, action=row.action, subjects=row.subjects) for row in shown
        ]
        return AuditList(items=entries, next=cursor_of([shown[-1].id] if len(rows) > limit else None))

    return router
