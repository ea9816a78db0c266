"""May a reminder leave, as far as this service knows? Only if its decision knew every answer."""

from dataclasses import dataclass
from enum import StrEnum


class Standing(StrEnum):
    """The answer to the notifier's question."""

    CLEAR = "clear"
    STALE = "stale"


@dataclass(frozen=True, slots=True)
class Question:
    """A reminder about to leave, and the last response that its decision had seen (0: none)."""

    reminder_id: str
    customer_id: str
    seen: int


@dataclass(frozen=True, slots=True)
class Clearance:
    """The answer about one reminder, with the last sequence given for its customer."""

    reminder_id: str
    standing: Standing
    reason: str | None
    sequence: int


def clear(question: Question, recorded: int) -> Clearance:
    """Compare what the decision had seen with what is recorded; anything but equality is stale."""
    if question.seen == recorded:
        return Clearance(question.reminder_id, Standing.CLEAR, None, recorded)
    reason = "response_recorded" if recorded > question.seen else "seen_not_recorded"
    return Clearance(question.reminder_id, Standing.STALE, reason, recorded)
