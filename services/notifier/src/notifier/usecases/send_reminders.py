"""Brings one batch of claimed reminders of one tenant through the gate to the server, in the order that is safe.

Prepare and write the mails first; ask; then hand over within the two seconds that a clearance lives.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from notifier.domain.attempt import State
from notifier.domain.decision import Cleared, Wait
from notifier.domain.outcome import NO_WORDS, End
from notifier.usecases.ask_gate import Verdict, ask_gate
from notifier.usecases.end_reminders import end_reminders
from notifier.usecases.hand_over import (
    NOT_TAKEN,
    TOO_OLD,
    UNREACHABLE,
    HandingOver,
    Result,
    hand_over_chunk,
    record_results,
)
from notifier.usecases.ports import (
    Claimed,
    Gate,
    HandOver,
    RenderedMail,
    Renderer,
    Unreachable,
    Unwritable,
    Work,
)
from notifier.usecases.prepare_batch import Ready, again, ending, prepare_batch, release, soon

UNWRITABLE = End(State.FAILED, NO_WORDS)

InTransaction = Callable[[Callable[[Work], Awaitable[None]]], Awaitable[None]]
"""Runs a piece of work in a transaction of its own, again and again while the database is away."""


@dataclass(frozen=True, slots=True)
class Sending:
    """What a batch needs on its way."""

    over: HandingOver
    gate: Gate
    renderer: Renderer
    page_url: Callable[[UUID], str]
    for_sure: InTransaction
    is_stopping: Callable[[], bool]


@dataclass(slots=True)
class Batch:
    """Reminders of one tenant on their way; `open` are the claims whose hand-over was not begun nor given back."""

    claimed: Sequence[Claimed]
    open: dict[UUID, Claimed] = field(init=False)
    handed: int = 0
    left_over: int = 0
    """How many were cleared and not handed over in time."""
    took: timedelta = timedelta(0)
    """From the clearance to the turn of the last chunk: how long the server takes for that one is no matter of size."""

    def __post_init__(self) -> None:
        self.open = {one.claim.reminder_id: one for one in self.claimed}

    def close(self, ids: Collection[UUID]) -> None:
        """These are settled, or out of this process' hands."""
        for reminder_id in ids:
            self.open.pop(reminder_id, None)


async def send_reminders(sending: Sending, batch: Batch) -> None:
    """Send what may be sent. Whoever calls gives back what is still in `batch.open` afterwards, whatever happened."""
    async with sending.over.open_work() as work:
        ready = await prepare_batch(work, batch.claimed, sending.page_url)
    going = {one.claimed.claim.reminder_id for one in ready}
    batch.close([reminder_id for reminder_id in batch.open if reminder_id not in going])
    if not ready:
        return
    if not await sending.over.gateway.is_ready():
        await _settle(sending, batch, ready, dict.fromkeys(going, Wait(UNREACHABLE)))
        return
    written = await _write_all(sending, ready)
    asked = [one for one, mail in written if mail is not None]
    verdicts: dict[UUID, Verdict] = {one.claimed.claim.reminder_id: UNWRITABLE for one, mail in written if mail is None}
    if asked:
        reminders = [one.claimed.command.reminder for one in asked]
        answered = await ask_gate(sending.gate, reminders, sending.over.now, sending.over.ticks)
        verdicts |= answered.by_id
        cleared = [
            HandOver(one.claimed, one.letter, mail, answered.clearance, answered.cleared_tick, one.test_now_at)
            for one, mail in written
            if mail is not None and isinstance(answered.by_id[one.claimed.claim.reminder_id], Cleared)
        ]
        await _hand_over(sending, batch, cleared)
    await _settle(sending, batch, ready, verdicts)


async def _write_all(sending: Sending, ready: Sequence[Ready]) -> list[tuple[Ready, RenderedMail | None]]:
    """All mails; between two of them whatever else runs in this process has its turn, the lease's heartbeat first."""
    written = []
    for one in ready:
        written.append((one, await _write(sending, one)))
        await asyncio.sleep(0)
    return written


async def _write(sending: Sending, ready: Ready) -> RenderedMail | None:
    try:
        return await sending.renderer.render(ready.letter, ready.claimed.delivery_id, sending.over.now())
    except Unwritable:
        return None


async def _hand_over(sending: Sending, batch: Batch, cleared: Sequence[HandOver]) -> None:
    over, start = sending.over, 0
    while start < len(cleared) and not sending.is_stopping():
        async with over.places.take(len(cleared) - start) as taken:
            if sending.is_stopping():  # it was told so while it waited
                return
            chunk = cleared[start : start + taken.count]
            # The wait for connections may have been long; all of a batch were cleared together.
            allowed = over.pace.take(chunk[0].claimed.command.reminder.tenant, len(chunk))
            if not allowed or not over.is_fresh(chunk[0]):
                batch.left_over = len(cleared) - batch.handed
                return
            chunk = chunk[:allowed]
            batch.took = timedelta(seconds=over.ticks() - chunk[0].cleared_tick)
            results = await hand_over_chunk(over, chunk, taken, batch.close)
            # The connections are still taken: a crash leaves, as a rule, no more mails unknown than there are of them.
            await _record(sending, results)
        batch.close([result.mail.claimed.claim.reminder_id for result in results])
        batch.handed += sum(result.begun for result in results)
        if any(result.handed in (TOO_OLD, Unreachable()) for result in results):
            batch.left_over = len(cleared) - batch.handed
            return
        start += len(chunk)


async def give_back(work: Work, batch: Batch, *, is_at_fault: bool) -> None:
    """What was not begun goes back to the gate: at once, after a moment if none got through, or, after a failure,
    like all that waits. A mark whose commit was not seen is taken back too.
    """
    left, wall = list(batch.open.values()), work.started_at
    await work.lock({one.command.reminder.key for one in left})
    if is_at_fault:
        releases = [release(one, "failed", wall) for one in left]
    elif batch.left_over and not batch.handed:
        releases = [soon(one, TOO_OLD.reason, wall) for one in left]
    else:
        releases = [again(one, "left_over", wall) for one in left]
    await work.reminders.release(releases)
    await work.reminders.defer({one.delivery_id for one in left}, NOT_TAKEN)


async def _record(sending: Sending, results: Sequence[Result]) -> None:
    if results:
        await sending.for_sure(lambda work: record_results(work, results, sending.over.gateway.name))


async def _settle(sending: Sending, batch: Batch, ready: Sequence[Ready], verdicts: Mapping[UUID, Verdict]) -> None:
    """Record the verdicts that were no clearance."""
    waiting = [one for one in ready if isinstance(verdicts[one.claimed.claim.reminder_id], Wait | End)]

    async def settle(work: Work) -> None:
        await work.lock({one.claimed.command.reminder.key for one in waiting})
        endings, releases = [], []
        for one in waiting:
            verdict = verdicts[one.claimed.claim.reminder_id]
            now = await work.clock(one.claimed.command.reminder.tenant)
            if isinstance(verdict, Wait):
                releases.append(release(one.claimed, verdict.reason, work.started_at))
            elif isinstance(verdict, End) and now is not None:
                endings.append(ending(one.claimed, verdict, now))
        await end_reminders(work, endings)
        await work.reminders.release(releases)

    if waiting:
        await sending.for_sure(settle)
        batch.close([one.claimed.claim.reminder_id for one in waiting])
