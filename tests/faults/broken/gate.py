"""Without the gate: what is claimed is sent, whatever its owners know of it."""

import sys
from collections.abc import Mapping, Sequence
from uuid import UUID

from notifier.domain.decision import Answer
from notifier.domain.reminder import Reminder
from notifier.gateways.clearance import ClearanceClient
from tests.faults.broken import run


async def _say_yes(
    _self: ClearanceClient, _service: str, _tenant: str, reminders: Sequence[Reminder]
) -> Mapping[UUID, Answer]:
    return {reminder.reminder_id: Answer("clear", 0, None) for reminder in reminders}


def switch_off() -> None:
    """From now on this process asks nobody and takes everything as clear."""
    ClearanceClient.ask = _say_yes  # type: ignore[method-assign]


if __name__ == "__main__":
    sys.exit(run(switch_off))
