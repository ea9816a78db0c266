"""A message as it is asked for: its items at their own stages, the sum, the new date, what comes next."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from dunning_engine.domain import ladder
from dunning_engine.domain.credits import lines_of
from dunning_engine.domain.decision import CaseKey, NextStep, ReminderItem, Request
from dunning_engine.domain.facts import Item
from dunning_engine.domain.scene import Scene
from dunning_engine.domain.verdict import Situation, Verdict, Word

REVIEW = "review"
"""What comes after the last stage: a person looks."""
NOTICE = "notice"


def request_of(case: CaseKey, asked: Sequence[Verdict], situation: Situation) -> Request:
    """One message about the items of verdicts that may share it; inside a sending window only."""
    scene = situation.scene
    words = {verdict.item.key: verdict.word for verdict in asked if verdict.word is not None}
    leading = max(words.values(), key=lambda word: (word.number, str(word.about)))
    items = [verdict.item for verdict in asked]
    deadline_on = _deadline_on(leading, items, scene)
    stages = {key: word.number for key, word in words.items()}
    return Request(
        case=case,
        kind=leading.kind,
        code=leading.code,
        number=leading.number,
        tone=leading.tone,
        legal_effect=leading.legal_effect,
        items=tuple(reminder_item(item, stages[item.key], scene) for item in items),
        language=language_of(case, scene),
        channels=situation.channels,
        deadline_on=deadline_on,
        next_step=_next_step(asked, deadline_on, scene),
        not_before_at=scene.now,
        not_after_at=closes_at(case, scene),
        credits=() if leading.kind == "service" else lines_of(case, items, situation),
        about=leading.about,
        returned=leading.returned,
    )


def reminder_item(item: Item, stage: int, scene: Scene) -> ReminderItem:
    """An item as a message names it."""
    days_overdue = (scene.today - item.due_on).days if item.due_on else 0
    return ReminderItem(item, stage, days_overdue)


def language_of(case: CaseKey, scene: Scene) -> str:
    """The customer's language before the creditor's."""
    return scene.customer.language or scene.facts.creditors[case[0]].language


def closes_at(case: CaseKey, scene: Scene) -> datetime:
    """When today's window closes, after which the message must be asked for anew."""
    opening = scene.calendars[case[0]].opening_at(scene.now)
    assert opening is not None  # nothing is asked for outside of one
    return opening.closes_at


def usual_deadline(case: CaseKey, days: int, scene: Scene) -> date:
    """So many days from today, moved to a working day of the customer's region."""
    return scene.calendars[case[0]].working_day_from(scene.today + timedelta(days=days))


def _deadline_on(leading: Word, items: Sequence[Item], scene: Scene) -> date:
    if leading.kind == NOTICE:
        return min(item.due_on for item in items if item.due_on)
    return usual_deadline((items[0].creditor_id, items[0].currency), leading.deadline_days, scene)


def _next_step(asked: Sequence[Verdict], deadline_on: date, scene: Scene) -> NextStep:
    """The earliest of what may come next for any of the items, and never before the pause after the deadline."""
    steps = [_next_for(verdict, deadline_on, scene) for verdict in asked]
    day, code = min(steps)
    return NextStep(code, day)


def _next_for(verdict: Verdict, deadline_on: date, scene: Scene) -> tuple[date, str]:
    item, word = verdict.item, verdict.word
    assert word is not None  # only what is to be said has a next step
    stage = scene.policy.stage_after(word.number or ladder.rung_of(item, scene).stage)
    pause = item.due_on or deadline_on if word.kind == NOTICE else ladder.rests_after(deadline_on, item, scene)
    if stage is None:
        return pause, REVIEW
    return max(pause, ladder.begins_on(item, stage, scene)), stage.code
