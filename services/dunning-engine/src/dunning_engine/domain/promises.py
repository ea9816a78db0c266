"""A promise rests what it promises until it is kept, or until its day passed and payments are known beyond it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from dunning_engine.domain.about import Levels, meant, spread, standing
from dunning_engine.domain.answers import ItemKey, Promise, Stood
from dunning_engine.domain.facts import Item
from dunning_engine.domain.rests import Rest
from dunning_engine.domain.scene import Scene

KEPT, BROKEN, LAPSED = "kept", "broken", "lapsed"
BLIND = "blind"
"""Over without anybody knowing what came: this ERP never says up to when payments are known."""


@dataclass(frozen=True, slots=True)
class PromiseState:
    """Where a promise stands. `outcome` is None as long as it rests something; `over_at`: its day and grace passed."""

    promise: Promise
    items: tuple[Item, ...]
    stood: Stood
    missing_minor: int
    outcome: str | None
    over_at: datetime

    @property
    def is_missed(self) -> bool:
        """Did its time pass, and something did not come?"""
        return self.outcome in (BROKEN, BLIND) and self.missing_minor > 0


def promise_states(scene: Scene) -> tuple[PromiseState, ...]:
    """All promises, those for the earlier day first: a payment keeps the earlier one."""
    levels = Levels()
    in_order = sorted(scene.facts.promises, key=lambda promise: (promise.on, promise.said_at, promise.response_id))
    return tuple(_state(promise, levels, scene) for promise in in_order)


def rests(scene: Scene) -> Iterator[tuple[ItemKey, Rest]]:
    """What rests because of promises: all of its items, or just the promised sum, the oldest first."""
    for state in promise_states(scene):
        if state.outcome is not None:
            continue
        promise = state.promise
        words: dict[str, str | int] = {"response_id": promise.response_id, "promised_on": promise.on.isoformat()}
        until_at = state.over_at if scene.now < state.over_at else scene.end_of(scene.today)
        if promise.amount_minor is None:
            for item in state.items:
                yield item.key, Rest("promised", until_at, words)
            continue
        for key, share in spread(state.missing_minor, state.items).items():
            yield key, Rest("promised", until_at, words, share)


def _state(promise: Promise, levels: Levels, scene: Scene) -> PromiseState:
    items = meant(promise.about, promise.said_at, scene)
    stood = {**standing(items), **(promise.stood or {})}
    promised = sum(stood.values()) if promise.amount_minor is None else promise.amount_minor
    missing = promised - levels.take(promised, stood, scene)
    over_at = scene.end_of(promise.on + timedelta(days=scene.policy.rests.promise_grace_days))
    outcome = promise.ended or _outcome(promise, items, stood, missing, over_at, scene)
    return PromiseState(promise, items, stood, missing, outcome, over_at)


def _outcome(
    promise: Promise, items: tuple[Item, ...], stood: Stood, missing: int, over_at: datetime, scene: Scene
) -> str | None:
    if not items and _is_void(stood, scene):
        return LAPSED
    if missing <= 0:
        return KEPT
    if scene.now < over_at:
        return None
    creditor_id = promise.case.creditor_id if promise.case else next((item.creditor_id for item in items), None)
    if creditor_id is None or creditor_id not in scene.facts.creditors:
        return LAPSED
    if scene.payments_known(creditor_id, over_at):
        return BROKEN
    is_blind = scene.facts.creditors[creditor_id].payments_known_until is None
    days = scene.policy.rests.promise_grace_days + scene.policy.rests.promise_blind_days
    blind_at = scene.end_of(promise.on + timedelta(days=days))
    return BLIND if is_blind and scene.now >= blind_at else None


def _is_void(stood: Stood, scene: Scene) -> bool:
    """Was what it is about cancelled, rather than paid?"""
    return any(item.key in stood and item.state == "cancelled" for item in scene.facts.items)
