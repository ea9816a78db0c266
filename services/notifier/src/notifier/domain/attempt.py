"""The life of a reminder in the notifier: which states there are, and which way leads from one to another."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class State(StrEnum):
    """Where a reminder stands. The last four end it."""

    REQUESTED = "requested"
    CLAIMED = "claimed"
    HANDING_OVER = "handing_over"
    SENT = "sent"
    SUPPRESSED = "suppressed"
    FAILED = "failed"
    UNKNOWN = "unknown"


ENDED = frozenset({State.SENT, State.SUPPRESSED, State.FAILED, State.UNKNOWN})

# From `handing_over` nothing leads back once DATA was begun: that is what keeps a mail from being sent twice.
# `unknown` alone can still be corrected, by proof that the server took the mail.
_WAYS: dict[State, frozenset[State]] = {
    State.REQUESTED: frozenset({State.CLAIMED, State.SUPPRESSED}),
    State.CLAIMED: frozenset({State.REQUESTED, State.HANDING_OVER, State.SUPPRESSED, State.FAILED}),
    State.HANDING_OVER: frozenset({State.REQUESTED, State.SENT, State.FAILED, State.UNKNOWN}),
    State.UNKNOWN: frozenset({State.SENT}),
    State.SENT: frozenset(),
    State.SUPPRESSED: frozenset(),
    State.FAILED: frozenset(),
}


def may_become(now: State, then: State) -> bool:
    """Does a way lead from one state to the other?"""
    return then in _WAYS[now]


def can_be_withdrawn(state: State) -> bool:
    """A withdrawal wins until the hand-over has begun."""
    return state in (State.REQUESTED, State.CLAIMED)


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to work on one reminder: it is lost as soon as another process holds a higher epoch."""

    reminder_id: UUID
    owner: UUID
    epoch: int


@dataclass(frozen=True, slots=True)
class Clearance:
    """When the three owners were asked and when they had all said `clear`; machine time."""

    asked_at: datetime
    cleared_at: datetime
