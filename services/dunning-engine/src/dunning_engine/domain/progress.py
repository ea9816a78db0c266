"""What became of the reminders so far, derived from the notifier's facts in whatever order they came."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from dunning_engine.domain.answers import ItemKey
from dunning_engine.domain.clearance import FACT_MISSING
from dunning_engine.domain.facts import FEEDBACK_SERVICE, INVOICE_SERVICE, Delivery, Facts, Reminder

RECEIPTS = frozenset({"sent"})
REFUSALS = frozenset({"bounced", "failed"})
SELF_EXPLAINING = frozenset({"expired", "withdrawn", FACT_MISSING})
"""Reasons for which the engine itself knows when to ask anew."""


class Progress(StrEnum):
    """How far a reminder has come."""

    UNDER_WAY = "under_way"
    """Requested; the notifier has not said how it ended."""
    SAID = "said"
    """Handed over and, as far as known, received."""
    UNKNOWN = "unknown"
    """Perhaps handed over: a person finds out."""
    UNDELIVERED = "undelivered"
    """Bounced, or there was no way to deliver it."""
    SUPPRESSED = "suppressed"
    """Ended without leaving; its items may be asked for anew."""


def progress_of(kinds: Iterable[str]) -> Progress:
    """The progress that the kinds of delivery facts about one reminder amount to."""
    known = frozenset(kinds)
    if known & REFUSALS:
        return Progress.UNDELIVERED
    if known & RECEIPTS:
        return Progress.SAID
    if "unknown" in known:
        return Progress.UNKNOWN
    return Progress.SUPPRESSED if "suppressed" in known else Progress.UNDER_WAY


@dataclass(frozen=True, slots=True)
class Told:
    """A reminder with what the notifier said about it."""

    reminder: Reminder
    deliveries: tuple[Delivery, ...]
    progress: Progress

    @property
    def receipt(self) -> Delivery | None:
        """The earliest sign that it was handed over."""
        receipts = (d for d in self.deliveries if d.kind in RECEIPTS)
        return min(receipts, key=lambda d: (d.at, d.kind), default=None)

    @property
    def suppressions(self) -> tuple[Delivery, ...]:
        """What was said about its not leaving."""
        return tuple(d for d in self.deliveries if d.kind == "suppressed")


@dataclass(frozen=True, slots=True)
class History:
    """All that was asked for and what became of it, in a fixed order."""

    reminders: tuple[Told, ...]
    by_item: Mapping[ItemKey, tuple[Told, ...]]
    stages_said: Mapping[ItemKey, int]
    """The highest stage at which an item was spoken about."""
    is_waiting_for_facts: bool
    """A service refused a clearance because of facts that have not been read here yet."""
    refused_unexplained: Told | None
    """A reminder that was refused although nothing newer is recorded about the customer, even now.

    Asking again would be refused again: the customer is held until one of the owners says something new.
    """


def history(facts: Facts) -> History:
    """What the reminders and deliveries among the facts amount to."""
    reminders = _told(facts)
    by_item: dict[ItemKey, tuple[Told, ...]] = {}
    stages_said: dict[ItemKey, int] = {}
    for one in reminders:
        for requested in one.reminder.items:
            by_item[requested.key] = (*by_item.get(requested.key, ()), one)
            if one.progress is Progress.SAID:
                stages_said[requested.key] = max(stages_said.get(requested.key, 0), requested.stage)
    return History(
        reminders=reminders,
        by_item=by_item,
        stages_said=stages_said,
        is_waiting_for_facts=any(_is_ahead(one, facts.had) for one in reminders),
        refused_unexplained=next((one for one in reminders if _is_unexplained(one, facts.had)), None),
    )


def _told(facts: Facts) -> tuple[Told, ...]:
    by_reminder: dict[UUID, list[Delivery]] = {reminder.reminder_id: [] for reminder in facts.reminders}
    for delivery in sorted(facts.deliveries, key=lambda d: (d.at, d.kind)):
        if delivery.reminder_id in by_reminder:
            by_reminder[delivery.reminder_id].append(delivery)
    return tuple(
        Told(reminder, tuple(deliveries), progress_of(d.kind for d in deliveries))
        for reminder in sorted(facts.reminders, key=lambda r: (r.requested_at, r.reminder_id))
        for deliveries in (by_reminder[reminder.reminder_id],)
    )


def _is_ahead(one: Told, had: Mapping[str, int]) -> bool:
    return any(
        service in had and had[service] < sequence
        for delivery in one.suppressions
        for service, sequence in delivery.seen.items()
    )


def _is_unexplained(one: Told, had: Mapping[str, int]) -> bool:
    if one.progress is not Progress.SUPPRESSED or one.reminder.withdrawn_because is not None:
        return False
    seen = one.reminder.seen
    heard = {service: had.get(service, 0) for service in (INVOICE_SERVICE, FEEDBACK_SERVICE)}
    return not _is_newer(heard, seen) and any(
        delivery.reason not in SELF_EXPLAINING and not _is_newer(delivery.seen, seen) for delivery in one.suppressions
    )


def _is_newer(sequences: Mapping[str, int], than: Mapping[str, int]) -> bool:
    return any(sequence > than.get(service, 0) for service, sequence in sequences.items() if service in than)
