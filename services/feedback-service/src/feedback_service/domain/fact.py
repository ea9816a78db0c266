"""What other services said, as far as the page needs it."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol, TypeVar
from uuid import UUID

from feedback_service.domain.item import Item
from feedback_service.domain.party import Creditor, Customer
from feedback_service.domain.reminder import Reminder
from feedback_service.domain.standing import CaseTold, Credit, Hold, OutcomeTold


@dataclass(frozen=True, slots=True)
class ReminderRequested:
    """A reminder, with its items as they stood when it was decided (version 0: any later fact wins)."""

    reminder: Reminder
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class MessageSent:
    """A message of a reminder left; sum and deadline as the message named them, where it named others."""

    tenant: str
    delivery_id: str
    reminder_id: UUID
    sent_at: datetime
    channel: str = "email"
    contact_id: str | None = None
    total_minor: int | None = None
    deadline_on: date | None = None


@dataclass(frozen=True, slots=True)
class CustomerErased:
    """Everything personal about a customer is to be forgotten, for good."""

    tenant: str
    customer_id: str
    version: int
    erased_on: date


Fact = (
    Item
    | Customer
    | Creditor
    | Credit
    | Hold
    | CaseTold
    | OutcomeTold
    | ReminderRequested
    | MessageSent
    | CustomerErased
)


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
