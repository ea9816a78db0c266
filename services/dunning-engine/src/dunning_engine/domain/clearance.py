"""May a reminder leave, as far as this service knows? As long as it stands as it was requested."""

from dataclasses import dataclass

FACT_MISSING = "fact_missing"
DEMANDS_NOTHING = frozenset({"service", "promise_note"})
"""Kinds that only a refusal, a representative or an erasure stops: each of them takes the message back."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a reminder stands; all False for one that is not known here."""

    is_known: bool = False
    is_withdrawn: bool = False
    has_ended: bool = False
    is_complete: bool = False
    kind: str = "reminder"
    sequence: int = 0
    """The last sequence that this service gave about the customer."""


def reason_to_stop(standing: Standing) -> str | None:
    """Why the reminder must not leave; None where it is clear."""
    if not standing.is_known:
        return "reminder_unknown"
    if standing.is_withdrawn:
        return "withdrawn"
    if standing.has_ended:
        return "ended"
    return None if standing.is_complete or standing.kind in DEMANDS_NOTHING else FACT_MISSING
