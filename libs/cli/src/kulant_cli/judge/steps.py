"""The check of the second promise: no due step is lost; each has a mail, an open request or a reason."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import zip_longest

from kulant_cli.judge.books import BookedItem
from kulant_cli.judge.calendar import day_in, is_open
from kulant_cli.judge.evidence import Violation
from kulant_cli.judge.gate import covered_items
from kulant_cli.judge.story import Story
from kulant_cli.judge.wording import REMINDED_AFTER_DAYS
from kulant_contracts import party
from kulant_contracts.delivery import DeliveryEventData, DeliveryFailedV1, DeliverySuppressedV1, DeliveryUnknownV1
from kulant_contracts.invoice import HoldChangedV1
from kulant_contracts.party import Contact
from kulant_contracts.response import ResponsePromiseMadeV1

OPEN_DAYS_TO_ACT = 2  # one may be a holiday of a region that the judge's calendar does not have
PROMISE_EXCUSES = timedelta(days=5)
CLAIM_EXCUSES = timedelta(days=9)


@dataclass(frozen=True, slots=True)
class _Rest:
    """A reason not to remind of an item, from a moment on, through a day, up to a moment, or for good."""

    since_at: datetime
    through_on: date | None
    ended_at: datetime | None = None

    def lasts(self, moment: datetime, today: date) -> bool:
        """Whether it holds at this moment."""
        is_over = self.ended_at is not None and moment >= self.ended_at
        return self.since_at <= moment and not is_over and (self.through_on is None or today <= self.through_on)


def deliveries_do_not_fail(story: Story) -> Iterator[Violation]:
    """A delivery fails only where the ERP told of no usable contact; nobody is in doubt where nothing was killed."""
    for ends in story.ends.values():
        for end in ends:
            what = f"reminder {end.reminder_id} to {end.customer_id}: {end.reason}"
            if isinstance(end, DeliveryFailedV1) and not _may_fail(story, end):
                yield Violation("delivery_failed", what)
            elif isinstance(end, DeliveryUnknownV1) and not story.evidence.something_was_killed:
                yield Violation("delivery_unknown", what)


def _may_fail(story: Story, end: DeliveryFailedV1) -> bool:
    customer = story.books.customer_at(end.customer_id, end.at)
    can_be_reached = customer is not None and any(map(_is_usable, customer.contacts))
    return end.reason == "no_contact" and not can_be_reached


def _is_usable(contact: Contact) -> bool:
    refused = contact.consent is not None and not contact.consent.given
    return contact.channel == party.EMAIL and bool(contact.address) and not contact.unusable and not refused


def no_step_is_lost(story: Story) -> Iterator[Violation]:
    """Each item still open when its time had come, and gone on for some days, was dealt with."""
    spoken = _spoken_of(story)
    holds = [(event.envelope.time, event.data) for event in story.events if isinstance(event.data, HoldChangedV1)]
    for item in story.books.items().values():
        if item.key in spoken:
            continue
        limit = _limit(story, item, [*_answered(story, item), *_held(holds, item)])
        if limit is not None and story.books.open_minor(item, before=limit) > 0:
            yield Violation(
                "lost_step",
                f"{item.number} of {item.customer_id}, due on {item.due_on}: nothing was sent by {limit.isoformat()},"
                " and there is no reason for that",
            )


def _spoken_of(story: Story) -> frozenset[tuple[str, str]]:
    """Items with a mail (perhaps), an open request, or nobody to write to.

    That a message was suppressed is no reason in itself: the item is paid, answered about or held, or its turn comes.
    """
    return frozenset(
        (item.invoice_id, item.item_id)
        for reminder_id, request in story.requests.items()
        for ends in [story.ends.get(reminder_id, ())]
        if not ends or any(_speaks(story, end) for end in ends)
        for item in request.items
    )


def _speaks(story: Story, end: DeliveryEventData) -> bool:
    if isinstance(end, DeliveryFailedV1):
        return _may_fail(story, end)
    return not isinstance(end, DeliverySuppressedV1)


def _answered(story: Story, item: BookedItem) -> Iterator[_Rest]:
    """What the customer said about the item."""
    zone = story.home(item.customer_id).time_zone
    for response in story.responses:
        if response.customer_id == item.customer_id and item.key[1] in covered_items(story, response):
            through_on = (
                response.on + PROMISE_EXCUSES
                if isinstance(response, ResponsePromiseMadeV1)
                else day_in(response.said_at, zone) + CLAIM_EXCUSES
            )
            yield _Rest(response.said_at, through_on)


def _held(holds: Iterable[tuple[datetime, HoldChangedV1]], item: BookedItem) -> Iterator[_Rest]:
    """The holds on the item, its invoice or its customer, each from its setting to its lifting."""
    changes: dict[str, list[tuple[datetime, HoldChangedV1]]] = {}
    for at, hold in holds:
        if hold.customer_id == item.customer_id:
            changes.setdefault(hold.hold_id, []).append((at, hold))
    for of_one_hold in changes.values():
        of_one_hold.sort(key=lambda change: change[1].version)
        ends = [at for at, _ in of_one_hold[1:]]
        for (at, hold), ended_at in zip_longest(of_one_hold, ends):
            if hold.state == "set" and _covers(hold, item):
                yield _Rest(at, hold.until_on, ended_at)


def _covers(hold: HoldChangedV1, item: BookedItem) -> bool:
    """Whether the hold is on all of the item."""
    invoice_id, item_id = item.key
    is_whole = hold.money is None or hold.money.amount_minor >= item.amount_minor
    return is_whole and (hold.scope, hold.scope_id) in {
        ("customer", None), ("customer", item.customer_id), ("invoice", invoice_id), ("item", item_id),
    }  # fmt: skip


def _limit(story: Story, item: BookedItem, rests: list[_Rest]) -> datetime | None:
    """The moment by which the item must have been spoken of; None where the clock did not get that far."""
    if item.due_on is None:
        return None
    home = story.home(item.customer_id)
    days: list[date] = []
    for moment in story.evidence.clock:
        today = day_in(moment, home.time_zone)
        reached = (today - item.due_on).days >= REMINDED_AFTER_DAYS and moment > item.told_at
        resting = any(rest.lasts(moment, today) for rest in rests)
        if reached and not resting and is_open(moment, home.time_zone, home.country):
            if today not in days:
                days.append(today)
            if len(days) >= OPEN_DAYS_TO_ACT:
                return moment
    return None
