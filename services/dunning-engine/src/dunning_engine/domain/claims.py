""" "I have paid" rests until payments are known through that day plus some bank days, at most a week."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dunning_engine.domain.about import Levels, meant, spread, standing
from dunning_engine.domain.answers import ItemKey, PaymentClaim, Stood
from dunning_engine.domain.facts import Item
from dunning_engine.domain.rests import Rest
from dunning_engine.domain.returned import counts_from
from dunning_engine.domain.scene import Scene


@dataclass(frozen=True, slots=True)
class ClaimState:
    """Where a claim stands; `most_at`: it rests nothing any more from then on, whatever is known."""

    claim: PaymentClaim
    items: tuple[Item, ...]
    stood: Stood
    missing_minor: int
    most_at: datetime


def claim_states(scene: Scene) -> tuple[ClaimState, ...]:
    """All claims, in the order in which they were said: a payment confirms the earlier one."""
    levels = Levels()
    in_order = sorted(scene.facts.claims, key=lambda claim: (claim.said_at, claim.response_id))
    return tuple(_state(claim, levels, scene) for claim in in_order)


def is_awaited(state: ClaimState, item: Item, scene: Scene) -> bool:
    """Might the payment of which the customer speaks still be on its way to us?"""
    anew = counts_from(item, scene)
    if anew is not None and state.claim.said_at < anew:
        return False  # it came, and went back
    if state.missing_minor <= 0 or scene.now >= state.most_at:
        return False
    known_at = scene.end_of(_known_through(state.claim, item, scene))
    return not scene.payments_known(item.creditor_id, known_at)


def rests(scene: Scene) -> Iterator[tuple[ItemKey, Rest]]:
    """What rests because the customer says that it was paid."""
    for state in claim_states(scene):
        words: dict[str, str | int] = {"response_id": state.claim.response_id}
        shares = spread(state.missing_minor, state.items)
        for item in state.items:
            if not is_awaited(state, item, scene):
                continue
            if state.claim.amount_minor is None:
                yield item.key, Rest("payment_claimed", state.most_at, words)
            elif share := shares.get(item.key):
                yield item.key, Rest("payment_claimed", state.most_at, words, share)


def _state(claim: PaymentClaim, levels: Levels, scene: Scene) -> ClaimState:
    items = meant(claim.about, claim.said_at, scene)
    stood = {**standing(items), **(claim.stood or {})}
    claimed = sum(stood.values()) if claim.amount_minor is None else claim.amount_minor
    missing = claimed - levels.take(claimed, stood, scene)
    most_at = scene.end_of(scene.zone.day_of(claim.said_at) + timedelta(days=scene.policy.rests.claim_most_days))
    return ClaimState(claim, items, stood, missing, most_at)


def _known_through(claim: PaymentClaim, item: Item, scene: Scene) -> date:
    paid_on = claim.paid_on or scene.zone.day_of(claim.said_at)
    return scene.calendar(item).working_days_after(paid_on, scene.policy.rests.claim_bank_days)
