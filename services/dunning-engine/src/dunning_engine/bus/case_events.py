"""What becomes of cases, as the events that an ERP writes back: names are copied, nothing is decided here."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from dunning_engine.domain.answers import Case, Dispute, ItemKey
from dunning_engine.domain.decision import CaseKey, HoldNoted, PromiseEnded
from dunning_engine.usecases.ports import Decided, DisputeClosed
from kulant_contracts.case import (
    CaseClosedV1,
    CaseDisputeDecidedV1,
    CaseDisputedV1,
    CaseEventData,
    CaseHeldV1,
    CaseOpenedV1,
    CasePromiseBrokenV1,
    CasePromiseKeptV1,
    CasePromiseMadeV1,
    CaseResumedV1,
    CaseStageReachedV1,
    StageReached,
)
from kulant_contracts.money import Money

RECEIVED = frozenset({"delivered", "read"})


def opened(decided: Decided) -> Iterator[CaseOpenedV1]:
    """Cases in which something is overdue for the first time."""
    for key in decided.decision.opened:
        yield CaseOpenedV1(**_of(decided, key), at=decided.now, currency=key[1])


def closed(decided: Decided) -> Iterator[CaseClosedV1]:
    """Cases in which nothing is overdue any more."""
    for case in decided.decision.closed:
        yield CaseClosedV1(**_of_case(decided, case), at=decided.now, reason="nothing_overdue")


def stages_reached(decided: Decided) -> Iterator[CaseStageReachedV1]:
    """Messages that were handed over, with the stage of each item."""
    known = {reminder.reminder_id: reminder for reminder in decided.facts.reminders}
    for reached in decided.decision.stages_reached:
        reminder = known[reached.reminder_id]
        received_on = _received_on(decided, reached.reminder_id)
        yield CaseStageReachedV1(
            **_of_case(decided, Case(reminder.case_id, reminder.creditor_id, reminder.currency)),
            at=reached.sent_at,
            reminder_id=str(reached.reminder_id),
            channel=reached.channel,
            items=tuple(
                StageReached(
                    invoice_id=item.invoice_id,
                    item_id=item.item_id,
                    stage=item.stage,
                    sent_on=reached.sent_on,
                    received_on=received_on,
                    deadline_on=reached.deadline_on,
                )
                for item in reminder.items
            ),
        )


def promises(decided: Decided) -> Iterator[CaseEventData]:
    """Promises that were taken on, kept, broken; one that lapsed is told by what made it void."""
    for noted in decided.decision.promises_noted:
        yield CasePromiseMadeV1(
            **_of(decided, noted.case),
            at=noted.promise.said_at,
            promise_id=noted.promise.response_id,
            money=Money.from_minor(noted.amount_minor, noted.case[1]),
            on=noted.promise.on,
        )
    for ended in decided.decision.promises_ended:
        case = _case_of(decided, ended)
        if case is not None and ended.outcome != "lapsed":
            yield _promise_ended(decided, ended, case)


def disputes(decided: Decided) -> Iterator[CaseEventData]:
    """What is contested, item by item, with the decision where a person was faster than the case."""
    for noted in decided.decision.disputes_noted:
        case = Case(decided.case_ids[noted.case], *noted.case)
        for item, minor in noted.items:
            yield CaseDisputedV1(
                **_of_case(decided, case), at=noted.dispute.said_at, **_contested(noted.dispute, item, minor, case)
            )
        if noted.dispute.decision is not None:
            yield from dispute_decided(
                decided.occasion.customer_id, DisputeClosed(noted.dispute, case, tuple(noted.items))
            )


def dispute_decided(customer_id: str, one: DisputeClosed) -> Iterator[CaseDisputeDecidedV1]:
    """What a person decided, for each item that was contested; a sum given up is shared out in their order."""
    decision = one.dispute.decision
    assert decision is not None  # whoever closes a dispute has decided it
    left = decision.accepted_minor
    for item, minor in one.items:
        accepted = None if left is None else min(left, minor)
        left = None if left is None or accepted is None else left - accepted
        yield CaseDisputeDecidedV1(
            case_id=str(one.case.case_id),
            customer_id=customer_id,
            creditor_id=one.case.creditor_id,
            at=decision.decided_at,
            outcome=decision.outcome,
            accepted=Money.from_minor(accepted, one.case.currency) if accepted is not None else None,
            **_contested(one.dispute, item, minor, one.case),
        )


def holds(decided: Decided) -> Iterator[CaseEventData]:
    """Reasons not to remind that were set, and that are gone."""
    for noted in decided.decision.holds_noted:
        yield CaseHeldV1(**_of(decided, noted.case), at=noted.hold.set_at or decided.now, **_hold(noted))
    for over in decided.decision.holds_resumed:
        if over.case in decided.case_ids:
            yield CaseResumedV1(**_of(decided, over.case), at=decided.now, **_hold(over))


def _of(decided: Decided, key: CaseKey) -> dict[str, Any]:
    return _of_case(decided, Case(decided.case_ids[key], *key))


def _of_case(decided: Decided, case: Case) -> dict[str, Any]:
    return {
        "case_id": str(case.case_id),
        "customer_id": decided.occasion.customer_id,
        "creditor_id": case.creditor_id,
    }


def _contested(dispute: Dispute, item: ItemKey, minor: int, case: Case) -> dict[str, Any]:
    invoice_id, item_id = item
    return {
        "dispute_id": dispute.response_id,
        "item_id": item_id,
        "invoice_id": invoice_id,
        "money": Money.from_minor(minor, case.currency),
        "reason": dispute.reason,
    }


def _hold(noted: HoldNoted) -> dict[str, Any]:
    hold = noted.hold
    return {
        "hold_id": hold.hold_id,
        "scope": hold.scope,
        "scope_id": hold.scope_id,
        "reason": hold.reason,
        "until_on": hold.until_on,
    }


def _case_of(decided: Decided, ended: PromiseEnded) -> Case | None:
    if ended.promise.case is not None:
        return ended.promise.case
    noted = [n for n in decided.decision.promises_noted if n.promise.response_id == ended.promise.response_id]
    return Case(decided.case_ids[noted[0].case], *noted[0].case) if noted else None


def _promise_ended(decided: Decided, ended: PromiseEnded, case: Case) -> CaseEventData:
    promise = ended.promise
    promised = promise.amount_minor if promise.amount_minor is not None else sum((promise.stood or {}).values())
    told: dict[str, Any] = {
        **_of_case(decided, case),
        "at": decided.now,
        "promise_id": promise.response_id,
        "money": Money.from_minor(promised, case.currency),
        "on": promise.on,
    }
    if ended.outcome == "kept":
        return CasePromiseKeptV1(**told)
    return CasePromiseBrokenV1(**told, missing=Money.from_minor(ended.missing_minor, case.currency))


def _received_on(decided: Decided, reminder_id: UUID) -> date | None:
    customer = decided.known.customer
    received = [d.at for d in decided.facts.deliveries if d.reminder_id == reminder_id and d.kind in RECEIVED]
    return min(received).astimezone(ZoneInfo(customer.time_zone)).date() if received and customer else None
