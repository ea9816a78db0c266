"""One item, one verdict: what is to be said about it now, or why nothing is, and when to look again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from dunning_engine.domain import freshness, ladder, notices, returned
from dunning_engine.domain.answers import ItemKey, ReturnedPayment
from dunning_engine.domain.decision import Kind, SaidBefore
from dunning_engine.domain.facts import Item
from dunning_engine.domain.policy import LegalEffect
from dunning_engine.domain.progress import Progress, Told
from dunning_engine.domain.rests import NOTHING_RESTS, Resting
from dunning_engine.domain.scene import Scene
from dunning_engine.domain.softly import SoftWord

ON_DEMAND = frozenset({"reminder", "promise_resume"})
"""Kinds whose unknown end keeps the item waiting for a person; a lost notice or confirmation holds up nothing."""


@dataclass(frozen=True, slots=True)
class Word:
    """What would be said about an item. Items with the same `together` may share a message."""

    kind: Kind
    code: str
    since_on: date
    number: int = 0
    tone: str = "service"
    legal_effect: LegalEffect = "notice"
    deadline_days: int = 7
    together: str = ""
    about: SaidBefore | None = None
    returned: ReturnedPayment | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The rule that decides about an item; `look_at` is when the clock alone may change it."""

    item: Item
    rule: str
    look_at: datetime | None = None
    word: Word | None = None
    facts: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Situation:
    """A scene with what the rules about all items together found in it."""

    scene: Scene
    resting: Mapping[ItemKey, Resting]
    soft_words: Mapping[ItemKey, SoftWord]
    channels: tuple[str, ...]

    def resting_of(self, item: Item) -> Resting:
        """What of an item rests."""
        return self.resting.get(item.key, NOTHING_RESTS)

    def next_opening_at(self, item: Item) -> datetime:
        """When the next opening begins: a waiting item is looked at once a day, whatever else happens."""
        return self.scene.calendar(item).opening_after(self.scene.now).opens_at

    def opening_from(self, item: Item, day: date) -> datetime:
        """The first moment from a day on at which a message about an item may leave, after now in any case."""
        calendar = self.scene.calendar(item)
        return self.scene.later(calendar, calendar.start_of(day))


def verdict_on(item: Item, situation: Situation) -> Verdict:
    """The first rule that stands in the way of speaking about the item, or what is to be said."""
    return (
        _by_state(item)
        or _by_customer(item, situation)
        or _by_returned_payment(item, situation)
        or _by_rests(item, situation)
        or _by_what_is_under_way(item, situation)
        or _by_due_date(item, situation)
        or _by_soft_word(item, situation)
        or _by_ladder(item, situation)
    )


def _by_state(item: Item) -> Verdict | None:
    if not item.is_owed:
        return Verdict(item, "settled")
    if item.due_on is None:
        return Verdict(item, "no_due_date")
    return None


def _by_customer(item: Item, situation: Situation) -> Verdict | None:
    if situation.scene.facts.represented:
        return Verdict(item, "represented")
    if not situation.channels:
        return Verdict(item, "no_channel")
    return None


def _by_rests(item: Item, situation: Situation) -> Verdict | None:
    whole = situation.resting_of(item).whole
    if whole is None:
        return None
    look_at = situation.scene.later(situation.scene.calendar(item), whole.until_at) if whole.until_at else None
    return Verdict(item, whole.rule, look_at, facts=whole.facts)


def _by_what_is_under_way(item: Item, situation: Situation) -> Verdict | None:
    scene = situation.scene
    for told in scene.history.about(item.key):
        words: dict[str, str | int] = {"reminder_id": str(told.reminder.reminder_id)}
        if told.progress is Progress.UNDER_WAY:
            look_at = scene.later(scene.calendar(item), told.reminder.not_after_at)
            return Verdict(item, "on_its_way", look_at, facts=words)
        if told.progress is Progress.UNKNOWN and told.reminder.kind in ON_DEMAND:
            return Verdict(item, "person_asked", facts=words)
    if (failed := undeliverable(item, scene)) is not None:
        return Verdict(item, "not_delivered", facts={"reminder_id": str(failed.reminder.reminder_id)})
    if scene.history.is_waiting_for_facts:
        return Verdict(item, "waits_for_facts", situation.next_opening_at(item))
    refused = scene.history.refused_unexplained
    if refused is not None:
        return Verdict(item, "refused_unexplained", facts={"reminder_id": str(refused.reminder.reminder_id)})
    return None


