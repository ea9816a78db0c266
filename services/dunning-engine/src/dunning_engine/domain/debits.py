"""What the creditor collects itself rests until the debit came back; after that until it is collected again."""

from collections.abc import Iterator
from datetime import date, timedelta

from dunning_engine.domain.answers import ItemKey
from dunning_engine.domain.facts import Item
from dunning_engine.domain.rests import Rest
from dunning_engine.domain.scene import Scene


def collected_on(item: Item) -> date | None:
    """The day of the debit that is still out; None where there is none, or the last one came back for good."""
    returned = item.returned
    if returned is None:
        return item.direct_debit_on
    if item.direct_debit_on is not None and item.direct_debit_on > returned.on:
        return item.direct_debit_on
    return returned.recollect_on


def is_overdue_debit(item: Item, scene: Scene) -> bool:
    """Was it to be collected so long ago that a person should find out what became of it?"""
    on = collected_on(item)
    return on is not None and scene.today > on + timedelta(days=scene.policy.rests.debit_wait_days)


def rests(scene: Scene) -> Iterator[tuple[ItemKey, Rest]]:
    """What rests because the creditor collects it. Never ended by the clock: the customer owes nothing to do."""
    for item in scene.items:
        on = collected_on(item)
        if on is not None:
            asks_at = scene.end_of(on + timedelta(days=scene.policy.rests.debit_wait_days))
            until_at = asks_at if scene.now < asks_at else None
            yield item.key, Rest("direct_debit", until_at, {"collect_on": on.isoformat()})
