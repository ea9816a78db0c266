"""Which items an answer is about, how a sum is spread over them, and how much of it has been paid since."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from dunning_engine.domain.answers import About, ItemKey, Stood
from dunning_engine.domain.facts import Item
from dunning_engine.domain.scene import Scene


def meant(about: About, said_at: datetime, scene: Scene) -> tuple[Item, ...]:
    """The owed items that an answer is about, the oldest first.

    One item, else those of one invoice, else those of the message that it answers, else all that had been invoiced
    when it was said.
    """
    if about.item_id is not None or about.invoice_id is not None:
        return tuple(item for item in scene.items if _is_named(item, about))
    answered = scene.answered(about)
    if answered is not None:
        keys = {requested.key for requested in answered.items}
        return tuple(item for item in scene.items if item.key in keys)
    said_on = scene.zone.day_of(said_at)
    return tuple(item for item in scene.items if about.currency in (None, item.currency) and item.issued_on <= said_on)


def _is_named(item: Item, about: About) -> bool:
    return about.item_id in (None, item.item_id) and about.invoice_id in (None, item.invoice_id)


def spread(amount_minor: int, items: Iterable[Item]) -> dict[ItemKey, int]:
    """A sum over items, the oldest first, to each at most what is open on it."""
    shares: dict[ItemKey, int] = {}
    for item in items:
        share = min(amount_minor, item.open_minor)
        if share > 0:
            shares[item.key] = share
            amount_minor -= share
    return shares


class Levels:
    """Payments count once: of two answers that wait for money on one item, the earlier takes what came first.

    An answer that began when 100 was open and has taken 60 leaves the level at 40: only what falls below that counts
    for the next one.
    """

    def __init__(self) -> None:
        self._levels: dict[ItemKey, int] = {}

    def take(self, wanted_minor: int, stood: Stood, scene: Scene) -> int:
        """How much of what an answer waits for has come since it was first decided on."""
        taken = 0
        for key in sorted(stood):
            start = min(stood[key], self._levels.get(key, stood[key]))
            share = max(0, min(wanted_minor - taken, start - scene.open_minor(key)))
            self._levels[key] = start - share
            taken += share
        return taken


def standing(items: Sequence[Item]) -> dict[ItemKey, int]:
    """What is open on each of the items now."""
    return {item.key: item.open_minor for item in items}
