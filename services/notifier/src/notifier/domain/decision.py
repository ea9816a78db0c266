"""May this claimed reminder go to the gate, may it leave, or does it end here: pure answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from notifier.domain.attempt import State
from notifier.domain.contact import Recipient, choose_recipient
from notifier.domain.message import Message, message_of
from notifier.domain.outcome import ERASED, EXPIRED, NO_CONTACT, NO_WORDS, REPRESENTED, STALE, WITHDRAWN, End
from notifier.domain.own_words import OwnWords
from notifier.domain.party import Creditor, Customer
from notifier.domain.reminder import Reminder

CLEARANCE_AGE = timedelta(seconds=2)
_FIRST_WAIT = timedelta(milliseconds=250)
_LONGEST_WAIT = timedelta(seconds=8)

INVOICE_SERVICE = "invoice-service"
DUNNING_ENGINE = "dunning-engine"
FEEDBACK_SERVICE = "feedback-service"
NOTIFIER = "notifier"


@dataclass(frozen=True, slots=True)
class OwnSight:
    """What this service itself has read and done about the customer."""

    is_complete: bool
    had: Mapping[str, int]
    given: int
    stopped_at: int
    """The sequence of its last own failure about the customer; 0 if there was none."""


@dataclass(frozen=True, slots=True)
class Go:
    """The gate may be asked for a message of this creditor to this recipient."""

    message: Message
    recipient: Recipient
    customer: Customer
    creditor: Creditor


@dataclass(frozen=True, slots=True)
class Wait:
    """Something is missing that will come; the reason is counted."""

    reason: str


def decide_before_gate(
    reminder: Reminder,
    *,
    now: datetime,
    withdrawn: bool,
    sight: OwnSight,
    words: OwnWords,
    customer: Customer | None,
    creditor: Creditor | None,
) -> Go | Wait | End:
    """What to do with a claimed reminder at the tenant's time `now`.

    A withdrawn or expired one ends without waiting for anything; the others wait until this service has read all
    that the decision rested on, since only then are contact and creditor those that the engine knew.
    """
    if withdrawn:
        return End(State.SUPPRESSED, WITHDRAWN)
    if now >= reminder.not_after_at:
        return End(State.SUPPRESSED, EXPIRED)
    behind = _what_is_missing(reminder, sight)
    if behind:
        return Wait(behind)
    stop = _own_stop(reminder, sight, words, customer)
    if stop is not None:
        return stop
    message = message_of(reminder)
    if message is None:
        return End(State.FAILED, NO_WORDS)
    if creditor is None:
        return Wait("creditor_unknown")
    recipient = choose_recipient(customer, words, reminder) if customer else None
    return Go(message, recipient, customer, creditor) if customer and recipient else End(State.FAILED, NO_CONTACT)


def _own_stop(reminder: Reminder, sight: OwnSight, words: OwnWords, customer: Customer | None) -> End | None:
    """What this service itself knows against it, before any owner is asked."""
    if customer is not None and customer.is_erased:
        return End(State.SUPPRESSED, ERASED)
    if words.representation is not None:
        return End(State.SUPPRESSED, REPRESENTED)
    seen_here = reminder.seen.get(NOTIFIER, 0)
    if sight.stopped_at > seen_here or seen_here > sight.given:
        return End(State.SUPPRESSED, STALE, {NOTIFIER: sight.given})
    return None


def _what_is_missing(reminder: Reminder, sight: OwnSight) -> str | None:
    if not sight.is_complete:
        return "facts_missing"
    for service in (INVOICE_SERVICE, FEEDBACK_SERVICE):
        if sight.had.get(service, 0) < reminder.seen.get(service, 0):
            return f"behind_{service}"
    return None


@dataclass(frozen=True, slots=True)
class Answer:
    """What one owner said about one reminder."""

    answer: str
    sequence: int
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Cleared:
    """All three said `clear`."""


def judge(answers: Mapping[str, Answer]) -> Cleared | Wait | End:
    """The three owners' answers together: one `no` ends it, one missing or unreadable answer means wait."""
    seen = {service: given.sequence for service, given in answers.items()}
    for given in answers.values():
        if given.answer == "stop":
            return End(State.SUPPRESSED, given.reason or "stop", seen)
        if given.answer == "stale":
            return End(State.SUPPRESSED, STALE, seen)
    for service in (INVOICE_SERVICE, DUNNING_ENGINE, FEEDBACK_SERVICE):
        if service not in answers or answers[service].answer != "clear":
            return Wait("no_answer_" + service)
    return Cleared()


def is_fresh(cleared_at: datetime, now: datetime, elapsed: timedelta) -> bool:
    """Is a clearance still good for DATA?

    By two clocks: the wall's can be set back, which must not make it young; the monotonic one, which tells the
    time elapsed, stands still while a machine sleeps.
    """
    return timedelta(0) <= now - cleared_at < CLEARANCE_AGE and elapsed < CLEARANCE_AGE


def wait_after(waits: int) -> timedelta:
    """How long to leave a reminder alone that has waited so many times in a row: doubling, bounded; machine time."""
    return min(_FIRST_WAIT * (1 << min(waits, 10)), _LONGEST_WAIT)


def next_batch(current: int, offered: int, left_over: int, took: timedelta, most: int) -> int:
    """How many reminders to claim next: as many as just left in time, where some did not; else what half the time fits.

    A clearance lives two seconds; for more than the mail server takes in that time mails are written and owners asked
    in vain. What is left of it is for a slower moment. `took`: from the clearance to the turn of the last mails.
    """
    if left_over:
        return max(1, offered - left_over)
    if offered < current:
        return current
    fitting = offered * CLEARANCE_AGE // (2 * took) if took else most
    return max(1, min(fitting, current * 2, most))
