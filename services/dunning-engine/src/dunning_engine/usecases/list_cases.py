"""Which cases there are, page by page."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from dunning_engine.usecases.case_views import Behind, CaseReader, CaseView, Wanted


@dataclass(frozen=True, slots=True)
class Page:
    """Some cases, and after which one the next page begins; None: this is the last."""

    cases: Sequence[CaseView]
    next_after: Behind | None


async def list_cases(reader: CaseReader, wanted: Wanted) -> Page:
    """One page: as many as wanted, and whether there are more."""
    found = await reader.cases(replace(wanted, limit=wanted.limit + 1))
    shown = found[: wanted.limit]
    return Page(shown, _place(shown[-1], wanted) if len(found) > len(shown) else None)


def _place(case: CaseView, wanted: Wanted) -> Behind:
    values = {"stage": case.stage, "open": case.open_minor}
    return values.get(wanted.sort.removeprefix("-"), 0), case.case_id
