"""A payment that came back: one service message about it, and a fresh ladder that counts from its day."""

from datetime import datetime

from dunning_engine.domain.facts import Item
from dunning_engine.domain.progress import Progress, Told
from dunning_engine.domain.scene import Scene

PAYMENT_RETURNED = "payment_returned"


def counts_from(item: Item, scene: Scene) -> datetime | None:
    """Since when the ladder counts: what was said before a payment that came back has been answered by it."""
    return scene.zone.start_of(item.returned.on) if item.returned else None


def has_to_be_told(item: Item, scene: Scene) -> bool:
    """Must the customer still hear that the payment of an item came back?

    Once: a message that ended without leaving is asked for anew, one that could not be delivered is not.
    """
    return item.returned is not None and not any(
        told.progress is not Progress.SUPPRESSED for told in _messages_about(item, scene)
    )


def _messages_about(item: Item, scene: Scene) -> list[Told]:
    assert item.returned is not None
    return [
        told
        for told in scene.history.about(item.key)
        if told.reminder.code == PAYMENT_RETURNED and told.reminder.returned_payment_id == item.returned.payment_id
    ]