def undeliverable(item: Item, scene: Scene) -> Told | None:
    """A message about an item that found no way, or came back twice from the same contact, since contacts changed.

    Where the customer as a whole could not be reached, no other item is tried either.
    """
    bounced: set[str | None] = set()
    for told in scene.history.reminders:
        if told.progress not in (Progress.FAILED, Progress.BOUNCED) or not is_of_these_contacts(told, scene):
            continue
        is_about = any(requested.key == item.key for requested in told.reminder.items)
        if told.progress is Progress.FAILED and (is_about or is_without_contact(told)):
            return told
        if told.progress is Progress.BOUNCED and is_about:
            if bounced & told.bounced_at_contacts:
                return told
            bounced |= told.bounced_at_contacts
    return None


def is_without_contact(told: Told) -> bool:
    """Was there nobody to write to? Of that the notifier makes a task itself."""
    return any(delivery.reason == "no_contact" for delivery in told.deliveries)


def is_of_these_contacts(told: Told, scene: Scene) -> bool:
    """Have the customer's contacts not changed since the message was asked for?"""
    is_unchanged = told.reminder.customer_version >= scene.customer.version
    return is_unchanged and not any(
        one.said_at >= told.reminder.requested_at for one in scene.facts.preferences if one.kind == "corrected"
    )


def _by_returned_payment(item: Item, situation: Situation) -> Verdict | None:
    """It demands nothing, so it is told even where the item rests."""
    if item.returned is None or not returned.has_to_be_told(item, situation.scene):
        return None
    if _by_what_is_under_way(item, situation) is not None:
        return None
    word = Word(
        "service",
        returned.PAYMENT_RETURNED,
        item.returned.on,
        together=f"{returned.PAYMENT_RETURNED} {item.returned.payment_id}",
        returned=item.returned,
    )
    return Verdict(item, "returned_due", word=word, facts={"payment_id": item.returned.payment_id})


def _by_due_date(item: Item, situation: Situation) -> Verdict | None:
    if item.is_overdue:
        return None
    scene = situation.scene
    assert item.due_on is not None  # `_by_state` comes first
    notice = notices.notice_due(item, scene)
    if notice is not None:
        word = Word("notice", notice.code, notice.since_on, together=notice.code)
        words: dict[str, str | int] = {"code": notice.code, "due_on": item.due_on.isoformat()}
        return Verdict(item, "notice_due", word=word, facts=words)
    day = notices.next_notice_on(item, scene)
    first = scene.policy.stage_after(0)
    if day is None and first is not None:
        day = ladder.begins_on(item, first, scene)
    return Verdict(item, "not_overdue", situation.opening_from(item, day or scene.today))


def _by_soft_word(item: Item, situation: Situation) -> Verdict | None:
    soft = situation.soft_words.get(item.key)
    if soft is None:
        return None
    rule = situation.scene.policy.softly
    word = Word(
        "promise_resume",
        soft.code,
        soft.since_on,
        tone=rule.tone,
        deadline_days=rule.deadline_days,
        together=soft.code,
        about=soft.about,
    )
    return Verdict(item, "softly_due", word=word, facts={"response_id": soft.about.response_id})


def _by_ladder(item: Item, situation: Situation) -> Verdict:
    scene = situation.scene
    rung = ladder.rung_of(item, scene)
    stage = scene.policy.stage_after(rung.stage)
    if stage is None:
        return Verdict(item, "ladder_done", _review_at(item, rung, situation), facts={"stage": rung.stage})
    begins_on = ladder.begins_on(item, stage, scene)
    begins_at = scene.calendar(item).start_of(begins_on)
    words: dict[str, str | int] = {"stage": stage.number, "begins_on": begins_on.isoformat()}
    if scene.now < begins_at:
        return Verdict(item, "too_early", situation.opening_from(item, begins_on), facts=words)
    if not rung.is_heard:
        look_at = rung.heard_at or situation.next_opening_at(item)
        return Verdict(item, "not_heard_yet", scene.later(scene.calendar(item), look_at), facts=words)
    through_on = freshness.unknown_since(item, stage, scene)
    if through_on is not None:
        words["through_on"] = through_on.isoformat()
        return Verdict(item, "payments_unknown", situation.next_opening_at(item), facts=words)
    word = Word(
        "reminder",
        stage.code,
        begins_on,
        stage.number,
        stage.tone,
        stage.legal_effect,
        stage.deadline_days,
        together=f"from {stage.carries_from}",
    )
    return Verdict(item, "due", word=word, facts=words)


def _review_at(item: Item, rung: ladder.Rung, situation: Situation) -> datetime | None:
    """When a person is to look at an item whose last stage was said: after its deadline and the pause."""
    if rung.deadline_on is None:
        return None
    at = situation.scene.calendar(item).start_of(ladder.rests_after(rung.deadline_on, item, situation.scene))
    return at if at > situation.scene.now else None
