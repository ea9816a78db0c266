"""What the store does with a decision, in memory: the facts as they stand once it has been recorded."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from engine_builders import CUSTOMER, uid

from dunning_engine.domain.answers import Case
from dunning_engine.domain.decision import CaseKey, Decision
from dunning_engine.domain.facts import Customer, Facts, Reminder, RequestedItem


def applied(decision: Decision, given: Facts, now: datetime, customer: Customer = CUSTOMER) -> Facts:
    """The facts as they stand once a decision has been recorded."""
    known = {(c.creditor_id, c.currency): c for c in given.cases}
    for key in decision.opened:
        known[key] = Case(uid(10_000 + len(given.reminders) * 100 + len(known)), *key)
    because = {w.reminder_id: w.reason for w in decision.withdrawals}
    reached = {s.reminder_id for s in decision.stages_reached}
    before = tuple(
        replace(
            r,
            withdrawn_because=because.get(r.reminder_id, r.withdrawn_because),
            is_noted=r.is_noted or r.reminder_id in reached,
        )
        for r in given.reminders
    )
    return replace(
        given,
        reminders=before + tuple(_requested(decision, given, known, now, customer)),
        cases=tuple(case for case in known.values() if case not in decision.closed),
        **_answers(decision, given, known),
    )


def _requested(
    decision: Decision, given: Facts, cases: dict[CaseKey, Case], now: datetime, customer: Customer
) -> Iterable[Reminder]:
    for n, request in enumerate(decision.requests):
        yield Reminder(
            reminder_id=uid(1_000_000 + len(given.reminders) + n),
            case_id=cases[request.case].case_id,
            creditor_id=request.case[0],
            currency=request.case[1],
            stage=request.number,
            items=tuple(
                RequestedItem(a.item.item_id, a.item.invoice_id, a.item.due_on, a.item.open_minor, a.stage)
                for a in request.items
            ),
            requested_at=now,
            not_after_at=request.not_after_at,
            deadline_on=request.deadline_on,
            customer_version=customer.version,
            seen=dict(given.had),
            kind=request.kind,
            code=request.code,
            tone=request.tone,
            channels=request.channels,
            about_response_id=request.about.response_id if request.about else None,
            returned_payment_id=request.returned.payment_id if request.returned else None,
            credits=request.credits,
        )


def _answers(decision: Decision, given: Facts, cases: dict[CaseKey, Case]) -> dict:
    stood = {one.response_id: one.stood for one in decision.answers_stood}
    noted = {one.promise.response_id: cases[one.case] for one in decision.promises_noted}
    ended = {one.promise.response_id: one.outcome for one in decision.promises_ended}
    disputed = {one.dispute.response_id for one in decision.disputes_noted}
    held = {one.hold.hold_id for one in decision.holds_noted}
    resumed = {one.hold.hold_id for one in decision.holds_resumed}
    return {
        "promises": tuple(
            replace(
                p,
                is_noted=p.is_noted or p.response_id in noted,
                case=noted.get(p.response_id, p.case),
                ended=ended.get(p.response_id, p.ended),
                stood=stood.get(p.response_id, p.stood),
            )
            for p in given.promises
        ),
        "claims": tuple(replace(c, stood=stood.get(c.response_id, c.stood)) for c in given.claims),
        "disputes": tuple(
            replace(d, is_noted=d.is_noted or d.response_id in disputed, stood=stood.get(d.response_id, d.stood))
            for d in given.disputes
        ),
        "holds": tuple(
            replace(h, is_noted=h.is_noted or h.hold_id in held, is_resumed=h.is_resumed or h.hold_id in resumed)
            for h in given.holds
        ),
    }
