"""What people look at: holds, promises, disputes, tasks, each with the customer that it is about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from dunning_engine.domain.answers import Hold
from dunning_engine.usecases.ports import Heard, Known

Place = tuple[str, str]
"""Key and id: where one list ends and the next page begins."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which part of a list: of a tenant, behind a place, narrowed."""

    tenant: str
    limit: int
    after: Place | None = None
    customer_id: str | None = None
    state: str | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class HoldView:
    """A hold with the words that a person left."""

    customer_id: str
    hold: Hold
    note: str | None


@dataclass(frozen=True, slots=True)
class AnswerView:
    """Something that a customer said, and what became of it. Money in minor units."""

    customer_id: str
    response_id: str
    kind: str
    what: str | None
    said_at: datetime
    case_id: UUID | None
    invoice_id: str | None
    item_id: str | None
    currency: str | None
    amount_minor: int | None
    named_on: date | None
    ended: str | None
    answered_at: datetime | None
    outcome: str | None
    accepted_minor: int | None
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class TaskView:
    """Something that a person must look at; `finished_at`: somebody has."""

    task_id: UUID
    customer_id: str
    code: str
    about: str
    case_id: UUID | None
    invoice_id: str | None
    item_id: str | None
    since_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class Looked:
    """What is known about a customer at one moment, read without a lock."""

    known: Known
    heard: Heard
    now: datetime


class Readings(Protocol):
    """Lists as committed, each question bound to a tenant; at most `limit` of each."""

    async def holds(self, asked: Asked) -> Sequence[HoldView]:
        """Holds, set and lifted ones."""
        ...

    async def answers(self, kind: str, asked: Asked) -> Sequence[AnswerView]:
        """Answers of one kind: promises, disputes, questions."""
        ...

    async def tasks(self, asked: Asked) -> Sequence[TaskView]:
        """Tasks that the facts still ask for."""
        ...

    async def look(self, tenant: str, customer_id: str) -> Looked | None:
        """One customer; None where the tenant has none of that id."""
        ...
