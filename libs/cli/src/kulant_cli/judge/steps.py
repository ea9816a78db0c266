"""The check of the second promise: no due step is lost; each has a mail, an open request or a reason."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from kulant_cli.judge.books import BookedItem
from kulant_cli.judge.calendar import day_in, is_open
from kulant_cli.judge.evidence import Violation
from kulant_cli.judge.gate import covered_items
from kulant_cli.judge.story import Story
from kulant_cli.judge.wording import REMINDED_AFTER_DAYS
from kulant_contracts.delivery import DeliverySuppressedV1
from kulant_contracts.invoice import HoldChangedV1
from kulant_contracts.response import ResponsePromiseMadeV1

OPEN_DAYS_TO_ACT = 2  # one may be a holiday of a region that the judge's calendar does not have
PROMISE_EXCUSES = timedelta(days=5)
CLAIM_EXCUSES = timedelta(days=9)
_PASSING = frozenset({"stale", "withdrawn", "expired"})  # ends after which an item must be looked at again


@dataclass(frozen=True, slots=True)
class _Rest:
    """A reason of a customer's own not to be reminded of an item, through a day."""

    item_id: str
    since_at: datetime
    through_on: date


def no_step_is_lost(story: Story) -> Iterator[Violation]:
    """Each item still open when its time had come, and gone on for some days, was dealt with."""
    spoken = _spoken_of(story)
    rests = _rests(story)
    held = {event.customer_id for event in story.of(HoldChangedV1)}
    for item in story.books.items().values():
        if item.key in spoken or item.customer_id in held:
            continue
        limit = _limit(story, item, [rest for rest in rests if rest.item_id == item.key[1]])
        if limit is not None and story.books.open_minor(item, before=limit) > 0:
            yield Violation(
                "lost_step",
                f"{item.number} of {item.customer_id}, due on {item.due_on}: nothing was sent by {limit.isoformat()},"
                " and there is no reason for that",
            )


def _spoken_of(story: Story) -> frozenset[tuple[str, str]]:
    """Items with a mail, an open request, or an end that a person is told of."""
    spoken: set[tuple[str, str]] = set()
    for reminder_id, request in story.requests.items():
        ends = story.ends.get(reminder_id, ())
        lasting = [end for end in ends if not (isinstance(end, DeliverySuppressedV1) and end.reason in _PASSING)]
        if lasting or not ends:
            spoken.update((item.invoice_id, item.item_id) for item in request.items)
    return frozenset(spoken)


def _rests(story: Story) -> list[_Rest]:
    rests: list[_Rest] = []
    for response in story.responses:
        zone = story.home(response.customer_id).time_zone
        through_on = (
            response.on + PROMISE_EXCUSES
            if isinstance(response, ResponsePromiseMadeV1)
            else day_in(response.said_at, zone) + CLAIM_EXCUSES
        )
        covered = covered_items(story, response)
        rests += [_Rest(item_id, response.said_at, through_on) for item_id in covered]
    return rests


def _limit(story: Story, item: BookedItem, rests: list[_Rest]) -> datetime | None:
    """The moment by which the item must have been spoken of; None where the clock did not get that far."""
    if item.due_on is None:
        return None
    home = story.home(item.customer_id)
    days: list[date] = []
    for moment in story.evidence.clock:
        today = day_in(moment, home.time_zone)
        reached = (today - item.due_on).days >= REMINDED_AFTER_DAYS and moment > item.told_at
        resting = any(rest.since_at <= moment and today <= rest.through_on for rest in rests)
        if reached and not resting and is_open(moment, home.time_zone, home.country):
            if today not in days:
                days.append(today)
            if len(days) >= OPEN_DAYS_TO_ACT:
                return moment
    return None
