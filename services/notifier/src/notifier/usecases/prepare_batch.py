"""Looks at claimed reminders once more before the gate: ends, waits, or a letter that is ready to be written."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from notifier.domain.attempt import State
from notifier.domain.decision import Go, OwnSight, Wait, decide_before_gate, wait_after
from notifier.domain.letter import Letter, compose
from notifier.domain.outcome import End, Outcome
from notifier.domain.own_words import OwnWords
from notifier.domain.party import Creditor, Customer, PaymentTerms
from notifier.domain.reminder import Reminder
from notifier.usecases.end_reminders import end_reminders
from notifier.usecases.ports import Claimed, Ending, Release, Work

MOST_ITEMS = 10_000
"""Items of all questions of one batch: what the owners' limit on a request's size allows with long ids."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A reminder whose letter only waits for the gate."""

    claimed: Claimed
    letter: Letter
    test_now_at: datetime | None


@dataclass(slots=True)
class _Sorted:
    ready: list[Ready] = field(default_factory=list)
    endings: list[Ending] = field(default_factory=list)
    releases: list[Release] = field(default_factory=list)
    items: int = 0


@dataclass(frozen=True, slots=True)
class _Known:
    """What this service knows about the customers and creditors of a batch."""

    sights: Mapping[str, OwnSight]
    customers: Mapping[str, Customer]
    words: Mapping[str, OwnWords]
    creditors: Mapping[tuple[str, str], Creditor]
    terms: Mapping[tuple[str, str], PaymentTerms]
    test_clocks: Mapping[str, datetime | None]


async def prepare_batch(work: Work, batch: Sequence[Claimed], page_url: Callable[[UUID], str]) -> list[Ready]:
    """Decide on each of a batch; what ends or waits is recorded here, the rest comes back with its letter."""
    known = await _look_up(work, [claimed.command.reminder for claimed in batch])
    result = _Sorted()
    for claimed in batch:
        now = await work.clock(claimed.command.reminder.tenant)
        if now is None:
            result.releases.append(release(claimed, "tenant_unknown", work.started_at))
        else:
            _sort(result, claimed, now, known, work.started_at, page_url)
    await end_reminders(work, result.endings)
    await work.reminders.release(result.releases)
    return result.ready


async def _look_up(work: Work, reminders: Sequence[Reminder]) -> _Known:
    keys = {reminder.key for reminder in reminders}
    await work.lock(keys)
    return _Known(
        sights=await work.sights(keys),
        customers=await work.parties.customers(keys),
        words=await work.parties.words(keys),
        creditors=await work.parties.creditors({(one.tenant, one.creditor_id) for one in reminders}),
        terms=await work.parties.terms({(one.tenant, invoice) for one in reminders for invoice in one.invoice_ids}),
        test_clocks={tenant: await work.test_clock(tenant) for tenant in {one.tenant for one in reminders}},
    )


def _sort(
    result: _Sorted, claimed: Claimed, now: datetime, known: _Known, wall: datetime, page_url: Callable[[UUID], str]
) -> None:
    reminder = claimed.command.reminder
    decided = decide_before_gate(
        reminder,
        now=now,
        withdrawn=claimed.withdrawn,
        sight=known.sights[reminder.key],
        words=known.words.get(reminder.key, OwnWords()),
        customer=known.customers.get(reminder.key),
        creditor=known.creditors.get((reminder.tenant, reminder.creditor_id)),
    )
    match decided:
        case End():
            result.endings.append(ending(claimed, decided, now))
        case Wait(reason):
            result.releases.append(release(claimed, reason, wall))
        case Go() if result.items + len(reminder.lines) > MOST_ITEMS:
            result.releases.append(again(claimed, "next_batch", wall))
        case Go(message, recipient, customer, creditor):
            result.items += len(reminder.lines)
            letter = compose(
                reminder,
                message,
                creditor=creditor,
                customer=customer,
                recipient=recipient,
                terms={
                    invoice: known.terms[reminder.tenant, invoice]
                    for invoice in reminder.invoice_ids
                    if (reminder.tenant, invoice) in known.terms
                },
                page_url=page_url(reminder.reminder_id),
                now=now,
            )
            result.ready.append(Ready(claimed, letter, known.test_clocks[reminder.tenant]))


def ending(claimed: Claimed, end: End, now: datetime) -> Ending:
    """The end of a claimed reminder that was not handed over."""
    outcome = Outcome(end.state, claimed.command.reminder, claimed.delivery_id, now, reason=end.reason, seen=end.seen)
    return Ending(outcome, claimed.command.trace, frozenset({State.CLAIMED}), claimed.claim)


def release(claimed: Claimed, reason: str, wall: datetime) -> Release:
    """A claim given back to wait, longer each time in a row."""
    return Release(claimed.claim, wall + wait_after(claimed.waits), reason, claimed.waits + 1)


def soon(claimed: Claimed, reason: str, wall: datetime) -> Release:
    """A claim given back whose clearance was asked for in vain: asking again at once would be as vain."""
    return Release(claimed.claim, wall + wait_after(0), reason, claimed.waits)


def again(claimed: Claimed, reason: str, wall: datetime) -> Release:
    """A claim given back that only missed its turn: nothing to wait for."""
    return Release(claimed.claim, wall, reason, claimed.waits)
