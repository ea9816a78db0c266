"""Ends reminders, each exactly once: state, event and what the next decision needs, in one transaction."""

from collections.abc import Collection, Sequence
from uuid import UUID

from notifier.domain.attempt import State
from notifier.domain.outcome import NO_CONTACT, Outcome
from notifier.usecases.ports import Ending, NewTask, Work

UNKNOWN_TASK, NO_CONTACT_TASK = "unknown", "no_contact"
_OWN_STOPS = (State.FAILED, State.BOUNCED)


async def end_reminders(work: Work, endings: Sequence[Ending]) -> Collection[UUID]:
    """End those whose expected state still stands and publish their outcomes; returns which ended here.

    The customers must be locked. One that somebody else ended, withdrew or took over is left to them. What only a
    person can go on with becomes a task; proof that a mail left after all closes it.
    """
    if not endings:
        return ()
    ended = await work.reminders.end(endings, work.started_at)
    stops: dict[str, int] = {}
    mine = [ending for ending in endings if ending.outcome.reminder.reminder_id in ended]
    for ending in mine:
        sequence = work.publish(ending.outcome, ending.trace)
        if ending.outcome.state in _OWN_STOPS:
            stops[ending.outcome.reminder.key] = sequence
    await work.reminders.note_own_stops(stops)
    outcomes = [ending.outcome for ending in mine]
    await work.tasks.open([task for outcome in outcomes if (task := _task(outcome))], work.started_at)
    proven = [one.reminder.reminder_id for one in outcomes if one.state in (State.SENT, State.BOUNCED)]
    await work.tasks.settle(proven, work.started_at)
    return ended


def _task(outcome: Outcome) -> NewTask | None:
    """The task has the id of the attempt that it is about: reading the same end again makes no second one."""
    if outcome.state is State.UNKNOWN:
        return NewTask(outcome.delivery_id, UNKNOWN_TASK, outcome)
    if outcome.state is State.FAILED and outcome.reason == NO_CONTACT:
        return NewTask(outcome.delivery_id, NO_CONTACT_TASK, outcome)
    return None
