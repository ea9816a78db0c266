"""The one decision: every cause, be it a fact, an answer or the clock, ends here."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from dunning_engine.domain.cases import changed_cases, promises_to_note, stages_reached
from dunning_engine.domain.decision import CaseKey, Decision, Reason
from dunning_engine.domain.facts import Customer, Facts, Item
from dunning_engine.domain.one_case import CaseDecision, decide_case, reason_of
from dunning_engine.domain.place import calendar_of
from dunning_engine.domain.policy import Policy, policy_for
from dunning_engine.domain.progress import history
from dunning_engine.domain.reasons import sentence
from dunning_engine.domain.verdict import Situation, Verdict

LOOK_FOR_MISSING = timedelta(hours=1)
"""A missing fact usually announces itself by arriving; one that an operator discards does not."""


def evaluate(customer: Customer | None, policies: Sequence[Policy], facts: Facts, now: datetime) -> Decision:
    """Decide about one customer.

    The same facts at the same moment give the same decision, in whatever order they are told. Reminders are
    asked for only inside a sending window, and never for an item that another one may still speak about.
    """
    if facts.tenant is None:
        return _nothing(policies[0], "tenant_unknown")
    if customer is None:
        return _nothing(policies[0], "customer_unknown")
    policy = policy_for(customer, policies)
    if not facts.is_complete:
        return _nothing(policy, "fact_missing", now + LOOK_FOR_MISSING)
    return _decide(customer, policy, facts, now)


def _nothing(policy: Policy, rule: str, next_look_at: datetime | None = None) -> Decision:
    return Decision(policy, next_look_at=next_look_at, reasons=(Reason(rule, sentence(rule, {})),))


def _decide(customer: Customer, policy: Policy, facts: Facts, now: datetime) -> Decision:
    past = history(facts)
    opened, closed = changed_cases(facts)
    parts: list[CaseDecision] = []
    for key, items in _by_case(facts):
        creditor = facts.creditors.get(key[0])
        if creditor is None:
            parts.append(_creditor_unknown(items))
            continue
        calendar = calendar_of(customer, creditor, facts, policy.window)
        situation = Situation(customer, policy, facts, past, calendar, now)
        parts.append(decide_case(key, items, creditor, situation))
    reasons = tuple(reason for part in parts for reason in part.reasons)
    return Decision(
        policy=policy,
        opened=opened,
        closed=closed,
        requests=tuple(part.request for part in parts if part.request is not None),
        withdrawals=tuple(withdrawal for part in parts for withdrawal in part.withdrawals),
        stages_reached=stages_reached(past.reminders, customer, facts, policy),
        promises_noted=promises_to_note(facts),
        next_look_at=min((look for part in parts for look in part.looks), default=None),
        reasons=reasons or _nothing(policy, "nothing_owed").reasons,
    )


def _by_case(facts: Facts) -> list[tuple[CaseKey, list[Item]]]:
    """The items of each creditor and currency, also of those with nothing left but a reminder under way."""
    groups: dict[CaseKey, list[Item]] = {(r.creditor_id, r.currency): [] for r in facts.reminders}
    for item in facts.items:
        groups.setdefault((item.creditor_id, item.currency), []).append(item)
    return sorted(groups.items(), key=lambda group: group[0])


def _creditor_unknown(items: list[Item]) -> CaseDecision:
    in_order = sorted(items, key=lambda item: item.key)
    return CaseDecision(reasons=tuple(reason_of(Verdict(item, "creditor_unknown")) for item in in_order))
