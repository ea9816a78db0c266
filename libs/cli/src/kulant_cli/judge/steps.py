"""The check of the second promise: no due step is lost; each has a mail, an open request or a reason."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from kulant_cli.judge.calendar import after_working_days, day_in, is_open
from kulant_cli.judge.entries import BookedItem, ItemKey
from kulant_cli.judge.evidence import Violation
from kulant_cli.judge.ladder import PER_SEVEN_DAYS
from kulant_cli.judge.messages import (
    COUNTED,
    DELIVERED_AFTER,
    LADDER,
    PAUSE_WORKING_DAYS,
    Demand,
    demands,
    sent_reminders,
)
from kulant_cli.judge.refusals import can_be_reached
from kulant_cli.judge.rests import Rest, rests_of
from kulant_cli.judge.silence import rests_for_debit
from kulant_cli.judge.story import Story
from kulant_contracts import party
from kulant_contracts.delivery import DeliveryEventData, DeliveryFailedV1, DeliverySuppressedV1, DeliveryUnknownV1
from kulant_contracts.erp_changes import ErpPaymentReversedV1

OPEN_DAYS_TO_ACT = 2  # one may be a holiday of a region that the judge's calendar does not have
OPEN_DAYS_TO_GO_ON = 4  # holidays of a region may also lie in the pause before


@dataclass(frozen=True, slots=True)
class _Next:
    """The step that comes next for an item: not before this day and this moment."""

    stage: int
    from_on: date
    after_at: datetime


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
    """Was there nobody to write to: no address, one that mails came back from, or one that was refused?"""
    return end.reason == "no_contact" and not can_be_reached(story, end.customer_id, end.at, party.EMAIL)


def no_step_is_lost(story: Story) -> Iterator[Violation]:
    """Each item still open when its next stage's time had come, and gone on for some days, was dealt with."""
    in_hand, told = _in_hand(story), demands(story)
    written = _written_on(story)
    for item in story.books.items.values():
        step = _next(story, item, told.get(item.key, []))
        if item.key in in_hand or step is None:
            continue
        limit = _limit(story, item, step, rests_of(story, item), written.get(item.customer_id, []))
        if limit is not None and _is_owed(story, item, limit):
            yield Violation(
                "lost_step",
                f"{item.number} of {item.customer_id}, due on {item.due_on}, stage {step.stage}:"
                f" nothing was sent by {limit.isoformat()}, and there is no reason for that",
            )


def _next(story: Story, item: BookedItem, told: list[Demand]) -> _Next | None:
    """What the ladder has for the item after what it was told; None at its end, or before it is known when."""
    if item.due_on is None:
        return None
    last = told[-1] if told else None
    number = (last.item.stage if last else item.prior_stage) + 1
    if number not in LADDER:
        return None
    from_on = item.due_on + timedelta(days=LADDER[number].offset_days)
    deadline_on = last.deadline_on if last else item.prior_deadline_on
    if deadline_on is not None:
        country = story.home(item.customer_id).country
        from_on = max(from_on, after_working_days(deadline_on, PAUSE_WORKING_DAYS, country))
    return _Next(number, from_on, last.delivery.at + DELIVERED_AFTER if last else item.told_at)


def _in_hand(story: Story) -> frozenset[ItemKey]:
    """Items with a request that is open, or perhaps left, or with nobody to write to.

    That a message was suppressed is no reason in itself: the item is paid, answered about or held, or its turn comes.
    """
    return frozenset(
        (item.invoice_id, item.item_id)
        for reminder_id, request in story.requests.items()
        if request.kind in COUNTED
        for ends in [story.ends.get(reminder_id, ())]
        if not ends or any(_is_excuse(story, end) for end in ends)
        for item in request.items
    )


def _is_excuse(story: Story, end: DeliveryEventData) -> bool:
    if isinstance(end, DeliveryFailedV1):
        return _may_fail(story, end)
    return isinstance(end, DeliveryUnknownV1) and not isinstance(end, DeliverySuppressedV1)


def _written_on(story: Story) -> dict[str, list[date]]:
    """The days on which each customer was written to, against its budget."""
    days: dict[str, list[date]] = {}
    for delivery, request in sent_reminders(story, COUNTED):
        on = day_in(delivery.at, story.home(request.customer_id).time_zone)
        days.setdefault(request.customer_id, []).append(on)
    return days


def _limit(story: Story, item: BookedItem, step: _Next, rests: list[Rest], written: list[date]) -> datetime | None:
    """The moment by which the step must have been taken; None where the clock did not get that far."""
    home = story.home(item.customer_id)
    wanted = OPEN_DAYS_TO_ACT if step.stage == 1 else OPEN_DAYS_TO_GO_ON
    days: list[date] = []
    for moment in story.evidence.clock:
        if moment <= step.after_at:
            continue
        today = day_in(moment, home.time_zone)
        if today < _begins_anew(story, item, step, moment):
            days.clear()
            continue
        if today < step.from_on or (days and today == days[-1]):
            continue
        may_act = (
            is_open(moment, home.time_zone, home.country)
            and not any(rest.lasts(moment, today) for rest in rests)
            and today not in written
            and sum(timedelta(0) < today - on < timedelta(days=7) for on in written) < PER_SEVEN_DAYS
            and not rests_for_debit(story, item, moment)
            and (step.stage == 1 or _is_fresh(story, item, moment))
            and can_be_reached(story, item.customer_id, moment, party.EMAIL)
        )
        if may_act:
            days.append(today)
            if len(days) >= wanted:
                return moment
    return None


def _begins_anew(story: Story, item: BookedItem, step: _Next, moment: datetime) -> date:
    """The day from which the step may be taken after a payment came back: its ladder counts from there."""
    returns = [event.data for event in story.books.returns(item.key[0], moment)]
    days = [one.reversed_on for one in returns if isinstance(one, ErpPaymentReversedV1)]
    return max(days) + timedelta(days=LADDER[step.stage].offset_days) if days else date.min


def _is_fresh(story: Story, item: BookedItem, moment: datetime) -> bool:
    """Has the ERP said within a day that all payments were told? More than any policy wants."""
    until = story.books.payments_known_until(item.creditor_id, moment)
    return until is not None and moment - until <= timedelta(days=1)


def _is_owed(story: Story, item: BookedItem, limit: datetime) -> bool:
    """Is something open that the customer's own unallocated money does not cover?"""
    left = story.books.open_minor(item, before=limit)
    return left > 0 and left > story.books.unallocated_minor(item.customer_id, item.currency, limit)
