"""Checks of the first promise: who has answered, is on hold, is debited or wants to be left alone is left alone."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from kulant_cli.judge.calendar import day_in
from kulant_cli.judge.entries import BookedItem
from kulant_cli.judge.evidence import Answer, Violation
from kulant_cli.judge.messages import COUNTED, sent_reminders
from kulant_cli.judge.story import Story, delivery_named
from kulant_contracts.case import CaseDisputeDecidedV1
from kulant_contracts.delivery import DeliverySentV1
from kulant_contracts.holds import HoldEventData
from kulant_contracts.reminder import ReminderItem, ReminderRequestedV1
from kulant_contracts.response import (
    ResponseContactRefusedV1,
    ResponseDisputedV1,
    ResponseEventData,
    ResponsePaymentClaimedV1,
    ResponsePromiseMadeV1,
    ResponseRepresentedV1,
)

CLAIM_RESTS_AT_LEAST = timedelta(days=3)
_RESTING = (ResponsePromiseMadeV1, ResponsePaymentClaimedV1, ResponseDisputedV1)


def answers_silence_reminders(story: Story) -> Iterator[Violation]:
    """After an acknowledged promise, claim or dispute, what it covers is not asked for while it stands."""
    for delivery, request in sent_reminders(story, COUNTED):
        standing = [one for one in _acknowledged(story, delivery) if stands(story, one, delivery.at)]
        repeated = [
            item.number for item in request.items if any(_is_asked_for(story, one, request, item) for one in standing)
        ]
        if repeated:
            numbers = ", ".join(repeated)
            yield Violation("reminded_after_answer", f"{request.customer_id} had answered about {numbers} before")


def _is_asked_for(story: Story, response: ResponseEventData, request: ReminderRequestedV1, item: ReminderItem) -> bool:
    """Does the message ask for what the answer covers? A part that rests is taken off by a credit."""
    if response.customer_id != request.customer_id or item.item_id not in covered_items(story, response):
        return False
    money = getattr(response, "money", None)
    covered = sum(one.open.amount_minor for one in request.items if one.item_id in covered_items(story, response))
    resting = covered if money is None else min(money.amount_minor, covered)
    return _taken_off(request) < resting


def _taken_off(request: ReminderRequestedV1) -> int:
    return sum(credit.money.amount_minor for credit in request.credits if credit.code != "unallocated")


def _acknowledged(story: Story, delivery: DeliverySentV1) -> Iterator[ResponseEventData]:
    """What the page had acknowledged before the gate was asked."""
    for answer in story.evidence.answers:
        if answer.acked_at is not None and delivery.asked_at is not None and answer.acked_at < delivery.asked_at:
            for response in responses_to(story, answer):
                if response.customer_id == delivery.customer_id:
                    yield response


def responses_to(story: Story, answer: Answer) -> list[ResponseEventData]:
    """The facts that an answer became: those about the message whose page it was given on."""
    delivery_id = delivery_named(answer.message_id)
    reminders = {delivery.reminder_id for delivery in story.sent() if delivery.delivery_id == delivery_id}
    return [
        response
        for response in story.responses
        if response.reminder_id in reminders and answer.kind == response.TYPE.split(".")[-2]
    ]


def covered_items(story: Story, response: ResponseEventData) -> frozenset[str]:
    """The items that an answer is about: the one it names, or all of the reminder that it answers."""
    item_id: str | None = getattr(response, "item_id", None)
    if item_id is not None:
        return frozenset((item_id,))
    request = story.requests.get(response.reminder_id or "")
    return frozenset(item.item_id for item in request.items) if request else frozenset()


def stands(story: Story, response: ResponseEventData, at: datetime) -> bool:
    """Whether an answer still keeps reminders away, by the least that any policy gives it."""
    if at < response.said_at or not isinstance(response, _RESTING):
        return False
    if isinstance(response, ResponsePromiseMadeV1):
        return day_in(at, story.home(response.customer_id).time_zone) <= response.on
    if isinstance(response, ResponseDisputedV1):
        return not any(
            response.said_at <= decided.at <= at and decided.item_id in covered_items(story, response)
            for decided in story.of(CaseDisputeDecidedV1)
            if decided.customer_id == response.customer_id
        )
    return at <= response.said_at + CLAIM_RESTS_AT_LEAST


def refusals_are_kept(story: Story) -> Iterator[Violation]:
    """Nothing goes over a channel that was refused, and nothing at all to who is represented by somebody."""
    for delivery, request in sent_reminders(story):
        for response in _acknowledged(story, delivery):
            is_refused = (
                isinstance(response, ResponseContactRefusedV1)
                and response.refused_channel == delivery.channel
                and response.contact_id in (None, delivery.contact_id)
            )
            if is_refused or isinstance(response, ResponseRepresentedV1):
                yield Violation(
                    "written_after_refusal",
                    f"{request.customer_id} was written to over {delivery.channel} after {response.TYPE}",
                )


def holds_silence_reminders(story: Story) -> Iterator[Violation]:
    """What the ERP had put on hold before the gate was asked is not asked for; of a part on hold the rest may be."""
    for delivery, request in sent_reminders(story, COUNTED):
        if delivery.asked_at is None or delivery.cleared_at is None:
            continue  # amounts_are_those_acknowledged tells of it
        today = day_in(delivery.at, story.home(request.customer_id).time_zone)
        for hold in story.books.holds(request.customer_id, delivery.asked_at, delivery.cleared_at):
            if hold.until_on is not None and hold.until_on < today:
                continue
            held = [item for item in request.items if covers(hold, item.invoice_id, item.item_id, request.customer_id)]
            covered = sum(item.open.amount_minor for item in held)
            resting = covered if hold.money is None else min(hold.money.amount_minor, covered)
            if resting > _taken_off(request):
                numbers = ", ".join(item.number for item in held)
                yield Violation(
                    "reminded_while_held", f"{request.customer_id} was asked for {numbers}, on hold: {hold.reason}"
                )


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
