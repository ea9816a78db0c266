"""A dispute rests what it contests until a person decides; what was accepted rests until the ERP corrects the item."""

from collections.abc import Iterator
from datetime import date

from dunning_engine.domain.about import meant, spread
from dunning_engine.domain.answers import Dispute, ItemKey
from dunning_engine.domain.facts import Item
from dunning_engine.domain.rests import Rest
from dunning_engine.domain.scene import Scene

ACCEPTED = frozenset({"accepted", "partly_accepted"})
GOES_ON = frozenset({"rejected", "partly_accepted"})


def contested(dispute: Dispute, scene: Scene) -> tuple[Item, ...]:
    """The owed items that a dispute is about, the oldest first."""
    return meant(dispute.about, dispute.said_at, scene)


def rests(scene: Scene) -> Iterator[tuple[ItemKey, Rest]]:
    """What rests because it is contested, or because the creditor gave it up and the ERP still shows it."""
    for dispute in scene.facts.disputes:
        words: dict[str, str | int] = {"response_id": dispute.response_id, "reason": dispute.reason}
        items = contested(dispute, scene)
        amount = resting_minor(dispute, items)
        if amount is None:
            for item in items:
                yield item.key, Rest("disputed", None, words)
            continue
        for key, share in spread(amount, items).items():
            yield key, Rest("disputed", None, words, share)


def resting_minor(dispute: Dispute, items: tuple[Item, ...]) -> int | None:
    """How much of the items rests; None: all of it.

    Only corrections end an accepted dispute, never payments: who pays the rest must not be asked for what was given
    up. An owner of items that does not tell corrections leaves it resting.
    """
    if dispute.decision is None:
        return dispute.amount_minor
    if dispute.decision.outcome not in ACCEPTED:
        return 0
    accepted = dispute.decision.accepted_minor
    accepted = dispute.amount_minor if accepted is None else accepted
    if accepted is None:
        return None
    stood = dispute.stood
    if stood is None:  # decided on for the first time: nothing was corrected since
        return accepted
    corrected = sum(item.corrected_minor - stood.get(item.key, 0) for item in items if item.corrected_minor is not None)
    return max(0, accepted - max(0, corrected))


def goes_on_from(item: Item, scene: Scene) -> date | None:
    """After a dispute about an item was rejected: the day from which the ladder may go on, with the usual pause."""
    calendar, pause = scene.calendar(item), scene.policy.pause_working_days
    days = [
        calendar.working_days_after(calendar.day_of(dispute.decision.decided_at), pause)
        for dispute in scene.facts.disputes
        if dispute.decision is not None and dispute.decision.outcome in GOES_ON and item in contested(dispute, scene)
    ]
    return max(days, default=None)
