"""One friendly word outside of the ladder: after a promise was missed, or a claimed payment did not come."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from dunning_engine.domain.about import spread
from dunning_engine.domain.answers import ItemKey
from dunning_engine.domain.claims import claim_states, is_awaited
from dunning_engine.domain.decision import SaidBefore
from dunning_engine.domain.facts import Item
from dunning_engine.domain.progress import MAY_HAVE_LEFT
from dunning_engine.domain.promises import promise_states
from dunning_engine.domain.returned import counts_from
from dunning_engine.domain.scene import Scene

PROMISE_MISSED, CLAIM_UNCONFIRMED = "promise_missed", "claim_unconfirmed"


@dataclass(frozen=True, slots=True)
class SoftWord:
    """What to come back to with an item, and since when."""

    code: str
    about: SaidBefore
    since_on: date


def soft_words(scene: Scene) -> Mapping[ItemKey, SoftWord]:
    """By item, the answer to come back to: the latest missed promise, else the latest unconfirmed claim.

    One message answers for everything that had been missed before it.
    """
    found: dict[ItemKey, SoftWord] = {}
    for state in claim_states(scene):
        claim = state.claim
        items = [item for item in state.items if not is_awaited(state, item, scene)]
        if claim.amount_minor is not None:
            items = [item for item in items if item.key in spread(state.missing_minor, state.items)]
        for item in items if state.missing_minor > 0 else ():
            if not _has_come_back(item, claim.said_at, scene):
                said_on = scene.zone.day_of(claim.said_at)
                about = SaidBefore(claim.response_id, said_on, claim.paid_on, claim.amount_minor)
                found[item.key] = SoftWord(CLAIM_UNCONFIRMED, about, said_on)
    for missed in promise_states(scene):
        promise = missed.promise
        shares = spread(missed.missing_minor, missed.items) if missed.is_missed else {}
        for item in missed.items:
            if item.key in shares and not _has_come_back(item, missed.over_at, scene):
                said_on = scene.zone.day_of(promise.said_at)
                about = SaidBefore(promise.response_id, said_on, promise.on, promise.amount_minor)
                found[item.key] = SoftWord(PROMISE_MISSED, about, scene.zone.day_of(missed.over_at))
    return found


def _has_come_back(item: Item, since: datetime, scene: Scene) -> bool:
    """Was such a word said, or is it on its way, after this? A payment that came back makes older answers void."""
    anew = counts_from(item, scene)
    if anew is not None and since < anew:
        return True
    return any(
        told.reminder.kind == "promise_resume"
        and told.progress in MAY_HAVE_LEFT
        and told.reminder.requested_at >= since
        for told in scene.history.about(item.key)
    )
