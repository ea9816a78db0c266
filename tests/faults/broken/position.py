"""Without the compare-and-set of the stored position: a batch is applied and moves it, wherever it stands by then."""

import sys

from sqlalchemy import text

from kulant_chassis import positions
from tests.faults.broken import run

_MOVE = text(
    "UPDATE consumer_position AS stored SET next_offset = asked.end_offset"
    " FROM unnest(CAST(:topics AS text[]), CAST(:partitions AS integer[]), CAST(:starts AS bigint[]),"
    " CAST(:ends AS bigint[])) AS asked(topic, partition, start_offset, end_offset)"
    " WHERE stored.topic = asked.topic AND stored.partition = asked.partition"
)


def switch_off() -> None:
    """From now on this process does not look whether a partition is still its own."""
    positions._MOVE = _MOVE


if __name__ == "__main__":
    sys.exit(run(switch_off))
