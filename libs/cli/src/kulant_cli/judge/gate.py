"""Checks of the first promise: nothing leaves against what was acknowledged before the gate was asked."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from kulant_cli.judge.calendar import day_in
from kulant_cli.judge.evidence import Answer, Violation
from kulant_cli.judge.story import Story, delivery_named, made_at
from kulant_contracts.delivery import DeliverySentV1, DeliveryUnknownV1
from kulant_contracts.reminder import ReminderRequestedV1
from kulant_contracts.response import ResponseEventData, ResponsePromiseMadeV1

CLAIM_RESTS_AT_LEAST = timedelta(days=3)
CLEARANCE_LASTS = timedelta(seconds=2)
HAND_OVER_LASTS = timedelta(seconds=8)  # a clearance counts until DATA; the mail is accepted when all of it is there
_TICK = timedelta(milliseconds=20)  # file systems take the time of their files from a coarse clock


def sent_reminders(story: Story) -> Iterator[tuple[DeliverySentV1, ReminderRequestedV1]]:
    """Every message that left, with what it was asked to say."""
    for delivery in story.sent():
        request = story.requests.get(delivery.reminder_id)
        if request is not None:
            yield delivery, request


def amounts_are_those_acknowledged(story: Story) -> Iterator[Violation]:
    """What a message asks for is what was open by the facts acknowledged before its gate was asked."""
    for delivery, request in sent_reminders(story):
        if delivery.asked_at is None or delivery.cleared_at is None:
            yield Violation("sent_through_the_gate", f"delivery {delivery.delivery_id} names no moment of clearance")
            continue
        for item in request.items:
            possible = story.books.possible_open(
                request.customer_id, (item.invoice_id, item.item_id), delivery.asked_at, delivery.cleared_at
            )
            asked = item.open.amount_minor
            if possible == {0}:
                yield Violation(
                    "reminded_after_payment",
                    f"{request.customer_id} was reminded of {item.number}, whose payment was acknowledged before",
                )
            elif asked not in possible:
                open_minor = " or ".join(str(amount) for amount in sorted(possible))
                yield Violation(
                    "amount_as_acknowledged",
                    f"{request.customer_id} was asked for {asked} (minor units) for {item.number}, open: {open_minor}",
                )


def clearances_are_of_their_time(story: Story) -> Iterator[Violation]:
    """The gate was asked after the request was made, answered after that, and the mail left soon after the answer."""
    requested = {e.data.reminder_id: made_at(e) for e in story.events if isinstance(e.data, ReminderRequestedV1)}
    for event in story.events:
        delivery = event.data
        if not isinstance(delivery, DeliverySentV1 | DeliveryUnknownV1):
            continue
        asked_at, cleared_at = delivery.asked_at, delivery.cleared_at
        if asked_at is None or cleared_at is None:
            continue  # amounts_are_those_acknowledged tells of it
        requested_at, told_at = requested.get(delivery.reminder_id), made_at(event)
        name = f"delivery {delivery.delivery_id} to {delivery.customer_id}"
        if requested_at is None or told_at is None:
            yield Violation("clearance_time", f"{name}: the ids of its events name no moment")
        elif not requested_at <= asked_at <= cleared_at < told_at + _TICK:
            yield Violation(
                "clearance_time",
                f"{name}: requested {requested_at.isoformat()}, asked {asked_at.isoformat()},"
                f" cleared {cleared_at.isoformat()}, told {told_at.isoformat()}",
            )
        for letter in story.letters_of(delivery.delivery_id):
            left_at = letter.accepted_at
            if left_at and not cleared_at - _TICK <= left_at <= cleared_at + CLEARANCE_LASTS + HAND_OVER_LASTS:
                yield Violation(
                    "clearance_time",
                    f"{letter.name} was accepted at {left_at.isoformat()}, cleared at {cleared_at.isoformat()}",
                )


def answers_silence_reminders(story: Story) -> Iterator[Violation]:
    """After an acknowledged promise or claim, what it covers is not reminded of while it stands."""
    for delivery, request in sent_reminders(story):
        silenced = _silenced_items(story, delivery, request.customer_id)
        repeated = [item.number for item in request.items if item.item_id in silenced]
        if repeated:
            numbers = ", ".join(repeated)
            yield Violation("reminded_after_answer", f"{request.customer_id} had answered about {numbers} before")


def _silenced_items(story: Story, delivery: DeliverySentV1, customer_id: str) -> frozenset[str]:
    """The items about which answers stood that were acknowledged before the gate was asked."""
    zone = story.home(customer_id).time_zone
    return frozenset(
        item_id
        for answer in story.evidence.answers
        if answer.acked_at is not None and delivery.asked_at is not None and answer.acked_at < delivery.asked_at
        for response in responses_to(story, answer)
        if response.customer_id == customer_id and stands(response, delivery.at, zone)
        for item_id in covered_items(story, response)
    )


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


def stands(response: ResponseEventData, at: datetime, zone: str) -> bool:
    """Whether a promise or claim still keeps reminders away, by the least that any policy gives it."""
    if at < response.said_at:
        return False
    if isinstance(response, ResponsePromiseMadeV1):
        return day_in(at, zone) <= response.on
    return at <= response.said_at + CLAIM_RESTS_AT_LEAST
