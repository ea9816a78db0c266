"""Where an item stands on the ladder, and when its next stage begins: never early, never a jump, never unheard."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dunning_engine.domain import disputes, questions
from dunning_engine.domain.facts import Item, RequestedItem
from dunning_engine.domain.policy import Stage
from dunning_engine.domain.progress import HEARD, Progress, Told
from dunning_engine.domain.returned import counts_from
from dunning_engine.domain.scene import Scene


@dataclass(frozen=True, slots=True)
class Rung:
    """Where an item stands: the highest stage that was said, and from when on it counts as delivered."""

    stage: int = 0
    deadline_on: date | None = None
    """The last day to pay that the last message about the item named."""
    heard_at: datetime | None = None
    """None: nobody knows yet whether the last message arrived."""
    is_heard: bool = True


def rung_of(item: Item, scene: Scene) -> Rung:
    """What was said about an item so far, by the old system too; a payment that came back begins anew."""
    prior = _prior(item, scene)
    said = [(asked.stage, told) for told, asked in _on_ladder(item, scene) if told.progress in HEARD]
    if not said:
        return prior
    stage, highest = max(said, key=lambda one: (one[0], one[1].reminder.requested_at, one[1].reminder.reminder_id))
    if stage <= prior.stage:
        return prior
    is_heard = highest.progress is Progress.DELIVERED
    return Rung(stage, deadline_of(highest), None if is_heard else highest.delivered_at, is_heard)


def _on_ladder(item: Item, scene: Scene) -> Iterator[tuple[Told, RequestedItem]]:
    """The ladder's messages that named an item since it last began, and how they did."""
    since = counts_from(item, scene)
    for told, asked in scene.history.by_item.get(item.key, ()):
        if told.reminder.kind == "reminder" and (since is None or told.reminder.requested_at >= since):
            yield told, asked


def deadline_of(told: Told) -> date:
    """The last day to pay that a message named: the one of its delivery, which may be another than was asked for."""
    named = told.receipt.deadline_on if told.receipt else None
    return named or told.reminder.deadline_on


def next_stage(item: Item, scene: Scene) -> Stage | None:
    """The stage after the one that an item stands at: always the next, however late it is; None: it was the last."""
    return scene.policy.stage_after(rung_of(item, scene).stage)


def begins_on(item: Item, stage: Stage, scene: Scene) -> date:
    """The day from which a stage may be said about an item.

    The later of the due date plus the stage's offset, and each deadline that the customer was given plus the pause;
    a person's answer gives the customer the same pause.
    """
    assert item.due_on is not None  # an item without a due date is on no ladder
    counted_from = max(item.due_on, item.returned.on) if item.returned else item.due_on
    first = counted_from + timedelta(days=stage.offset_days)
    return max([first, *_pauses(item, scene)])


def rests_after(deadline_on: date, item: Item, scene: Scene) -> date:
    """The day after the pause that follows a deadline."""
    return scene.calendar(item).working_days_after(deadline_on, scene.policy.pause_working_days)


def _pauses(item: Item, scene: Scene) -> Iterator[date]:
    deadlines = [rung_of(item, scene).deadline_on]
    since = counts_from(item, scene)
    deadlines += [
        deadline_of(told)
        for told in scene.history.about(item.key)
        if told.reminder.kind == "promise_resume"
        and told.progress in HEARD
        and (since is None or told.reminder.requested_at >= since)
    ]
    yield from (rests_after(deadline_on, item, scene) for deadline_on in deadlines if deadline_on)
    answered = (disputes.goes_on_from(item, scene), questions.goes_on_from(item, scene))
    yield from (day for day in answered if day)


def _prior(item: Item, scene: Scene) -> Rung:
    """The old system's last message counts as delivered; a deadline that nobody noted was a week, as ours are."""
    prior = item.prior
    if prior is None or prior.stage <= 0:
        return Rung()
    if item.returned is not None and not (prior.last_sent_on and prior.last_sent_on >= item.returned.on):
        return Rung()
    deadline_on = prior.deadline_on
    if deadline_on is None and prior.last_sent_on is not None:
        days = next((s.deadline_days for s in scene.policy.stages if s.number == prior.stage), 0)
        deadline_on = scene.calendar(item).working_day_from(prior.last_sent_on + timedelta(days=days))
    return Rung(prior.stage, deadline_on)
