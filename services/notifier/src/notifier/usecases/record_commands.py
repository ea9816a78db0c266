"""Takes in what the engine wants said and what it takes back; a withdrawal wins whatever is read first."""

from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from notifier.domain.attempt import State
from notifier.domain.outcome import WITHDRAWN, Outcome
from notifier.usecases.end_reminders import end_reminders
from notifier.usecases.ports import Command, Ending, Work

_BEFORE_HAND_OVER = frozenset({State.REQUESTED, State.CLAIMED})


async def record_commands(
    work: Work, commands: Sequence[Command], withdrawals: Mapping[UUID, str], new_id: Callable[[], UUID]
) -> None:
    """Record new reminders and end withdrawn ones at once. A command read again changes nothing.

    Where the tenant's clock is not known yet a withdrawn one stays: the sender ends it before it asks the gate.
    """
    taken_back = list(await work.reminders.withdraw(withdrawals)) if withdrawals else []
    if commands:
        new = await work.reminders.add(commands, work.started_at)
        withdrawn = await work.reminders.withdrawn(new)
        taken_back += [command for command in commands if command.reminder.reminder_id in withdrawn]
    endings = []
    for command in taken_back:
        now = await work.clock(command.reminder.tenant)
        if now is not None:
            outcome = Outcome(State.SUPPRESSED, command.reminder, new_id(), now, reason=WITHDRAWN)
            endings.append(Ending(outcome, command.trace, _BEFORE_HAND_OVER))
    await end_reminders(work, endings)
