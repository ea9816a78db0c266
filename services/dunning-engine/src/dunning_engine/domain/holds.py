"""Holds rest what their scope says, through their last day, whoever set them: the ERP, this system, a person."""

from collections.abc import Iterator

from dunning_engine.domain.about import spread
from dunning_engine.domain.answers import Hold, ItemKey
from dunning_engine.domain.facts import Item
from dunning_engine.domain.rests import Rest
from dunning_engine.domain.scene import Scene


def is_lasting(hold: Hold, scene: Scene) -> bool:
    """Is it set, and its last day not over?"""
    return hold.is_set and (hold.until_on is None or scene.today <= hold.until_on)


def held_items(hold: Hold, scene: Scene) -> tuple[Item, ...]:
    """The owed items in its scope, the oldest first."""
    return tuple(item for item in scene.items if _is_in_scope(item, hold))


def rests(scene: Scene) -> Iterator[tuple[ItemKey, Rest]]:
    """What rests because of holds. A part is spread over the items in scope, the oldest first."""
    for hold in scene.facts.holds:
        if not is_lasting(hold, scene):
            continue
        until_at = scene.end_of(hold.until_on) if hold.until_on else None
        words: dict[str, str | int] = {"hold_id": hold.hold_id, "scope": hold.scope, "reason": hold.reason}
        items = held_items(hold, scene)
        if hold.amount_minor is None:
            for item in items:
                yield item.key, Rest("held", until_at, words)
            continue
        of_currency = [item for item in items if hold.currency in (None, item.currency)]
        for key, share in spread(hold.amount_minor, of_currency).items():
            yield key, Rest("held", until_at, words, share)


def _is_in_scope(item: Item, hold: Hold) -> bool:
    match hold.scope:
        case "invoice":
            return hold.scope_id == item.invoice_id
        case "item":
            return hold.scope_id == item.item_id and hold.invoice_id in (None, item.invoice_id)
        case _:  # the customer; a scope that is not understood rests everything rather than nothing
            return True
