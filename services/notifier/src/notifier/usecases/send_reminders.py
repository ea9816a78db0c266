"""Brings one batch of claimed reminders of one tenant through the gate to the server, in the order that is safe.

Prepare and write the mails first; ask; then hand over within the two seconds that a clearance lives.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from notifier.domain.attempt import State
from notifier.domain.decision import Cleared, Wait
from notifier.domain.outcome import NO_WORDS, End
from notifier.usecases.ask_gate import Verdict, ask_gate
from notifier.usecases.end_reminders import end_reminders
from notifier.usecases.hand_over import UNREACHABLE, HandingOver, Result, hand_over_chunk, record_results
from notifier.usecases.ports import (
    Claimed,
    Gate,
    HandOver,
    NotBegun,
    RenderedMail,
    Renderer,
    Unreachable,
    Unwritable,
    Work,
)
from notifier.usecases.prepare_batch import Ready, ending, prepare_batch, release

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
    left_over: int = 0
    """How many were cleared and not handed over in time."""

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
    written = [(one, await _write(sending, one)) for one in ready]
    asked = [one for one, mail in written if mail is not None]
    verdicts: dict[UUID, Verdict] = {one.claimed.claim.reminder_id: UNWRITABLE for one, mail in written if mail is None}
    if asked:
        answered = await ask_gate(sending.gate, [one.claimed.command.reminder for one in asked], sending.over.now)
        verdicts |= answered.by_id
        cleared = [
            HandOver(one.claimed, one.letter, mail, answered.clearance)
            for one, mail in written
            if mail is not None and isinstance(answered.by_id[one.claimed.claim.reminder_id], Cleared)
        ]
        await _hand_over(sending, batch, cleared)
    await _settle(sending, batch, ready, verdicts)


async def _write(sending: Sending, ready: Ready) -> RenderedMail | None:
    try:
        return await sending.renderer.render(ready.letter, str(ready.claimed.delivery_id), sending.over.now())
    except Unwritable:
        return None


async def _hand_over(sending: Sending, batch: Batch, cleared: Sequence[HandOver]) -> None:
    size = sending.over.gateway.lanes
    handed = 0
    for start in range(0, len(cleared), size):
        if sending.is_stopping():
            return
        async with sending.over.turn:
            results = await hand_over_chunk(sending.over, cleared[start : start + size], batch.close)
        await _record(sending, results)
        batch.close([result.mail.claimed.claim.reminder_id for result in results])
        handed += sum(result.begun for result in results)
        if any(isinstance(result.handed, NotBegun | Unreachable) for result in results):
            batch.left_over = len(cleared) - handed
            return


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
