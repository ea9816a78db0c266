"""One customer at one moment, prepared for the rules: what is owed, what was said, where and when that is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from dunning_engine.domain.answers import About, ItemKey
from dunning_engine.domain.calendar import ONE_DAY, Calendar
from dunning_engine.domain.decision import CaseKey
from dunning_engine.domain.facts import Customer, Facts, Item, Reminder
from dunning_engine.domain.place import calendar_of
from dunning_engine.domain.policy import Policy
from dunning_engine.domain.progress import History, history


@dataclass(frozen=True, slots=True)
class Scene:
    """All that a rule may look at. `items`: what is owed to creditors that are known, the oldest first."""

    customer: Customer
    policy: Policy
    facts: Facts
    now: datetime
    today: date
    """The customer's day."""
    history: History
    zone: Calendar
    """The customer's days, without anybody's holidays."""
    calendars: Mapping[str, Calendar]
    """By creditor: a region that the customer's facts lack is taken from the creditor."""
    items: tuple[Item, ...]
    by_key: Mapping[ItemKey, Item]

    def calendar(self, item: Item) -> Calendar:
        """The calendar by which messages about an item go."""
        return self.calendars[item.creditor_id]

    def open_minor(self, key: ItemKey) -> int:
        """What is open on an item; nothing where it is not owed any more."""
        item = self.by_key.get(key)
        return item.open_minor if item else 0

    def answered(self, about: About) -> Reminder | None:
        """The message that an answer is one to, where it is known."""
        if about.reminder_id is None:
            return None
        return next((one for one in self.facts.reminders if one.reminder_id == about.reminder_id), None)

    def payments_known(self, creditor_id: str, until: datetime) -> bool:
        """Is every payment to this creditor up to a moment known?"""
        known_until = self.facts.creditors[creditor_id].payments_known_until
        return known_until is not None and known_until >= until

    def later(self, calendar: Calendar, instant: datetime) -> datetime:
        """The first moment from `instant` on at which a message may leave, and after now in any case."""
        if instant <= self.now:
            return calendar.opening_after(self.now).opens_at
        return max(instant, calendar.opening_from(instant).opens_at)

    def end_of(self, day: date) -> datetime:
        """The first instant after a day."""
        return self.zone.start_of(day + ONE_DAY)


def scene_of(customer: Customer, policy: Policy, facts: Facts, now: datetime) -> Scene:
    """Prepare the facts about a customer of a tenant that is known."""
    items = tuple(sorted(_owed(facts), key=oldest_first))
    zone = Calendar(ZoneInfo(customer.time_zone), policy.window, frozenset())
    return Scene(
        customer=customer,
        policy=policy,
        facts=facts,
        now=now,
        today=zone.day_of(now),
        history=history(facts, now, timedelta(hours=policy.delivered_after_hours)),
        zone=zone,
        calendars={
            creditor_id: calendar_of(customer, creditor, facts, policy.window)
            for creditor_id, creditor in facts.creditors.items()
        },
        items=items,
        by_key={item.key: item for item in items},
    )


def oldest_first(item: Item) -> tuple[date, ItemKey]:
    """The order in which items are named, and in which sums are spread over them."""
    return item.due_on or date.max, item.key


def case_of(item: Item) -> CaseKey:
    """The case that an item belongs to."""
    return item.creditor_id, item.currency


def _owed(facts: Facts) -> Iterator[Item]:
    return (item for item in facts.items if item.is_owed and item.creditor_id in facts.creditors)
