"""Asks the three owners whether reminders may leave: invoice-service first, then the other two together."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from notifier.domain.attempt import Clearance
from notifier.domain.decision import (
    DUNNING_ENGINE,
    FEEDBACK_SERVICE,
    INVOICE_SERVICE,
    Answer,
    Cleared,
    Wait,
    judge,
)
from notifier.domain.outcome import End
from notifier.domain.reminder import Reminder
from notifier.usecases.ports import Gate

Verdict = Cleared | Wait | End


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What the gate said about each of a batch; the clearance is the same for all that were cleared."""

    clearance: Clearance
    cleared_tick: float
    by_id: Mapping[UUID, Verdict]


async def ask_gate(
    gate: Gate, reminders: Sequence[Reminder], now: Callable[[], datetime], ticks: Callable[[], float]
) -> Verdicts:
    """The verdicts on reminders of one tenant.

    `asked_at` is taken before the first question leaves: whatever an owner acknowledged before it, the answers know.
    A clearance ages from the earlier of the other two's answers. Who got a `no` from invoice-service is not asked
    about again.
    """
    tenant = reminders[0].tenant
    asked_at = now()
    first = await gate.ask(INVOICE_SERVICE, tenant, reminders)
    going = [one for one in reminders if one.reminder_id in first and first[one.reminder_id].answer == "clear"]
    others: list[Mapping[UUID, Answer]] = [{}, {}]
    cleared_at, cleared_tick = asked_at, ticks()
    if going:
        timed = await asyncio.gather(
            *(_ask_and_time(gate, owner, going, now, ticks) for owner in (DUNNING_ENGINE, FEEDBACK_SERVICE))
        )
        others = [given for given, _, _ in timed]
        cleared_at = min(answered_at for _, answered_at, _ in timed)
        cleared_tick = min(tick for _, _, tick in timed)
    answers = {INVOICE_SERVICE: first, DUNNING_ENGINE: others[0], FEEDBACK_SERVICE: others[1]}
    verdicts = {
        one.reminder_id: judge(
            {service: given[one.reminder_id] for service, given in answers.items() if one.reminder_id in given}
        )
        for one in reminders
    }
    return Verdicts(Clearance(asked_at, cleared_at), cleared_tick, verdicts)


async def _ask_and_time(
    gate: Gate,
    service: str,
    reminders: Sequence[Reminder],
    now: Callable[[], datetime],
    ticks: Callable[[], float],
) -> tuple[Mapping[UUID, Answer], datetime, float]:
    answers = await gate.ask(service, reminders[0].tenant, reminders)
    return answers, now(), ticks()
