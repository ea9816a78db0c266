"""How domain values lie in rows: whole state as JSON, written and read by one adapter each."""

from collections.abc import Mapping
from typing import Any, Final

from pydantic import TypeAdapter

from notifier.domain.own_words import OwnWords
from notifier.domain.party import Creditor, Customer
from notifier.domain.reminder import Reminder
from notifier.usecases.ports import Command, Trace

REMINDER: Final = TypeAdapter(Reminder)
CUSTOMER: Final = TypeAdapter(Customer)
CREDITOR: Final = TypeAdapter(Creditor)
WORDS: Final = TypeAdapter(OwnWords)

COMMAND_COLUMNS: Final = (
    "r.reminder_id, r.command::text AS command, r.traceparent, r.tracestate, r.correlationid, r.causationid"
)


def command_from(row: Mapping[Any, Any]) -> Command:
    """The command in a row that was read with `COMMAND_COLUMNS`."""
    trace = Trace(row["traceparent"], row["tracestate"], row["correlationid"], row["causationid"])
    return Command(REMINDER.validate_json(row["command"]), trace)
