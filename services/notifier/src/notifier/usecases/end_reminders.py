"""Ends reminders, each exactly once: state, event and what the next decision needs, in one transaction."""

from collections.abc import Collection, Sequence
from uuid import UUID

from notifier.domain.attempt import State
from notifier.usecases.ports import Ending, Work


async def end_reminders(work: Work, endings: Sequence[Ending]) -> Collection[UUID]:
    """End those whose expected state still stands and publish their outcomes; returns which ended here.

    The customers must be locked. One that somebody else ended, withdrew or took over is left to them.
    """
    if not endings:
        return ()
    ended = await work.reminders.end(endings, work.started_at)
    stops: dict[str, int] = {}
    for ending in endings:
        if ending.outcome.reminder.reminder_id not in ended:
            continue
        sequence = work.publish(ending.outcome, ending.trace)
        if ending.outcome.state is State.FAILED:
            stops[ending.outcome.reminder.key] = sequence
    await work.reminders.note_own_stops(stops)
    return ended
