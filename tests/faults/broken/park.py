"""Without the dead letters: what cannot be read is skipped."""

import sys

from aiokafka import ConsumerRecord

from kulant_chassis.applying import Applying
from kulant_chassis.received import Parked, Received
from tests.faults.broken import run


def switch_off() -> None:
    """From now on this process goes past what it cannot read as if it had never been said."""
    read = Applying.read

    def read_or_skip(self: Applying, topic: str, record: ConsumerRecord) -> tuple[Received | None, Parked | None]:
        received, _ = read(self, topic, record)
        return received, None

    Applying.read = read_or_skip  # type: ignore[method-assign]


if __name__ == "__main__":
    sys.exit(run(switch_off))
