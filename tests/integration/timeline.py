"""What happened to each customer of a story, in the tenant's time: printed where a story fails."""

from collections import defaultdict
from collections.abc import Iterable

from kulant_cli.judge import TopicRecord
from kulant_contracts.envelope import Event, decode
from kulant_contracts.refusal import Undecodable, UnknownType
from kulant_contracts.registry import EVENTS

_TOLD = (
    "invoice_id",
    "item_id",
    "payment_id",
    "reminder_id",
    "hold_id",
    "promise_id",
    "state",
    "reason",
    "money",
    "on",
)


def timeline(records: Iterable[TopicRecord]) -> str:
    """One block for each customer, and one for what concerns the tenant as a whole."""
    told: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for record in records:
        _, _, customer_id = (record.key or "").partition("/")
        told[customer_id or "(the tenant)"].append(_line(record))
    blocks = (
        f"{who}\n" + "\n".join(f"  {at}  {what}" for at, what in sorted(lines, key=_at)) for who, lines in told.items()
    )
    return "\n".join(blocks) or "Nothing was published."


def _at(line: tuple[str, str]) -> str:
    """By time alone: what has the same time stays in the order in which it came."""
    return line[0]


def _line(record: TopicRecord) -> tuple[str, str]:
    try:
        event = decode(record.value, record.headers, EVENTS)
    except (Undecodable, UnknownType):
        return "?" * 16, f"something unreadable on {record.topic}"
    name = event.envelope.type.removeprefix("kulant.").rpartition(".")[0]
    return f"{event.envelope.time:%Y-%m-%d %H:%M}", f"{name:<28} {_words(event)}".rstrip()


def _words(event: Event) -> str:
    found = ((name, getattr(event.data, name, None)) for name in _TOLD)
    return ", ".join(f"{name} {getattr(value, 'amount', value)}" for name, value in found if value is not None)
