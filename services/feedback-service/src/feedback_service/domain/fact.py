"""What other services said, as far as the page needs it."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar
from uuid import UUID

from feedback_service.domain.item import Item
from feedback_service.domain.party import Creditor, Customer
from feedback_service.domain.reminder import Reminder


@dataclass(frozen=True, slots=True)
class ReminderRequested:
    """A reminder, with its items as they stood when it was decided (version 0: any later fact wins)."""

    reminder: Reminder
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class MessageSent:
    """A message of a reminder left."""

    tenant: str
    delivery_id: str
    reminder_id: UUID
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class PromiseTakenUp:
    """The dunning decisions rest on a promise: the one of the response with that id, which keeps it as its own."""

    tenant: str
    response_id: UUID


Fact = Item | Customer | Creditor | ReminderRequested | MessageSent | PromiseTakenUp


class _Versioned(Protocol):
    @property
    def version(self) -> int: ...


V = TypeVar("V", bound=_Versioned)
K = TypeVar("K", bound=Hashable)


def newest(entities: Iterable[V], key: Callable[[V], K]) -> Sequence[V]:
    """Each entity once, with its highest version: order of arrival does not matter."""
    found: dict[K, V] = {}
    for entity in entities:
        present = found.get(key(entity))
        if present is None or present.version < entity.version:
            found[key(entity)] = entity
    return list(found.values())
