"""What was harmed when, as far as the checks need to know."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from tests.faults.harms import Done


@dataclass(frozen=True, slots=True)
class Harmed:
    """All harms of a run, and which of their targets stand between a mail and the knowledge of what became of it."""

    done: Sequence[Done]

    def of_hand_over(self) -> Iterator[Done]:
        """Harms by which a mail server's answer may be lost: to the process that sends, to the server, to the way."""
        for one in self.done:
            if one.harm.target.startswith("notifier") or one.harm.target.startswith("smtp"):
                yield one

    def during(self, began_at: datetime, ended_at: datetime) -> list[Done]:
        """Those harms to the hand-over that fell into this time."""
        return [one for one in self.of_hand_over() if one.began_at <= ended_at and began_at <= one.ended_at]
