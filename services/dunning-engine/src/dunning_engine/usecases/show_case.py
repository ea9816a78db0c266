"""One case with its decisions in words."""

from uuid import UUID

from dunning_engine.usecases.case_views import CaseFile, CaseReader


class CaseUnknown(Exception):
    """This tenant has no case of that id."""


async def show_case(reader: CaseReader, tenant: str, case_id: str) -> CaseFile:
    """The whole file of a case. Raises CaseUnknown, also for ids that no case can have."""
    try:
        known = await reader.case(tenant, UUID(case_id))
    except ValueError:
        known = None
    if known is None:
        raise CaseUnknown(case_id)
    return known
