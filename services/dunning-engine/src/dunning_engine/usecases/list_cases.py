"""Which cases there are, page by page."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from dunning_engine.usecases.case_views import CaseReader, CaseView, Wanted


@dataclass(frozen=True, slots=True)
class Page:
    """Some cases, and after which one the next page begins; None: this is the last."""

    cases: Sequence[CaseView]
    next_after: UUID | None


async def list_cases(reader: CaseReader, wanted: Wanted) -> Page:
    """One page: as many as wanted, and whether there are more."""
    found = await reader.cases(replace(wanted, limit=wanted.limit + 1))
    shown = found[: wanted.limit]
    return Page(shown, shown[-1].case_id if len(found) > len(shown) else None)
