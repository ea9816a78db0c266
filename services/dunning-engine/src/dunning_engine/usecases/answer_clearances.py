"""The notifier asks whether reminders may leave now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from dunning_engine.domain.clearance import Standing, reason_to_stop
from dunning_engine.usecases.ports import Gate


@dataclass(frozen=True, slots=True)
class Answer:
    """Clear where `reason` is None; `sequence` is the last that this service gave about the customer."""

    reminder_id: str
    reason: str | None
    sequence: int


async def answer_clearances(gate: Gate, tenant: str, asked: Sequence[tuple[str, str]]) -> list[Answer]:
    """One answer per question, in order; a question is a reminder's id and its customer's."""
    ids = {reminder_id: _uuid(reminder_id) for reminder_id, _ in asked}
    wanted = {uid: customer_id for reminder_id, customer_id in asked if (uid := ids[reminder_id]) is not None}
    standings = await gate.standings(tenant, wanted)
    return [_answer(reminder_id, ids[reminder_id], standings) for reminder_id, _ in asked]


def _answer(reminder_id: str, uid: UUID | None, standings: Mapping[UUID, Standing]) -> Answer:
    standing = standings.get(uid, Standing()) if uid is not None else Standing()
    return Answer(reminder_id, reason_to_stop(standing), standing.sequence)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
