"""Gives cleared mails to the server in small chunks: announce, mark, DATA, record.

Everything before DATA can be taken back, nothing after it: the mark in the database stands between the two.
"""

import asyncio
from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from notifier.domain.address import masked
from notifier.domain.attempt import State
from notifier.domain.decision import is_fresh
from notifier.domain.outcome import LOST_CONNECTION, Outcome
from notifier.domain.own_words import Bounce
from notifier.usecases.end_reminders import end_reminders
from notifier.usecases.pace import Pace
from notifier.usecases.places import Places, Taken
from notifier.usecases.ports import (
    Accepted,
    Command,
    Ending,
    HandOver,
    Lost,
    MailGateway,
    MailSession,
    NotBegun,
    OpenWork,
    Refused,
    Release,
    Trace,
    Unreachable,
    Work,
)
from notifier.usecases.prepare_batch import release, soon
from notifier.usecases.record_bounces import note_bounces

NOT_TAKEN = "not_taken"
UNREACHABLE = "mail_server_unreachable"
TOO_OLD = NotBegun("clearance_too_old")
TOO_LATE = NotBegun("time_is_over")

Handed = Accepted | Refused | Lost | NotBegun | Unreachable


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one mail; `begun` tells whether DATA was, `trace` is what its event continues."""

    mail: HandOver
    handed: Handed
    begun: bool
    trace: Trace


@dataclass(frozen=True, slots=True)
class HandingOver:
    """What every chunk needs: the server and its connections, transactions, both clocks, a span around each mail."""

    gateway: MailGateway
    open_work: OpenWork
    places: Places
    pace: Pace
    now: Callable[[], datetime]
    ticks: Callable[[], float]
    trace: Callable[[Command], AbstractContextManager[Trace]]

    def is_fresh(self, mail: HandOver) -> bool:
        """Is the clearance still good?"""
        return is_fresh(mail.clearance.cleared_at, self.now(), timedelta(seconds=self.ticks() - mail.cleared_tick))

    async def announce(self, mail: HandOver) -> MailSession | Refused | Unreachable:
        """MAIL and RCPT for one mail."""
        return await self.gateway.open(mail.letter.recipient.address, mail.mail.comes_back_to)

    async def mark(self, mails: Sequence[HandOver]) -> frozenset[UUID]:
        """Mark those whose claim still stands as being handed over, in one commit."""
        async with self.open_work() as work:
            await work.lock({mail.claimed.command.reminder.key for mail in mails})
            marked = await work.reminders.mark_handing_over(mails, self.gateway.name, work.started_at)
        return frozenset(marked)

    async def give(self, mail: HandOver, session: MailSession) -> Result:
        """DATA, if the clearance is still good at this very moment and the reminder's time not over."""
        with self.trace(mail.claimed.command) as trace:
            hindrance = self._hindrance(mail)
            if hindrance is not None:
                await session.abandon()
                return Result(mail, hindrance, begun=False, trace=trace)
            return Result(mail, await session.hand_over(mail.mail.content), begun=True, trace=trace)

    def _hindrance(self, mail: HandOver) -> NotBegun | None:
        if (mail.test_now_at or self.now()) >= mail.claimed.command.reminder.not_after_at:
            return TOO_LATE
        return None if self.is_fresh(mail) else TOO_OLD


async def hand_over_chunk(
    over: HandingOver, mails: Sequence[HandOver], taken: Taken, begun: Callable[[Collection[UUID]], None]
) -> list[Result]:
    """Hand over one chunk, at most as many mails as connections were taken for it; nothing is recorded yet.

    `begun` is told of those that are marked, before the first DATA: from there on only their results speak for them,
    and giving one back could send it twice. A mail whose claim was lost (withdrawn, or taken over after this process
    was silent) is left out.
    """
    announced = await asyncio.gather(*(over.announce(mail) for mail in mails))
    results = [
        Result(mail, answer, begun=False, trace=mail.claimed.command.trace)
        for mail, answer in zip(mails, announced, strict=True)
        if isinstance(answer, Refused | Unreachable)
    ]
    sessions = {
        mail.claimed.claim.reminder_id: (mail, answer)
        for mail, answer in zip(mails, announced, strict=True)
        if not isinstance(answer, Refused | Unreachable)
    }
    marked: frozenset[UUID] = frozenset()
    try:
        if sessions:
            marked = await over.mark([mail for mail, _ in sessions.values()])
    finally:
        await asyncio.gather(*(session.abandon() for id_, (_, session) in sessions.items() if id_ not in marked))
    begun(marked)
    given = [sessions[id_] for id_ in sessions if id_ in marked]
    for _ in range(len(mails) - len(given)):
        taken.finish()
    handed = await asyncio.gather(*(_give(over, *one, taken) for one in given), return_exceptions=True)
    for (mail, _), result in zip(given, handed, strict=True):
        # Whatever went wrong behind the mark: one mail's failure must not take away what is known of the others.
        lost = Result(mail, Lost(), begun=True, trace=mail.claimed.command.trace)
        results.append(lost if isinstance(result, BaseException) else result)
    return results


