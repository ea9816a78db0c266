"""Which reminders that are under way must not leave any more."""

from collections.abc import Mapping

from dunning_engine.domain.answers import ItemKey
from dunning_engine.domain.decision import Withdrawal
from dunning_engine.domain.facts import Item, RequestedItem
from dunning_engine.domain.progress import Progress, Told
from dunning_engine.domain.rests import rests_of
from dunning_engine.domain.verdict import Situation


def withdrawal_of(told: Told, items: Mapping[ItemKey, Item], situation: Situation) -> Withdrawal | None:
    """Take a reminder back as soon as one of its items is not what it was, or rests."""
    if told.progress is not Progress.UNDER_WAY or told.reminder.withdrawn_because is not None:
        return None
    for requested in sorted(told.reminder.items, key=lambda r: r.key):
        reason = _why_not(requested, items.get(requested.key), situation)
        if reason is not None:
            return Withdrawal(told.reminder.reminder_id, reason)
    return None


def _why_not(requested: RequestedItem, item: Item | None, situation: Situation) -> str | None:
    if item is None or not item.is_owed:
        return "settled"
    if not item.is_overdue or item.due_on != requested.due_on:
        return "due_date_changed"
    if item.open_minor != requested.open_minor:
        return "balance_changed"
    rests = rests_of(item, situation.facts, situation.policy, situation.calendar, situation.now)
    return rests[0].rule if rests else None
