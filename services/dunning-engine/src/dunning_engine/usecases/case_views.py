"""Cases as a person looks at them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class CaseView:
    """One case; `closed_at` is None as long as anything in it is overdue. Business time."""

    case_id: UUID
    customer_id: str
    creditor_id: str
    currency: str
    opened_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class ItemView:
    """An item of the case that is still owed."""

    invoice_id: str
    item_id: str
    number: str
    due_on: date | None
    open_minor: int
    state: str


@dataclass(frozen=True, slots=True)
class ReminderView:
    """A reminder of the case and how far it has come."""

    reminder_id: UUID
    stage: int
    requested_at: datetime
    deadline_on: date
    withdrawn_because: str | None
    progress: str


@dataclass(frozen=True, slots=True)
class DecisionView:
    """A decision on record: why, by which rule, on which facts."""

    at: datetime
    causes: Mapping[str, Any]
    policy_code: str
    policy_version: int
    outcome: str
    effects: Mapping[str, Any]
    reasons: Sequence[Mapping[str, Any]]
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A case with all that belongs to it; decisions newest first."""

    case: CaseView
    next_look_at: datetime | None
    items: Sequence[ItemView]
    reminders: Sequence[ReminderView]
    decisions: Sequence[DecisionView]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cases: of a tenant, after the last one of the page before, oldest first."""

    tenant: str
    limit: int
    after: UUID | None = None
    customer_id: str | None = None
    is_open: bool | None = None


class CaseReader(Protocol):
    """Reads cases as committed."""

    async def cases(self, wanted: Wanted) -> Sequence[CaseView]:
        """At most `limit` cases."""
        ...

    async def case(self, tenant: str, case_id: UUID) -> CaseFile | None:
        """One case; None where this tenant has none of that id."""
        ...
