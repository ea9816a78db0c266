"""Shows how old what is open was on any day, for the whole tenant and by customer."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from invoice_service.usecases.views import AgingRow, Views


@dataclass(frozen=True, slots=True)
class AgingPage:
    """Some customers' sums in the order of their ids; on the first page also those of all.

    `next_after` is the customer behind whom to go on.
    """

    as_of: date
    totals: tuple[AgingRow, ...] | None
    rows: tuple[AgingRow, ...]
    next_after: str | None


async def show_aging(
    views: Views, tenant: str, as_of: date | None, *, wall: datetime, after: str | None, limit: int
) -> AgingPage:
    """One page: at most `limit` customers are looked at a time, until one of them has something open."""
    day = as_of or await _today(views, tenant, wall)
    totals = tuple(await views.aging_totals(tenant, day)) if after is None else None
    rows: list[AgingRow] = []
    behind: str | None = after or ""
    while behind is not None and not rows:
        found, behind = await views.aging(tenant, day, after=behind, limit=limit)
        rows.extend(found)
    return AgingPage(day, totals, tuple(rows), behind)


async def _today(views: Views, tenant: str, wall: datetime) -> date:
    now = await views.test_now_at(tenant) or wall
    zone = await views.zone(tenant)
    return now.astimezone(ZoneInfo(zone) if zone else UTC).date()
