"""A customer's story as everybody outside saw it, by the wall clock: printed for each violation."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from kulant_cli.judge import Violation
from kulant_cli.judge.story import Story, delivery_of, made_at
from kulant_contracts.envelope import Event
from tests.faults.harms import Done

_WORDS = (
    "invoice_id", "item_id", "payment_id", "reminder_id", "delivery_id", "hold_id", "response_id", "state", "reason",
    "open", "total", "money", "on", "asked_at", "cleared_at", "seen",
)  # fmt: skip
_CUSTOMER = re.compile(r"\bC\d{5}\b")
_LONGEST_LINES = 120
_SOON_AFTER = timedelta(seconds=5)
"""A harm that was mended longer before anything happened to a customer is left out of its story."""


def concerned(story: Story, violation: Violation) -> list[str]:
    """The customers that a violation names, by their own ids or by those of their reminders, deliveries, invoices."""
    found = set(_CUSTOMER.findall(violation.message))
    for customer_id, events in story.by_customer.items():
        for event in events:
            ids = (getattr(event.data, name, None) for name in ("reminder_id", "delivery_id", "invoice_id", "case_id"))
            if any(one is not None and one in violation.message for one in ids):
                found.add(customer_id)
    for letter in story.letters:
        if letter.name in violation.message:
            found |= {one.split("@")[1].split(".")[0].upper() for one in letter.recipients}
    return sorted(found)


def timeline(story: Story, customer_id: str, done: Iterable[Done]) -> str:
    """Facts, events, mails and answers of one customer, and the harms in between, each line with its moment."""
    lines = [*_facts(story, customer_id), *_events(story, customer_id), *_mails(story, customer_id)]
    lines += _answers(story, customer_id)
    moments = [at for at, _ in lines]
    for one in done:
        if any(one.began_at <= at <= one.ended_at + _SOON_AFTER for at in moments):
            lines += [(one.began_at, f"-- {one.harm}, begins"), (one.ended_at, f"-- {one.harm.target} is mended")]
    told = [f"  {at:%H:%M:%S}.{at.microsecond // 1000:03}  {words}" for at, words in sorted(lines, key=_at)]
    return "\n".join([customer_id, *told[-_LONGEST_LINES:]])


def _at(line: tuple[datetime, str]) -> datetime:
    return line[0]


def _facts(story: Story, customer_id: str) -> Iterator[tuple[datetime, str]]:
    for fact in story.books.said_about(customer_id):
        acked = f"{(fact.acked_at - fact.sent_at).total_seconds():.3f} s later" if fact.acked_at else "never"
        yield fact.sent_at, f"ERP says {_words(fact.event)}; acknowledged {acked}"


def _events(story: Story, customer_id: str) -> Iterator[tuple[datetime, str]]:
    for event in story.events_of(customer_id):
        at = made_at(event)
        if at is not None:
            yield at, f"{event.envelope.source} {event.envelope.sequence}: {_words(event)}"


def _mails(story: Story, customer_id: str) -> Iterator[tuple[datetime, str]]:
    own = {getattr(event.data, "delivery_id", None) for event in story.events_of(customer_id)}
    for letter in story.letters:
        if delivery_of(letter) in own or any(f"@{customer_id.lower()}." in one for one in letter.recipients):
            at = letter.data_began_at or letter.accepted_at
            if at is not None:
                yield at, f"DATA of {letter.name}, delivery {delivery_of(letter)}, reminder {letter.reminder_id}"
    for put_off in story.evidence.put_off:
        if f"@{customer_id.lower()}." in put_off.recipient:
            yield put_off.began_at, f"DATA of a mail that was put off, reminder {put_off.reminder_id}"


def _answers(story: Story, customer_id: str) -> Iterator[tuple[datetime, str]]:
    for heard in story.answered.get(customer_id, ()):
        one = heard.answer
        acked = f"{(one.acked_at - one.sent_at).total_seconds():.3f} s later" if one.acked_at else "never"
        yield one.sent_at, f"says {one.kind} on the page of {one.message_id}; acknowledged {acked} ({one.status})"


def _words(event: Event) -> str:
    name = event.envelope.type.removeprefix("kulant.").rpartition(".")[0]
    told = []
    for word in _WORDS:
        value = getattr(event.data, word, None)
        if value is not None:
            shown = f"{value:%H:%M:%S.%f}"[:-3] if isinstance(value, datetime) else getattr(value, "amount", value)
            told.append(f"{word} {shown}")
    return f"{name} [{event.envelope.time:%d %b %H:%M}] {', '.join(told)}".rstrip()
