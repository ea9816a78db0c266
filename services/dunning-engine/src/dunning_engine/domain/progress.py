"""What became of the messages so far, derived from the notifier's facts in whatever order they came."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from dunning_engine.domain.answers import ItemKey
from dunning_engine.domain.clearance import FACT_MISSING
from dunning_engine.domain.facts import FEEDBACK_SERVICE, INVOICE_SERVICE, Delivery, Facts, Reminder, RequestedItem

ARRIVALS = frozenset({"delivered", "read"})
RECEIPTS = ARRIVALS | {"sent"}
REFUSALS = frozenset({"bounced", "failed"})
SELF_EXPLAINING = frozenset({"expired", "withdrawn", FACT_MISSING})
"""Reasons for which the engine itself knows when to ask anew."""
PERSON_SAYS_NOT_SENT = "person_says_not_sent"
"""A person looked after an `unknown` message: it never left, so its step is still to be taken."""


class Progress(StrEnum):
    """How far a message has come."""

    UNDER_WAY = "under_way"
    """Requested; the notifier has not said how it ended."""
    SAID = "said"
    """Handed over; too early to count as delivered, or its channel has not said so."""
    DELIVERED = "delivered"
    """The channel says so; or an e-mail was sent long enough ago and has not come back."""
    UNKNOWN = "unknown"
    """Perhaps handed over: a person finds out."""
    BOUNCED = "bounced"
    """It came back; the same may be said anew, to another contact."""
    FAILED = "failed"
    """There was no way to deliver it."""
    SUPPRESSED = "suppressed"
    """Ended without leaving; its items may be asked for anew."""


MAY_HAVE_LEFT = frozenset({Progress.UNDER_WAY, Progress.SAID, Progress.DELIVERED, Progress.UNKNOWN})
HEARD = frozenset({Progress.SAID, Progress.DELIVERED})
_ENDS = (Progress.FAILED, Progress.BOUNCED, Progress.SUPPRESSED, Progress.UNKNOWN)
"""Of several ends the first counts: what a person finds out later takes the place of `unknown`."""


def progress_of(kinds: Iterable[str]) -> Progress:
    """The progress that the kinds of delivery facts about one attempt amount to, whenever that was."""
    known = frozenset(kinds)
    if known & RECEIPTS and not known & REFUSALS:
        return Progress.DELIVERED if known & ARRIVALS else Progress.SAID
    return next((end for end in _ENDS if end.value in known), Progress.UNDER_WAY)


@dataclass(frozen=True, slots=True)
class Told:
    """A message with what the notifier said about it; `receipt`: the earliest sign that it was handed over for good."""

    reminder: Reminder
    deliveries: tuple[Delivery, ...]
    progress: Progress
    receipt: Delivery | None = None
    delivered_at: datetime | None = None
    """From when on it counts as delivered, unless it comes back; None: nobody knows yet."""

    @property
    def suppressions(self) -> tuple[Delivery, ...]:
        """What was said about its not leaving."""
        return tuple(d for d in self.deliveries if d.kind == "suppressed")

    @property
    def is_open(self) -> bool:
        """May it still leave, and was it not taken back?"""
        return self.progress is Progress.UNDER_WAY and self.reminder.withdrawn_because is None

    @property
    def bounced_at_contacts(self) -> frozenset[str | None]:
        """The contacts at which it came back."""
        return frozenset(d.contact_id for d in self.deliveries if d.kind == "bounced")


@dataclass(frozen=True, slots=True)
class History:
    """All that was asked for and what became of it, in a fixed order."""

    reminders: tuple[Told, ...]
    by_item: Mapping[ItemKey, tuple[tuple[Told, RequestedItem], ...]]
    """By item, the messages that named it, and how it stood in them; the oldest first."""
    is_waiting_for_facts: bool
    """A service refused a clearance because of facts that have not been read here yet."""
    refused_unexplained: Told | None
    """A message that was refused although nothing newer is recorded about the customer, even now.

    Asking again would be refused again: the customer is held until one of the owners says something new.
    """

    def about(self, key: ItemKey) -> tuple[Told, ...]:
        """The messages that named an item, the oldest first."""
        return tuple(told for told, _ in self.by_item.get(key, ()))


def history(facts: Facts, now: datetime, delivered_after: timedelta) -> History:
    """What the messages and deliveries among the facts amount to at a moment."""
    reminders = _told(facts, now, delivered_after)
    by_item: dict[ItemKey, list[tuple[Told, RequestedItem]]] = {}
    for one in reminders:
        for requested in one.reminder.items:
            by_item.setdefault(requested.key, []).append((one, requested))
    return History(
        reminders=reminders,
        by_item={key: tuple(messages) for key, messages in by_item.items()},
        is_waiting_for_facts=any(_is_ahead(one, facts.had) for one in reminders),
        refused_unexplained=next((one for one in reminders if _is_unexplained(one, facts.had)), None),
    )


def _told(facts: Facts, now: datetime, delivered_after: timedelta) -> tuple[Told, ...]:
    by_reminder: dict[UUID, list[Delivery]] = {reminder.reminder_id: [] for reminder in facts.reminders}
    for delivery in sorted(facts.deliveries, key=lambda d: (d.at, d.kind, d.delivery_id)):
        if delivery.reminder_id in by_reminder:
            by_reminder[delivery.reminder_id].append(delivery)
    return tuple(
        _one(reminder, by_reminder[reminder.reminder_id], now, delivered_after)
        for reminder in sorted(facts.reminders, key=lambda r: (r.requested_at, r.reminder_id))
    )


def _one(reminder: Reminder, deliveries: Sequence[Delivery], now: datetime, delivered_after: timedelta) -> Told:
    attempts: dict[str, list[Delivery]] = {}
    for delivery in deliveries:
        attempts.setdefault(delivery.delivery_id, []).append(delivery)
    heard = [attempt for attempt in attempts.values() if progress_of(d.kind for d in attempt) in HEARD]
    if not heard:
        never_left = any(d.kind == "failed" and d.reason == PERSON_SAYS_NOT_SENT for d in deliveries)
        progress = Progress.SUPPRESSED if never_left else progress_of(d.kind for d in deliveries)
        return Told(reminder, tuple(deliveries), progress)
    receipt = next(d for d in heard[0] if d.kind in RECEIPTS)
    arrivals = [d.at for attempt in heard for d in attempt if d.kind in ARRIVALS]
    if receipt.channel in (None, "email"):
        arrivals.append(receipt.at + delivered_after)
    delivered_at = min(arrivals, default=None)
    is_delivered = delivered_at is not None and delivered_at <= now
    progress = Progress.DELIVERED if is_delivered else Progress.SAID
    return Told(reminder, tuple(deliveries), progress, receipt, delivered_at)


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
