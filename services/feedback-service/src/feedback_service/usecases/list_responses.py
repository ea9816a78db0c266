"""The responses of a tenant's customers, page by page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from feedback_service.usecases.ports import ResponseFilter, ResponseList, ResponseRecord

Place = tuple[datetime, UUID]


@dataclass(frozen=True, slots=True)
class ResponsePage:
    """Some responses, and the place to go on from if there are more."""

    items: Sequence[ResponseRecord]
    next: Place | None


async def list_responses(store: ResponseList, wanted: ResponseFilter, after: Place | None, limit: int) -> ResponsePage:
    """Oldest first, in the order of (said_at, response_id)."""
    found = await store.list_responses(wanted, after, limit + 1)
    if len(found) <= limit:
        return ResponsePage(found, None)
    last = found[limit - 1]
    return ResponsePage(found[:limit], (last.said_at, last.response_id))
