"""The one decision: every cause, be it a fact, an answer or the clock, ends here."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from dunning_engine.domain import records
from dunning_engine.domain.answers import ItemKey
from dunning_engine.domain.budget import spent
from dunning_engine.domain.cases import changed_cases, known_cases, stages_reached
from dunning_engine.domain.channels import channels_for
from dunning_engine.domain.confirmations import confirmation_request, confirmations_due
from dunning_engine.domain.decision import CaseKey, Decision, Reason, Request
from dunning_engine.domain.facts import Customer, Facts, Item
from dunning_engine.domain.messages import Draft, chosen, drafts_of
from dunning_engine.domain.policy import Policy, policy_for
from dunning_engine.domain.reasons import reason_of, sentence
from dunning_engine.domain.resting import resting_items
from dunning_engine.domain.scene import Scene, case_of, oldest_first, scene_of
from dunning_engine.domain.softly import soft_words
from dunning_engine.domain.tasks import tasks_of
from dunning_engine.domain.verdict import Situation, Verdict, verdict_on
from dunning_engine.domain.withdrawals import all_withdrawn, withdrawals

LOOK_FOR_MISSING = timedelta(hours=1)
"""A missing fact usually announces itself by arriving; one that an operator discards does not."""


def evaluate(customer: Customer | None, policies: Sequence[Policy], facts: Facts, now: datetime) -> Decision:
    """Decide about one customer.

    The same facts at the same moment give the same decision, in whatever order they are told. Messages are asked
    for only inside a sending window, and never for an item that another one may still speak about.
    """
    if facts.is_erased:
        return _erased(policies[0], facts)
    if facts.tenant is None:
        return _nothing(policies[0], "tenant_unknown")
    if customer is None:
        return _nothing(policies[0], "customer_unknown")
    policy = policy_for(customer, policies)
    if not facts.is_complete:
        return _nothing(policy, "fact_missing", now + LOOK_FOR_MISSING)
    return _decide(scene_of(customer, policy, facts, now))


def _nothing(policy: Policy, rule: str, next_look_at: datetime | None = None) -> Decision:
    return Decision(policy, next_look_at=next_look_at, reasons=(Reason(rule, sentence(rule, {})),))


def _erased(policy: Policy, facts: Facts) -> Decision:
    cases = known_cases(facts)
    return Decision(
        policy,
        closed=tuple(cases[key] for key in sorted(cases)),
        withdrawals=all_withdrawn(facts, "erased"),
        reasons=(Reason("erased", sentence("erased", {})),),
    )


def _decide(scene: Scene) -> Decision:
    situation = Situation(scene, resting_items(scene), soft_words(scene), channels_for(scene))
    confirming, confirm_looks = _confirmations(situation)
    taken = frozenset(asked.item.key for request in confirming for asked in request.items)
    asking, verdicts = _messages(situation, taken)
    requests = (*confirming, *asking)
    opened, closed = changed_cases(scene, (request.case for request in requests))
    cases = known_cases(scene.facts).keys() - {(case.creditor_id, case.currency) for case in closed} | set(opened)
    promised = records.promises_to_note(scene, cases)
    looks = [*_looks(situation, verdicts, requests), *confirm_looks, *records.record_looks(scene)]
    return Decision(
        policy=scene.policy,
        opened=opened,
        closed=closed,
        requests=requests,
        withdrawals=withdrawals(situation),
        stages_reached=stages_reached(scene),
        promises_noted=promised,
        promises_ended=records.promises_ended(scene, promised),
        disputes_noted=records.disputes_to_note(scene, cases),
        holds_noted=records.holds_to_note(scene, cases),
        holds_resumed=records.holds_resumed(scene, cases),
        answers_stood=records.answers_stood(scene),
        tasks=tasks_of(situation, verdicts),
        next_look_at=min((look for look in looks if look > scene.now), default=None),
        reasons=tuple(reason_of(verdict) for verdict in verdicts) or _nothing(scene.policy, "nothing_owed").reasons,
    )


def _confirmations(situation: Situation) -> tuple[list[Request], list[datetime]]:
    """The answers to confirm now; the others at the next opening. Two never name the same item at once."""
    scene = situation.scene
    if scene.facts.represented or not situation.channels or scene.history.refused_unexplained is not None:
        return [], []
    requests: list[Request] = []
    looks: list[datetime] = []
    named: set[ItemKey] = set()
    for one in confirmations_due(scene):
        request = None if scene.history.is_waiting_for_facts else confirmation_request(one, situation)
        keys = {asked.item.key for asked in request.items} if request else set()
        if request is None or keys & named:
            looks += [calendar.opening_after(scene.now).opens_at for calendar in scene.calendars.values()]
            continue
        named |= keys
        requests.append(request)
    return requests, looks


def _messages(situation: Situation, taken: frozenset[ItemKey]) -> tuple[list[Request], list[Verdict]]:
    """What else is to be said, and the verdict on every item: those that are spoken about first, case by case."""
    drafts: list[Draft] = []
    silent: list[Verdict] = []
    for case, items in _by_case(situation.scene.facts.items):
        if case[0] not in situation.scene.calendars:
            silent += [Verdict(item, "creditor_unknown") for item in items]
            continue
        could, cannot = drafts_of(case, [verdict_on(item, situation) for item in items], taken, situation)
        drafts += could
        silent += cannot
    sent, waiting = chosen(drafts, spent(situation.scene), situation)
    spoken = [verdict for draft, _ in sent for verdict in draft.verdicts]
    in_order = sorted([*spoken, *silent, *waiting], key=lambda v: (case_of(v.item), v.word is None))
    return [request for _, request in sent], in_order


def _by_case(items: Iterable[Item]) -> list[tuple[CaseKey, list[Item]]]:
    """The items of each creditor and currency, the oldest first."""
    groups: dict[CaseKey, list[Item]] = {}
    for item in sorted(items, key=oldest_first):
        groups.setdefault(case_of(item), []).append(item)
    return sorted(groups.items())


def _looks(situation: Situation, verdicts: Sequence[Verdict], requests: Iterable[Request]) -> list[datetime]:
    scene = situation.scene
    looks = [verdict.look_at for verdict in verdicts if verdict.look_at is not None and verdict.word is None]
    looks += [scene.later(scene.calendars[request.case[0]], request.not_after_at) for request in requests]
    looks += [
        scene.later(scene.calendar(verdict.item), look)
        for verdict in verdicts
        if verdict.item.key in scene.by_key
        for look in situation.resting_of(verdict.item).looks
    ]
    return looks
