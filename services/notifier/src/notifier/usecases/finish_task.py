"""A person finishes a task; the delivery fact that follows from it is published."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from notifier.domain.attempt import State
from notifier.domain.outcome import PERSON_SAYS_NOT_SENT, Outcome
from notifier.usecases.attempts import outcome_of
from notifier.usecases.end_reminders import NO_CONTACT_TASK, UNKNOWN_TASK, end_reminders
from notifier.usecases.ports import Ending, Finish, OpenTask, Work

SENT, NOT_SENT, CLOSED, DONE = "sent", "not_sent", "closed", "done"
OUTCOMES = {UNKNOWN_TASK: (SENT, NOT_SENT), NO_CONTACT_TASK: (CLOSED, DONE)}
"""How each kind of task can end."""

BY_HAND = "by_hand"
_PERSON = "person"


class OutcomeUnfit(Exception):
    """This kind of task does not end in that way."""

    def __init__(self, kind: str, outcome: str) -> None:
        super().__init__(f"A task {kind} ends as {' or '.join(OUTCOMES[kind])}, not as {outcome}.")


class TaskDone(Exception):
    """Somebody finished it before, or it became clear by itself."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What the person says: `channel` and `contact_id` tell how and whom they reached (outcome `done`)."""

    outcome: str
    by: str
    note: str | None = None
    channel: str = "phone"
    contact_id: str | None = None


async def finish_task(work: Work, task: OpenTask, decision: Decision, new_id: Callable[[], UUID]) -> None:
    """Finish a task of a locked customer.

    `sent` and `not_sent` settle what nobody knew; `done` tells that a person reached the customer in another way,
    which counts as delivered; `closed` says nothing new. Raises OutcomeUnfit, TaskDone.
    """
    if decision.outcome not in OUTCOMES[task.kind]:
        raise OutcomeUnfit(task.kind, decision.outcome)
    if task.state != "open":
        raise TaskDone
    now = await work.clock(task.attempt.command.reminder.tenant)
    assert now is not None, "a tenant whose reminder ended is known"
    await work.tasks.finish([Finish(task.task_id, decision.outcome, decision.note, decision.by, now)])
    ending = _ending(task, decision, now, new_id)
    if ending is not None and not await end_reminders(work, [ending]):
        raise TaskDone


def _ending(task: OpenTask, decision: Decision, now: datetime, new_id: Callable[[], UUID]) -> Ending | None:
    trace = task.attempt.command.trace
    if decision.outcome == CLOSED:
        return None
    if decision.outcome == SENT:
        return Ending(outcome_of(task.attempt, State.SENT, now), trace, frozenset({State.UNKNOWN}))
    if decision.outcome == NOT_SENT:
        outcome = outcome_of(task.attempt, State.FAILED, now, PERSON_SAYS_NOT_SENT)
        return Ending(outcome, trace, frozenset({State.UNKNOWN}))
    by_hand: Outcome = replace(
        outcome_of(task.attempt, State.DELIVERED, now),
        delivery_id=new_id(),
        channel=decision.channel,
        contact_id=decision.contact_id or BY_HAND,
        address=None,
        gateway=_PERSON,
        provider_id=None,
        content_sha256=None,
        clearance=None,
    )
    return Ending(by_hand, trace, frozenset({State.FAILED}))
