"""The product's sender with a gate that says yes to everything: shows what the gate prevents. Never shipped."""

import sys
from collections.abc import Mapping, Sequence
from uuid import UUID

from notifier.domain.decision import Answer
from notifier.domain.reminder import Reminder
from notifier.gateways.clearance import ClearanceClient


async def yes_to_everything(
    _self: ClearanceClient, _service: str, _tenant: str, reminders: Sequence[Reminder]
) -> Mapping[UUID, Answer]:
    """Clear, whatever the owners know."""
    return {reminder.reminder_id: Answer("clear", 0, None) for reminder in reminders}


ClearanceClient.ask = yes_to_everything  # type: ignore[method-assign]

if __name__ == "__main__":
    from notifier.main import run

    sys.exit(run(sys.argv[1:]))
