"""What dunning-engine says about a case, as the page needs it."""

from collections.abc import Iterable
from uuid import UUID

from feedback_service.domain.answer import Outcome
from feedback_service.domain.fact import Fact
from feedback_service.domain.standing import CaseTold, Hold, OutcomeTold
from kulant_contracts.case import (
    CaseClosedV1,
    CaseDisputeDecidedV1,
    CaseDisputedV1,
    CaseEventData,
    CaseHandedOverV1,
    CaseHeldV1,
    CaseOpenedV1,
    CasePromiseBrokenV1,
    CasePromiseKeptV1,
    CasePromiseMadeV1,
    CaseResumedV1,
    HeldEventData,
)

_PROMISES: dict[type[CaseEventData], Outcome] = {
    CasePromiseMadeV1: Outcome.TAKEN_UP,
    CasePromiseKeptV1: Outcome.KEPT,
    CasePromiseBrokenV1: Outcome.BROKEN,
}


def case_facts(tenant: str, data: CaseEventData, sequence: int) -> Iterable[Fact]:
    """The facts in one event about a case; its sequence tells which of two came later."""
    match data:
        case CaseOpenedV1():
            return [_told(tenant, data, sequence, "open")]
        case CaseClosedV1():
            return [_told(tenant, data, sequence, "closed")]
        case CaseHandedOverV1():
            return [_told(tenant, data, sequence, "handed_over", data.to)]
        case CaseHeldV1() | CaseResumedV1():
            return [_hold(tenant, data, sequence)]
        case CasePromiseMadeV1() | CasePromiseKeptV1() | CasePromiseBrokenV1():
            return _outcome(tenant, data.promise_id, sequence, _PROMISES[type(data)])
        case CaseDisputedV1():
            return _outcome(tenant, data.dispute_id, sequence, Outcome.TAKEN_UP)
        case CaseDisputeDecidedV1():
            return _outcome(tenant, data.dispute_id, sequence, Outcome(data.outcome))
    return []


def _told(tenant: str, data: CaseEventData, sequence: int, state: str, to: str | None = None) -> CaseTold:
    return CaseTold(tenant, data.case_id, data.customer_id, data.creditor_id, sequence, data.at, state, to)


def _hold(tenant: str, data: HeldEventData, sequence: int) -> Hold:
    return Hold(
        tenant=tenant,
        customer_id=data.customer_id,
        source="case",
        hold_id=f"{data.case_id} {data.hold_id}",
        version=sequence,
        is_set=isinstance(data, CaseHeldV1),
        scope=data.scope,
        reason=data.reason,
        creditor_id=data.creditor_id,
        scope_id=data.scope_id,
        until_on=data.until_on,
    )


def _outcome(tenant: str, about: str, sequence: int, outcome: Outcome) -> Iterable[Fact]:
    try:
        return [OutcomeTold(tenant, UUID(about), sequence, outcome)]
    except ValueError:  # it did not begin with an answer that was given here
        return []