async def _give(over: HandingOver, mail: HandOver, session: MailSession, taken: Taken) -> Result:
    try:
        return await over.give(mail, session)
    finally:
        taken.finish()


async def record_results(work: Work, results: Sequence[Result], gateway: str) -> None:
    """Record what became of a chunk, events included.

    Proof of acceptance also corrects `unknown`, where another process had to assume the worst of this one.
    """
    await work.lock({result.mail.claimed.command.reminder.key for result in results})
    endings: list[Ending] = []
    releases: list[Release] = []
    for result in results:
        claimed = result.mail.claimed
        now = await work.clock(claimed.command.reminder.tenant)
        assert now is not None, "a tenant whose reminder was prepared is known"
        outcome = _outcome(result, now, gateway)
        if outcome is not None:
            endings.append(_ending(result, outcome))
        else:
            releases.append(_release(result, work.started_at))
    ended = await end_reminders(work, endings)
    await note_bounces(work, [_bounce(one.outcome) for one in endings if _is_new_bounce(one.outcome, ended)])
    await work.reminders.release(releases)
    await work.reminders.defer(
        {result.mail.claimed.delivery_id for result in results if _outcome_state(result.handed) is None}, NOT_TAKEN
    )


def _is_new_bounce(outcome: Outcome, ended: Collection[UUID]) -> bool:
    return outcome.state is State.BOUNCED and outcome.reminder.reminder_id in ended


def _bounce(outcome: Outcome) -> tuple[Outcome, Bounce]:
    assert outcome.contact_id is not None
    return outcome, Bounce(outcome.contact_id, outcome.at, is_lasting=True)


def _outcome_state(handed: Handed) -> State | None:
    match handed:
        case Accepted():
            return State.SENT
        case Lost():
            return State.UNKNOWN
        case Refused(is_of_mailbox=True):
            return State.BOUNCED
        case Refused(is_permanent=True):
            return State.FAILED
    return None


def _release(result: Result, wall: datetime) -> Release:
    match result.handed:
        case NotBegun(reason):
            return soon(result.mail.claimed, reason, wall)
        case Refused(reason):
            return release(result.mail.claimed, reason, wall)
    return release(result.mail.claimed, UNREACHABLE, wall)


def _outcome(result: Result, now: datetime, gateway: str) -> Outcome | None:
    state = _outcome_state(result.handed)
    if state is None:
        return None
    handed, mail = result.handed, result.mail
    recipient = mail.letter.recipient
    reason = handed.reason if isinstance(handed, Refused) else LOST_CONNECTION if isinstance(handed, Lost) else None
    return Outcome(
        state=state,  # type: ignore[arg-type]
        reminder=mail.claimed.command.reminder,
        delivery_id=mail.claimed.delivery_id,
        at=now,
        reason=reason,
        channel=recipient.channel,
        contact_id=recipient.contact.contact_id,
        address=masked(recipient.address),
        gateway=gateway,
        provider_id=handed.provider_id if isinstance(handed, Accepted) else None,
        content_sha256=mail.mail.sha256 if result.begun else None,
        clearance=mail.clearance,
    )


def _ending(result: Result, outcome: Outcome) -> Ending:
    expected = {State.HANDING_OVER}
    if outcome.state in (State.FAILED, State.BOUNCED):
        expected.add(State.CLAIMED)
    if outcome.state is State.SENT:
        expected.add(State.UNKNOWN)
    return Ending(outcome, result.trace, frozenset(expected), result.mail.claimed.claim)
