"""Without the fence before DATA: a mail is handed over though the claim on its reminder was lost meanwhile."""

import sys

from sqlalchemy import text

from notifier.store import reminders
from tests.faults.broken import run

_MARK = text(
    "UPDATE reminder r SET state = 'handing_over', owner = e.owner, epoch = e.epoch, delivery_id = e.delivery_id"
    " FROM unnest(CAST(:ids AS uuid[]), CAST(:owners AS uuid[]), CAST(:epochs AS integer[]),"
    " CAST(:deliveries AS uuid[]), CAST(:seen AS bigint[])) AS e(reminder_id, owner, epoch, delivery_id, seen)"
    " WHERE r.reminder_id = e.reminder_id RETURNING r.reminder_id"
)


def switch_off() -> None:
    """From now on this process marks and sends what it once claimed."""
    reminders._MARK = _MARK


if __name__ == "__main__":
    sys.exit(run(switch_off))
