"""What is put on the record of a case once: promises made and ended, disputes, holds; and what answers count from."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime

from dunning_engine.domain import disputes, holds, promises
from dunning_engine.domain.about import meant, spread, standing
from dunning_engine.domain.answers import About, Hold, PaymentClaim, Promise, Stood
from dunning_engine.domain.decision import (
    AnswerStood,
    CaseKey,
    DisputeNoted,
    HoldNoted,
    PromiseEnded,
    PromiseNoted,
)
from dunning_engine.domain.facts import Item
from dunning_engine.domain.scene import Scene, case_of


def promises_to_note(scene: Scene, cases: Collection[CaseKey]) -> tuple[PromiseNoted, ...]:
    """The promises that belong to an open case and are not on its record yet."""
    return tuple(
        noted
        for promise in sorted(scene.facts.promises, key=lambda p: (p.said_at, p.response_id))
        if not promise.is_noted and (noted := _noted(promise, scene, cases)) is not None
    )


def promises_ended(scene: Scene, noted: Iterable[PromiseNoted]) -> tuple[PromiseEnded, ...]:
    """The promises on record, those noted in this very decision too, of which it is now known how they ended."""
    just_noted = {one.promise.response_id for one in noted}
    return tuple(
        PromiseEnded(state.promise, state.outcome, max(0, state.missing_minor))
        for state in promises.promise_states(scene)
        if (state.promise.is_noted or state.promise.response_id in just_noted)
        and state.promise.ended is None
        and state.outcome in (promises.KEPT, promises.BROKEN, promises.LAPSED)
    )


def disputes_to_note(scene: Scene, cases: Collection[CaseKey]) -> tuple[DisputeNoted, ...]:
    """The disputes that belong to an open case and are not on its record yet."""
    found = []
    for dispute in sorted(scene.facts.disputes, key=lambda d: (d.said_at, d.response_id)):
        items = disputes.contested(dispute, scene)
        case = None if dispute.is_noted else _case_of(items, dispute.about, scene, cases)
        if case is not None:
            contested = [item for item in items if case_of(item) == case]
            amount = sum(i.open_minor for i in contested) if dispute.amount_minor is None else dispute.amount_minor
            found.append(DisputeNoted(dispute, case, tuple(spread(amount, contested).items())))
    return tuple(found)


def holds_to_note(scene: Scene, cases: Collection[CaseKey]) -> tuple[HoldNoted, ...]:
    """The holds that rest something of an open case and are not on its record yet."""
    return tuple(
        HoldNoted(hold, case)
        for hold in sorted(scene.facts.holds, key=lambda hold: hold.hold_id)
        if not hold.is_noted and holds.is_lasting(hold, scene)
        for case in _held_cases(hold, scene, cases)
    )


def holds_resumed(scene: Scene, cases: Collection[CaseKey]) -> tuple[HoldNoted, ...]:
    """The holds on record that were lifted, or whose last day is over."""
    return tuple(
        HoldNoted(hold, case)
        for hold in sorted(scene.facts.holds, key=lambda hold: hold.hold_id)
        if hold.is_noted and not hold.is_resumed and not holds.is_lasting(hold, scene)
        for case in _held_cases(hold, scene, cases)
    )


def answers_stood(scene: Scene) -> tuple[AnswerStood, ...]:
    """What answers count from, for those that are decided on for the first time."""
    return tuple(sorted(_stood(scene), key=lambda one: one.response_id))


def record_looks(scene: Scene) -> Iterator[datetime]:
    """When the clock alone ends something that is on record."""
    for hold in scene.facts.holds:
        if hold.until_on is not None and holds.is_lasting(hold, scene) and not hold.is_resumed:
            yield scene.end_of(hold.until_on)
    for state in promises.promise_states(scene):
        if state.outcome is None and scene.now < state.over_at and state.items:
            yield state.over_at


def _stood(scene: Scene) -> Iterator[AnswerStood]:
    words: tuple[Promise | PaymentClaim, ...] = (*scene.facts.promises, *scene.facts.claims)
    for word in words:
        if word.stood is None:
            yield AnswerStood(word.response_id, standing(meant(word.about, word.said_at, scene)))
    for dispute in scene.facts.disputes:
        if dispute.stood is None:
            yield AnswerStood(dispute.response_id, _corrected(disputes.contested(dispute, scene)))


def _corrected(items: tuple[Item, ...]) -> Stood:
    return {item.key: item.corrected_minor for item in items if item.corrected_minor is not None}


def _noted(promise: Promise, scene: Scene, cases: Collection[CaseKey]) -> PromiseNoted | None:
    items = meant(promise.about, promise.said_at, scene)
    case = _case_of(items, promise.about, scene, cases)
    if case is None:
        return None
    total = sum(item.open_minor for item in items if case_of(item) == case)
    return PromiseNoted(promise, case, total if promise.amount_minor is None else promise.amount_minor)


def _case_of(items: tuple[Item, ...], about: About, scene: Scene, cases: Collection[CaseKey]) -> CaseKey | None:
    """The open case on whose record an answer belongs: that of the message that it answers, else the first."""
    answered = scene.answered(about)
    answered_in = (answered.creditor_id, answered.currency) if answered else None
    found = {case_of(item) for item in items} & set(cases)
    return min(found, key=lambda key: (key != answered_in, key), default=None)


def _held_cases(hold: Hold, scene: Scene, cases: Collection[CaseKey]) -> list[CaseKey]:
    """The open cases that a hold is about; with all of its items settled, those are none."""
    items = holds.held_items(hold, scene)
    return sorted({case_of(item) for item in items} & set(cases))
