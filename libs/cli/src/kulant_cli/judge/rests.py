"""Reasons for which the judge does not wait for a message about an item."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import zip_longest

from kulant_cli.judge.calendar import after_working_days, day_in
from kulant_cli.judge.entries import BookedItem
from kulant_cli.judge.messages import PAUSE_WORKING_DAYS
from kulant_cli.judge.silence import covers, is_about
from kulant_cli.judge.story import Story
from kulant_contracts.case import CaseDisputeDecidedV1
from kulant_contracts.delivery import DeliverySentV1
from kulant_contracts.holds import HoldEventData
from kulant_contracts.invoice import HoldChangedV1
from kulant_contracts.response import ResponseDisputedV1, ResponsePromiseMadeV1

PROMISE_EXCUSES = timedelta(days=5)
CLAIM_EXCUSES = timedelta(days=9)


@dataclass(frozen=True, slots=True)
class Rest:
    """A reason not to remind of an item, from a moment on, through a day, up to a moment, or for good."""

    since_at: datetime
    through_on: date | None
    ended_at: datetime | None = None

    def lasts(self, moment: datetime, today: date) -> bool:
        """Whether it holds at this moment."""
        is_over = self.ended_at is not None and moment >= self.ended_at
        return self.since_at <= moment and not is_over and (self.through_on is None or today <= self.through_on)


def rests_of(story: Story, item: BookedItem) -> list[Rest]:
    """All of them, in no order."""
    return [*_answered(story, item), *_asked_softly(story, item), *_held(story, item)]


def _answered(story: Story, item: BookedItem) -> Iterator[Rest]:
    """What the customer said about the item; a dispute rests until it is decided."""
    zone = story.home(item.customer_id).time_zone
    for response in story.responses_of(item.customer_id):
        if not is_about(story, response, item.key):
            continue
        if isinstance(response, ResponseDisputedV1):
            decided = [one.at for one in story.of(CaseDisputeDecidedV1) if one.customer_id == item.customer_id]
            yield Rest(response.said_at, None, min((at for at in decided if at >= response.said_at), default=None))
            continue
        through_on = (
            response.on + PROMISE_EXCUSES
            if isinstance(response, ResponsePromiseMadeV1)
            else day_in(response.said_at, zone) + CLAIM_EXCUSES
        )
        yield Rest(response.said_at, through_on)


def _asked_softly(story: Story, item: BookedItem) -> Iterator[Rest]:
    """A friendly question outside of the ladder gives its own days to pay."""
    for event in story.events_of(item.customer_id):
        delivery = event.data
        if not isinstance(delivery, DeliverySentV1):
            continue
        request = story.requests.get(delivery.reminder_id)
        if request is None or request.kind != "promise_resume":
            continue
        if any((one.invoice_id, one.item_id) == item.key for one in request.items):
            deadline_on = delivery.deadline_on or request.deadline_on
            country = story.home(item.customer_id).country
            yield Rest(delivery.at, after_working_days(deadline_on, PAUSE_WORKING_DAYS, country))


def _held(story: Story, item: BookedItem) -> Iterator[Rest]:
    """The holds on all of the item, each from its setting to its lifting."""
    changes: dict[str, list[tuple[datetime, HoldChangedV1]]] = {}
    for event in story.events_of(item.customer_id):
        if isinstance(event.data, HoldChangedV1):
            changes.setdefault(event.data.hold_id, []).append((event.envelope.time, event.data))
    for of_one_hold in changes.values():
        of_one_hold.sort(key=lambda change: change[1].version)
        ends = [at for at, _ in of_one_hold[1:]]
        for (at, hold), ended_at in zip_longest(of_one_hold, ends):
            if hold.state == "set" and _covers_all(hold, item):
                yield Rest(at, hold.until_on, ended_at)


def _covers_all(hold: HoldEventData, item: BookedItem) -> bool:
    is_whole = hold.money is None or hold.money.amount_minor >= item.amount_minor
    return is_whole and covers(hold, *item.key, item.customer_id)
