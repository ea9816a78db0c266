"""Checks of the gate: nothing leaves against what was acknowledged before it was asked."""

from collections.abc import Collection, Iterator
from datetime import timedelta

from kulant_cli.judge.evidence import Violation
from kulant_cli.judge.messages import COUNTED, sent_reminders
from kulant_cli.judge.story import Story, made_at
from kulant_contracts.delivery import DeliverySentV1, DeliveryUnknownV1
from kulant_contracts.money import Money
from kulant_contracts.reminder import ReminderItem, ReminderRequestedV1

CLEARANCE_LASTS = timedelta(seconds=2)
HAND_OVER_LASTS = timedelta(seconds=8)  # a clearance counts until DATA; the mail is accepted when all of it is there
_TICK = timedelta(milliseconds=20)  # file systems take the time of their files from a coarse clock


def nobody_who_paid_is_reminded(story: Story) -> Iterator[Violation]:
    """Every reminder passed the gate, and of nothing that was paid by the facts acknowledged before that was asked."""
    for delivery, _ in sent_reminders(story):
        if delivery.asked_at is None or delivery.cleared_at is None:
            yield Violation("sent_through_the_gate", f"delivery {delivery.delivery_id} names no moment of clearance")
    for request, item, possible in _asked_for(story):
        if possible == {0}:
            yield Violation(
                "reminded_after_payment",
                f"{request.customer_id} was reminded of {item.open.currency} {item.open.amount} for {item.number},"
                " whose payment was acknowledged before",
            )


def amounts_are_those_acknowledged(story: Story) -> Iterator[Violation]:
    """What a message asks for is what was open by the facts acknowledged before its gate was asked."""
    for request, item, possible in _asked_for(story):
        if possible != {0} and item.open.amount_minor not in possible:
            currency = item.open.currency
            rightly = " or ".join(f"{currency} {Money.from_minor(one, currency).amount}" for one in sorted(possible))
            yield Violation(
                "amount_as_acknowledged",
                f"{request.customer_id} was asked for {currency} {item.open.amount} for {item.number},"
                f" of which {rightly} was open",
            )


def _asked_for(story: Story) -> Iterator[tuple[ReminderRequestedV1, ReminderItem, Collection[int]]]:
    """Each item that a cleared message asked for, with what may have been open of it then, in minor units."""
    for delivery, request in sent_reminders(story):
        if delivery.asked_at is None or delivery.cleared_at is None:
            continue  # nobody_who_paid_is_reminded tells of it
        for item in request.items if request.kind in COUNTED else ():
            key = (item.invoice_id, item.item_id)
            yield request, item, story.books.possible_open(key, delivery.asked_at, delivery.cleared_at)


def clearances_are_of_their_time(story: Story) -> Iterator[Violation]:
    """The gate was asked after the request was made, answered after that, and the mail left soon after the answer."""
    requested = {e.data.reminder_id: made_at(e) for e in story.events if isinstance(e.data, ReminderRequestedV1)}
    for event in story.events:
        delivery = event.data
        if not isinstance(delivery, DeliverySentV1 | DeliveryUnknownV1):
            continue
        asked_at, cleared_at = delivery.asked_at, delivery.cleared_at
        if asked_at is None or cleared_at is None:
            continue  # nobody_who_paid_is_reminded tells of it
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
