"""Checks of the first promise by the mailbox's own clock: what began to leave, against what was acknowledged then."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from kulant_cli.judge.evidence import PutOffMail, Violation
from kulant_cli.judge.messages import COUNTED
from kulant_cli.judge.silence import answered_before, held_before
from kulant_cli.judge.story import Story, delivery_of, made_at
from kulant_contracts.delivery import DeliverySuppressedV1
from kulant_contracts.erp import ErpPaymentReceivedV1
from kulant_contracts.reminder import ReminderRequestedV1

GRACE = timedelta(seconds=2)
"""As long as a clearance may count, a mail may begin to leave although something new was just acknowledged."""


@dataclass(frozen=True, slots=True)
class _Attempt:
    """A mail whose DATA began, whether or not the mailbox took it."""

    name: str
    request: ReminderRequestedV1
    began_at: datetime


def nothing_begins_to_leave_against_the_facts(story: Story) -> Iterator[Violation]:
    """No DATA begins more than two seconds after a payment, an answer or a hold was acknowledged that forbids it."""
    for attempt in _attempts(story):
        request, since = attempt.request, attempt.began_at - GRACE
        for item in request.items:
            possible = story.books.possible_open((item.invoice_id, item.item_id), since, attempt.began_at)
            if item.open.amount_minor not in possible:
                wrong = "nothing" if possible == {0} else "another amount"
                yield _violation(attempt, f"of {item.number} {wrong} was open by what was acknowledged before")
        at = _tenants_time(story, request)
        if at is not None:
            for number in answered_before(story, request, at=at, acknowledged_before=since):
                yield _violation(attempt, f"there was an acknowledged answer about {number}")
            for held in held_before(story, request, at=at, since=since, until=attempt.began_at):
                yield _violation(attempt, f"it asks for {held}")


def _violation(attempt: _Attempt, why: str) -> Violation:
    began = f"DATA of {attempt.name} to {attempt.request.customer_id} began at {attempt.began_at.isoformat()}"
    return Violation("mail_against_the_facts", f"{began}: {why}")


def _attempts(story: Story) -> Iterator[_Attempt]:
    reminders = {delivery.delivery_id: delivery.reminder_id for delivery in story.sent()}
    for letter in story.letters:
        request = story.requests.get(reminders.get(delivery_of(letter), letter.reminder_id))
        if request is not None and request.kind in COUNTED and letter.data_began_at is not None:
            yield _Attempt(letter.name, request, letter.data_began_at)
    for put_off in story.evidence.put_off:
        request = story.requests.get(put_off.reminder_id)
        if request is not None and request.kind in COUNTED:
            yield _Attempt("a mail that was put off", request, put_off.began_at)


def _tenants_time(story: Story, request: ReminderRequestedV1) -> datetime | None:
    """When a reminder ended, on the tenant's clock."""
    return next((end.at for end in story.ends.get(request.reminder_id, ())), None)


def a_payment_beat_a_mail(story: Story) -> Iterator[Violation]:
    """At least one payment was acknowledged while its reminder was being handed over, and the mail never left."""
    if story.evidence.expected.races and not any(_was_beaten(story, put_off) for put_off in story.evidence.put_off):
        told = f"{len(story.evidence.put_off)} mails were put off; none was given up for a payment that came meanwhile"
        yield Violation("no_payment_beat_a_mail", told)


def _was_beaten(story: Story, put_off: PutOffMail) -> bool:
    request = story.requests.get(put_off.reminder_id)
    paid_at = _paid_at(story, request, put_off.answered_at) if request else None
    ended_at = [
        made_at(event)
        for event in story.events
        if isinstance(event.data, DeliverySuppressedV1) and event.data.reminder_id == put_off.reminder_id
    ]
    left = any(letter.reminder_id == put_off.reminder_id for letter in story.letters)
    return not left and paid_at is not None and any(at is not None and paid_at < at for at in ended_at)


def _paid_at(story: Story, request: ReminderRequestedV1, after: datetime) -> datetime | None:
    """When the first payment towards what a message asks for was acknowledged, after a moment of the wall clock."""
    items = {(item.invoice_id, item.item_id) for item in request.items}
    acknowledged = [
        fact.acked_at
        for fact in story.books.said_about(request.customer_id)
        if fact.acked_at is not None and fact.acked_at > after and isinstance(fact.event.data, ErpPaymentReceivedV1)
        if items & {(part.invoice_id, part.item_id) for part in fact.event.data.allocations}
    ]
    return min(acknowledged, default=None)
