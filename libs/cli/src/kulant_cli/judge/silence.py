"""Checks of the first promise: who has answered, is on hold, is debited or wants to be left alone is left alone."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from kulant_cli.judge.calendar import day_in
from kulant_cli.judge.entries import BookedItem, ItemKey
from kulant_cli.judge.evidence import Violation
from kulant_cli.judge.messages import COUNTED, sent_reminders
from kulant_cli.judge.story import Story
from kulant_contracts.case import CaseDisputeDecidedV1
from kulant_contracts.holds import HoldEventData
from kulant_contracts.reminder import ReminderItem, ReminderRequestedV1
from kulant_contracts.response import (
    ResponseDisputedV1,
    ResponseEventData,
    ResponsePaymentClaimedV1,
    ResponsePromiseMadeV1,
)

CLAIM_RESTS_AT_LEAST = timedelta(days=3)
_RESTING = (ResponsePromiseMadeV1, ResponsePaymentClaimedV1, ResponseDisputedV1)


def answers_silence_reminders(story: Story) -> Iterator[Violation]:
    """After an acknowledged promise, claim or dispute, what it covers is not asked for while it stands."""
    for delivery, request in sent_reminders(story, COUNTED):
        if delivery.asked_at is None:
            continue  # nobody_who_paid_is_reminded tells of it
        repeated = answered_before(story, request, at=delivery.at, acknowledged_before=delivery.asked_at)
        if repeated:
            numbers = ", ".join(repeated)
            yield Violation("reminded_after_answer", f"{request.customer_id} had answered about {numbers} before")


def answered_before(
    story: Story, request: ReminderRequestedV1, *, at: datetime, acknowledged_before: datetime
) -> list[str]:
    """The invoices that a message of this moment asks for though an answer about them stands."""
    said = story.said_before(request.customer_id, acknowledged_before)
    standing = [one for one in said if stands(story, one, at)]
    return [item.number for item in request.items if any(_is_asked_for(story, one, request, item) for one in standing)]


def _is_asked_for(story: Story, response: ResponseEventData, request: ReminderRequestedV1, item: ReminderItem) -> bool:
    """Does the message ask for what the answer covers? A part that rests is taken off by a credit."""
    covered = [one for one in request.items if is_about(story, response, (one.invoice_id, one.item_id))]
    if item not in covered:
        return False
    money, all_of_it = getattr(response, "money", None), sum(one.open.amount_minor for one in covered)
    resting = all_of_it if money is None else min(money.amount_minor, all_of_it)
    return _taken_off(request) < resting


def _taken_off(request: ReminderRequestedV1) -> int:
    return sum(credit.money.amount_minor for credit in request.credits if credit.code != "unallocated")


def is_about(story: Story, response: ResponseEventData, key: ItemKey) -> bool:
    """Whether an answer is about this item: the one that it names, or any of the reminder that it answers."""
    item_id: str | None = getattr(response, "item_id", None)
    if item_id is not None:
        return item_id == key[1] and getattr(response, "invoice_id", None) in (None, key[0])
    request = story.requests.get(response.reminder_id or "")
    return request is not None and any((item.invoice_id, item.item_id) == key for item in request.items)


def stands(story: Story, response: ResponseEventData, at: datetime) -> bool:
    """Whether an answer still keeps reminders away, by the least that any policy gives it."""
    if at < response.said_at or not isinstance(response, _RESTING):
        return False
    if isinstance(response, ResponsePromiseMadeV1):
        return day_in(at, story.home(response.customer_id).time_zone) <= response.on
    if isinstance(response, ResponseDisputedV1):
        return not any(
            response.said_at <= decided.at <= at and _decides(story, decided, response)
            for decided in story.of(CaseDisputeDecidedV1)
            if decided.customer_id == response.customer_id
        )
    return at <= response.said_at + CLAIM_RESTS_AT_LEAST


def _decides(story: Story, decided: CaseDisputeDecidedV1, response: ResponseDisputedV1) -> bool:
    """Whether a decision is about what this answer disputed; one without an invoice goes by the item alone."""
    if decided.invoice_id is not None:
        return is_about(story, response, (decided.invoice_id, decided.item_id))
    request = story.requests.get(response.reminder_id or "")
    return decided.item_id == response.item_id or any(
        item.item_id == decided.item_id and response.item_id is None for item in (request.items if request else ())
    )


def holds_silence_reminders(story: Story) -> Iterator[Violation]:
    """What the ERP had put on hold before the gate was asked is not asked for; of a part on hold the rest may be."""
    for delivery, request in sent_reminders(story, COUNTED):
        if delivery.asked_at is None or delivery.cleared_at is None:
            continue  # nobody_who_paid_is_reminded tells of it
        for held in held_before(story, request, at=delivery.at, since=delivery.asked_at, until=delivery.cleared_at):
            yield Violation("reminded_while_held", f"{request.customer_id} was asked for {held}")


def held_before(
    story: Story, request: ReminderRequestedV1, *, at: datetime, since: datetime, until: datetime
) -> Iterator[str]:
    """What a message of this moment asks for though it is on hold: known since, and not being changed until then."""
    today = day_in(at, story.home(request.customer_id).time_zone)
    for hold in story.books.holds(request.customer_id, since, until):
        if hold.until_on is not None and hold.until_on < today:
            continue
        held = [item for item in request.items if covers(hold, item.invoice_id, item.item_id, request.customer_id)]
        covered = sum(item.open.amount_minor for item in held)
        resting = covered if hold.money is None else min(hold.money.amount_minor, covered)
        if resting > _taken_off(request):
            yield f"{', '.join(item.number for item in held)}, on hold: {hold.reason}"


def covers(hold: HoldEventData, invoice_id: str, item_id: str, customer_id: str) -> bool:
    """Whether a hold is on this item, its invoice or its customer."""
    if hold.scope == "item":
        return hold.scope_id == item_id and hold.invoice_id in (None, invoice_id)
    if hold.scope == "invoice":
        return hold.scope_id == invoice_id
    return hold.scope_id in (None, customer_id)


def debits_are_waited_for(story: Story) -> Iterator[Violation]:
    """What the creditor collects itself is not demanded, unless a payment of it came back."""
    for delivery, request in sent_reminders(story, frozenset({"reminder"})):
        for item in request.items:
            booked = story.books.items.get((item.invoice_id, item.item_id))
            if booked is not None and rests_for_debit(story, booked, delivery.at):
                yield Violation(
                    "debit_demanded", f"{item.number} of {request.customer_id} is collected by direct debit"
                )


def rests_for_debit(story: Story, item: BookedItem, at: datetime) -> bool:
    """Is the item collected by the creditor, and nothing of it came back yet?"""
    return item.is_debited and not story.books.returns(item.key[0], at)
