"""Notices before and on the due date, only where the customer's terms ask for them: no rung, never a precondition."""

from dataclasses import dataclass
from datetime import date, timedelta

from dunning_engine.domain.facts import Item
from dunning_engine.domain.progress import Progress
from dunning_engine.domain.scene import Scene


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice whose time has come, and the day on which that began."""

    code: str
    since_on: date


def are_wanted(scene: Scene) -> bool:
    """Do the customer's terms ask for notices?"""
    rule = scene.policy.notices
    return bool(rule.offsets) and scene.customer.profile.get(rule.profile_key) == rule.profile_value


def is_near(item: Item, scene: Scene) -> bool:
    """Has the time of an item's first notice come?"""
    if item.due_on is None or not are_wanted(scene):
        return False
    first = min(days for days, _ in scene.policy.notices.offsets)
    return scene.today >= item.due_on + timedelta(days=first)


def notice_due(item: Item, scene: Scene) -> Notice | None:
    """The notice for today that has not been given: never an earlier one late, none once the due date has passed."""
    if item.due_on is None or item.is_overdue or not are_wanted(scene) or scene.today > item.due_on:
        return None
    begun = [(days, code) for days, code in scene.policy.notices.offsets if scene.today >= _on(item.due_on, days)]
    if not begun:
        return None
    days, code = max(begun)
    return None if _was_given(item, code, scene) else Notice(code, _on(item.due_on, days))


def next_notice_on(item: Item, scene: Scene) -> date | None:
    """The day on which the next notice may be given; None: there is none to come."""
    if item.due_on is None or not are_wanted(scene):
        return None
    days_to_come = (_on(item.due_on, days) for days, _ in scene.policy.notices.offsets)
    return min((day for day in days_to_come if day > scene.today), default=None)


def _on(due_on: date, days: int) -> date:
    return due_on + timedelta(days=days)


def _was_given(item: Item, code: str, scene: Scene) -> bool:
    return any(
        told.reminder.kind == "notice"
        and told.reminder.code == code
        and told.progress is not Progress.SUPPRESSED
        and asked.due_on == item.due_on
        for told, asked in scene.history.by_item.get(item.key, ())
    )
