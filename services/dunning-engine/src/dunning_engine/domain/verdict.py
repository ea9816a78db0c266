"""One item, one verdict: is it due to be spoken about now, and if not, why not and when to look again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from dunning_engine.domain.calendar import Calendar
from dunning_engine.domain.facts import Customer, Facts, Item
from dunning_engine.domain.policy import Policy, Stage
from dunning_engine.domain.progress import History, Progress, Told
from dunning_engine.domain.rests import rests_of


@dataclass(frozen=True, slots=True)
class Verdict:
    """The rule that decides about an item; `look_at` is when the clock alone may change it."""

    item: Item
    rule: str
    look_at: datetime | None = None
    stage: Stage | None = None
    facts: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def is_due(self) -> bool:
        """Is the item to be spoken about now?"""
        return self.rule == "due"


@dataclass(frozen=True, slots=True)
class Situation:
    """All that a verdict about an item of one case rests on."""

    customer: Customer
    policy: Policy
    facts: Facts
    history: History
    calendar: Calendar
    now: datetime

    def later(self, instant: datetime) -> datetime:
        """The first moment from `instant` on at which a message may leave, and after now in any case."""
        if instant <= self.now:
            return self.calendar.opening_after(self.now).opens_at
        return max(instant, self.calendar.opening_from(instant).opens_at)

    @property
    def next_opening_at(self) -> datetime:
        """When the next opening begins: a waiting item is looked at once a day, whatever else happens."""
        return self.calendar.opening_after(self.now).opens_at


def verdict_on(item: Item, situation: Situation) -> Verdict:
    """The first rule that stands in the way of speaking about the item, or `due`."""
    return (
        _by_state(item, situation)
        or _by_rests(item, situation)
        or _by_reminders(item, situation)
        or _by_refusals(item, situation)
        or _by_time(item, situation)
    )


def _by_state(item: Item, situation: Situation) -> Verdict | None:
    if not item.is_owed:
        return Verdict(item, "settled")
    if item.due_on is None:
        return Verdict(item, "no_due_date")
    if not item.is_overdue:
        first = situation.policy.stage_after(0)
        begins_at = situation.calendar.start_of(_begins_on(item.due_on, first)) if first else situation.now
        return Verdict(item, "not_overdue", situation.later(begins_at))
    return None


def _by_rests(item: Item, situation: Situation) -> Verdict | None:
    rests = rests_of(item, situation.facts, situation.policy, situation.calendar, situation.now)
    if not rests:
        return None
    resumes_at = rests[0].resumes_at(situation.calendar)
    look_at = situation.later(resumes_at) if resumes_at is not None else None
    return Verdict(item, rests[0].rule, look_at, facts=rests[0].facts)


def _by_reminders(item: Item, situation: Situation) -> Verdict | None:
    for told in situation.history.by_item.get(item.key, ()):
        words: dict[str, str | int] = {"reminder_id": str(told.reminder.reminder_id)}
        if told.progress is Progress.UNDER_WAY:
            return Verdict(item, "on_its_way", situation.later(told.reminder.not_after_at), facts=words)
        if told.progress is Progress.UNKNOWN:
            return Verdict(item, "person_asked", facts=words)
        is_unchanged = told.reminder.customer_version >= situation.customer.version
        if told.progress is Progress.UNDELIVERED and is_unchanged:
            return Verdict(item, "not_delivered", facts=words)
    if _next_stage(item, situation) is None:
        return Verdict(item, "ladder_done", facts={"stage": situation.history.stages_said.get(item.key, 0)})
    return None


def _by_refusals(item: Item, situation: Situation) -> Verdict | None:
    if situation.history.is_waiting_for_facts:
        return Verdict(item, "waits_for_facts", situation.next_opening_at)
    refused = situation.history.refused_unexplained
    if refused is not None:
        return Verdict(item, "refused_unexplained", facts={"reminder_id": str(refused.reminder.reminder_id)})
    return None


def _by_time(item: Item, situation: Situation) -> Verdict:
    stage = _next_stage(item, situation)
    assert stage is not None  # `_by_reminders` and `_by_state` come first
    assert item.due_on is not None
    begins_on = _begins_on(item.due_on, stage)
    begins_at = situation.calendar.start_of(begins_on)
    words: dict[str, str | int] = {"stage": stage.number, "begins_on": begins_on.isoformat()}
    if situation.now < begins_at:
        return Verdict(item, "too_early", situation.later(begins_at), facts=words)
    if situation.calendar.opening_at(situation.now) is None:
        opens_at = situation.next_opening_at
        return Verdict(item, "outside_window", opens_at, facts={**words, "opens_at": opens_at.isoformat()})
    if any(told.progress is Progress.UNDER_WAY and _is_of_case(told, item) for told in situation.history.reminders):
        return Verdict(item, "one_at_a_time", situation.next_opening_at, facts=words)
    return Verdict(item, "due", stage=stage, facts=words)


def _begins_on(due_on: date, stage: Stage | None) -> date:
    return due_on + timedelta(days=stage.offset_days if stage else 0)


def _is_of_case(told: Told, item: Item) -> bool:
    return (told.reminder.creditor_id, told.reminder.currency) == (item.creditor_id, item.currency)


def _next_stage(item: Item, situation: Situation) -> Stage | None:
    return situation.policy.stage_after(situation.history.stages_said.get(item.key, 0))
