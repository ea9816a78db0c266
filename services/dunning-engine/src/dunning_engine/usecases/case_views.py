"""Cases as a person looks at them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, Protocol
from uuid import UUID

Sort = Literal["opened_at", "-opened_at", "stage", "-stage", "open", "-open"]
"""What a list goes by; with a minus the greatest first. Ties go by the case's id, which grows with time."""
Behind = tuple[int, UUID]
"""The value that the list is sorted by (0 for opened_at) and the id of the last case of the page before."""


@dataclass(frozen=True, slots=True)
class CaseView:
    """One case; `closed_at` is None as long as anything in it is overdue. Business time.

    `stage`: the highest that was reached; `open_minor`: what is overdue; `rules`: those that decided last.
    """

    case_id: UUID
    customer_id: str
    creditor_id: str
    currency: str
    opened_at: datetime
    closed_at: datetime | None
    stage: int = 0
    open_minor: int = 0
    rules: tuple[str, ...] = ()


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
    """A message of the case, how far it has come, and what the notifier said about it."""

    reminder_id: UUID
    stage: int
    requested_at: datetime
    deadline_on: date
    withdrawn_because: str | None
    progress: str
    kind: str = "reminder"
    code: str = "friendly"
    case_id: UUID | None = None
    deliveries: tuple[tuple[str, datetime, str | None], ...] = ()
    """Kind, moment, reason; the oldest first."""


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
    decision_id: int = 0


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
    """Which cases: of a tenant, behind the last one of the page before, in an order."""

    tenant: str
    limit: int
    after: Behind | None = None
    customer_id: str | None = None
    is_open: bool | None = None
    creditor_id: str | None = None
    stage: int | None = None
    waits_for: str | None = None
    """The rule by which something of it was decided last, such as `held` or `payments_unknown`."""
    sort: Sort = "opened_at"


class CaseReader(Protocol):
    """Reads cases as committed."""

    async def cases(self, wanted: Wanted) -> Sequence[CaseView]:
        """At most `limit` cases."""
        ...

    async def case(self, tenant: str, case_id: UUID) -> CaseFile | None:
        """One case; None where this tenant has none of that id."""
        ...

    async def journal(self, tenant: str, case_id: UUID, after: int, limit: int) -> Sequence[DecisionView] | None:
        """Decisions about a case behind the one of id `after`, in order; None where the tenant has no such case."""
        ...

    async def messages(self, tenant: str, customer_id: str, limit: int) -> Sequence[ReminderView]:
        """The latest messages to a customer, the newest first."""
        ...

    async def decisions(self, tenant: str, customer_id: str, limit: int) -> Sequence[DecisionView]:
        """The latest decisions about a customer, the newest first."""
        ...
