"""What was harmed when, as far as the checks need to know."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from notifier.config import SMTP_CONNECTIONS
from tests.faults.between import SLOW_SECONDS, TO_MAIL
from tests.faults.harms import CUT, DIES, HALF_OPEN, KILL, REPLICAS, SLOW, STALL, Done
from tests.faults.mailserver import Attempt
from tests.faults.restoring import Restored

_BREAKS_A_WAY = (CUT, HALF_OPEN)
_ENDS_A_SENDER = (KILL, REPLICAS, STALL)


@dataclass(frozen=True, slots=True)
class Harmed:
    """All harms of a run, and all mails whose content reached the mail server."""

    done: Sequence[Done]
    attempts: Sequence[Attempt]
    restored: Sequence[Restored] = ()
    stubborn: Sequence[str] = ()
    """Processes that did not end in order when they were asked to."""
    returned: Sequence[str] = ()
    """Processes that ended unasked and were started again."""

    def doubts_allowed(self, one: Done) -> int:
        """Of how many mails nobody may know whether they were taken: one for each connection that a harm ended.

        A process that ends in order hands over what it has begun; a slow way is no broken one.
        """
        harm = one.harm
        if harm.kind == DIES:
            return sum(not attempt.answered and _is_within(one, attempt.ended_at) for attempt in self.attempts)
        if harm.target == TO_MAIL:
            return SMTP_CONNECTIONS if harm.kind in _BREAKS_A_WAY else 0
        is_sender = harm.target.startswith("notifier.") and "send" in harm.target
        return SMTP_CONNECTIONS if is_sender and harm.kind in _ENDS_A_SENDER else 0

    def of_hand_over(self, began_at: datetime, ended_at: datetime) -> Iterator[Done]:
        """Harms during this time by which it may not be known whether a mail was taken."""
        for one in self.done:
            if one.began_at <= ended_at and began_at <= one.ended_at and self.doubts_allowed(one):
                yield one

    def slowness(self, at: datetime) -> timedelta:
        """How much later the mail server heard then what the sender had said."""
        is_slow = any(one.harm.kind == SLOW and one.harm.target == TO_MAIL and _is_within(one, at) for one in self.done)
        return timedelta(seconds=SLOW_SECONDS if is_slow else 0.0)

    def refused(self, kind: str, at: datetime) -> bool:
        """Did the mail server refuse mails in this way then?"""
        return any(one.harm.kind == kind and _is_within(one, at) for one in self.done)


def _is_within(one: Done, at: datetime) -> bool:
    return one.began_at <= at <= one.ended_at + timedelta(seconds=1)
