"""Which messages that are under way must not leave any more."""

from collections.abc import Iterator

from dunning_engine.domain import ladder
from dunning_engine.domain.budget import EXEMPT
from dunning_engine.domain.credits import lines_of
from dunning_engine.domain.decision import Withdrawal
from dunning_engine.domain.facts import Facts, Item, RequestedItem
from dunning_engine.domain.progress import Told
from dunning_engine.domain.scene import Scene
from dunning_engine.domain.verdict import Situation

NOTICE, REMINDER = "notice", "reminder"


def withdrawals(situation: Situation) -> tuple[Withdrawal, ...]:
    """Take a message back as soon as it may not go to this customer, or one of its items is not what it was."""
    return tuple(
        Withdrawal(told.reminder.reminder_id, reason)
        for told in situation.scene.history.reminders
        if told.is_open and (reason := next(_reasons(told, situation), None)) is not None
    )


def all_withdrawn(facts: Facts, reason: str) -> tuple[Withdrawal, ...]:
    """Take back whatever may still leave, of a customer to whom nothing is sent any more."""
    ended = {delivery.reminder_id for delivery in facts.deliveries}
    return tuple(
        Withdrawal(reminder.reminder_id, reason)
        for reminder in sorted(facts.reminders, key=lambda reminder: (reminder.requested_at, reminder.reminder_id))
        if reminder.withdrawn_because is None and reminder.reminder_id not in ended
    )


def _reasons(told: Told, situation: Situation) -> Iterator[str]:
    scene, reminder = situation.scene, told.reminder
    if scene.facts.represented:
        yield "represented"
    if not set(reminder.channels) <= set(situation.channels):
        yield "channel_refused"
    if reminder.kind in EXEMPT or reminder.creditor_id not in scene.calendars:
        return
    for requested in sorted(reminder.items, key=lambda requested: requested.key):
        item = scene.by_key.get(requested.key)
        if item is None:
            yield "settled"
        else:
            yield from _reasons_of_item(told, requested, item, situation)
    items = [scene.by_key[requested.key] for requested in reminder.items if requested.key in scene.by_key]
    lines = lines_of((reminder.creditor_id, reminder.currency), items, situation)
    if set(lines) != set(reminder.credits):
        yield "credits_changed"


def _reasons_of_item(told: Told, requested: RequestedItem, item: Item, situation: Situation) -> Iterator[str]:
    is_notice = told.reminder.kind == NOTICE
    if item.is_overdue == is_notice or item.due_on != requested.due_on:
        yield "due_date_changed"
    if item.open_minor != requested.open_minor:
        yield "balance_changed"
    whole = situation.resting_of(item).whole
    if whole is not None:
        yield whole.rule
    if told.reminder.kind == REMINDER and _is_another_stage(requested, item, situation.scene):
        yield "stage_changed"


def _is_another_stage(requested: RequestedItem, item: Item, scene: Scene) -> bool:
    """Did an earlier message come back meanwhile, so that its stage has to be said first?"""
    stage = ladder.next_stage(item, scene)
    return stage is None or stage.number != requested.stage
