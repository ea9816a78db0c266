"""One case: its file, its journal, and why nothing happens or what happens next."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from dunning_engine.domain.decision import Reason
from dunning_engine.usecases.case_views import CaseFile, CaseReader, DecisionView
from dunning_engine.usecases.evaluate_customers import decide, facts_at
from dunning_engine.usecases.ports import Decided, Engine, Occasion
from dunning_engine.usecases.views import Looked, Readings
from kulant_contracts import topics


class CaseUnknown(Exception):
    """This tenant has no case of that id."""


@dataclass(frozen=True, slots=True)
class Explained:
    """The decision about a case as it would be taken now; nothing of it is written down."""

    file: CaseFile
    decided: Decided
    reasons: Sequence[Reason]


async def show_case(reader: CaseReader, tenant: str, case_id: str) -> CaseFile:
    """The whole file of a case. Raises CaseUnknown, also for ids that no case can have."""
    known = await reader.case(tenant, _uuid(case_id))
    if known is None:
        raise CaseUnknown(case_id)
    return known


async def show_journal(
    reader: CaseReader, tenant: str, case_id: str, after: int, limit: int
) -> tuple[Sequence[DecisionView], int | None]:
    """One page of all decisions about a case, in order, and where the next begins. Raises CaseUnknown."""
    found = await reader.journal(tenant, _uuid(case_id), after, limit + 1)
    if found is None:
        raise CaseUnknown(case_id)
    return found[:limit], found[limit - 1].decision_id if len(found) > limit else None


async def explain_case(reader: CaseReader, readings: Readings, engine: Engine, tenant: str, case_id: str) -> Explained:
    """Decide again, read-only, at the tenant's present time. Raises CaseUnknown."""
    file = await show_case(reader, tenant, case_id)
    looked = await readings.look(tenant, file.case.customer_id)
    if looked is None:
        raise CaseUnknown(case_id)
    decided = decide_again(engine, tenant, file.case.customer_id, looked)
    of_case = (file.case.creditor_id, file.case.currency)
    reasons = [r for r in decided.decision.reasons if (r.creditor_id, r.currency) in ((None, None), of_case)]
    return Explained(file, decided, reasons)


def decide_again(engine: Engine, tenant: str, customer_id: str, looked: Looked) -> Decided:
    """What would be decided about a customer now, by nothing but the clock."""
    facts = facts_at(engine, looked.known, looked.heard, looked.now)
    occasion = Occasion(topics.partition_key(tenant, customer_id), tenant)
    return decide(engine, occasion, looked.known, facts, looked.now)


def _uuid(case_id: str) -> UUID:
    try:
        return UUID(case_id)
    except ValueError:
        raise CaseUnknown(case_id) from None
