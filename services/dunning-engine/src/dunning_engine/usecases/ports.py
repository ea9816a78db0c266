"""What the use cases need from the rooms around them."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from dunning_engine.domain.answers import Case, Dispute, DisputeDecision, ItemKey
from dunning_engine.domain.clearance import Standing
from dunning_engine.domain.decision import CaseKey, Decision
from dunning_engine.domain.facts import Customer, Facts, Item, Place
from dunning_engine.domain.learned import Learned, TenantLearned
from dunning_engine.domain.policy import Policy
from kulant_chassis.transaction import Cause


@dataclass(frozen=True, slots=True)
class News:
    """What turned out to be new: tenants whose settings or creditors changed, and items by customer."""

    tenants: frozenset[str] = frozenset()
    creditors_of: frozenset[str] = frozenset()
    items: Mapping[str, tuple[Item, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Occasion:
    """Why a customer is looked at now."""

    key: str
    tenant: str
    cause: Cause = field(default_factory=Cause)
    types: tuple[str, ...] = ()
    event_ids: tuple[str, ...] = ()

    @property
    def is_clock(self) -> bool:
        """Did nothing but time pass?"""
        return not self.types

    @property
    def customer_id(self) -> str:
        """The customer's part of the key."""
        return self.key.removeprefix(f"{self.tenant}/")


@dataclass(frozen=True, slots=True)
class CaseMark:
    """What lists of cases go by: the highest stage reached, what is overdue, the rules that decided last."""

    stage: int = 0
    open_minor: int = 0
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KnownTask:
    """A task that a person was called for; its id is for life."""

    task_id: UUID
    code: str
    about: str
    is_finished: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """What is stored about one customer; `facts` lack what only the transaction and the calendar know.

    `origins`: what last told of each item, for whatever the clock leads to later. `marks`:
    what lists of cases go by. `awaits`: creditors whose payments the last decision waits for, with up to when they
    were known then.
    """

    customer: Customer | None = None
    facts: Facts = field(default_factory=Facts)
    origins: Mapping[ItemKey, Cause] = field(default_factory=dict)
    marks: Mapping[UUID, CaseMark] = field(default_factory=dict)
    tasks: tuple[KnownTask, ...] = ()
    awaits: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Heard:
    """What of a customer's facts was read: by service the sequence up to which nothing is missing."""

    had: Mapping[str, int] = field(default_factory=dict)
    is_complete: bool = True


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision with the names that it was given: ids of cases, opened ones too, and of reminders in order."""

    occasion: Occasion
    known: Known
    facts: Facts
    now: datetime
    decision: Decision
    case_ids: Mapping[CaseKey, UUID]
    reminder_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class DisputeClosed:
    """A dispute that a person decided, with the case on whose record it is and what it contested there."""

    dispute: Dispute
    case: Case
    items: tuple[tuple[ItemKey, int], ...]


class Work(Protocol):
    """One open transaction with the rows of its customers locked. Whoever opened it commits."""

    async def now(self, tenant: str) -> datetime:
        """The tenant's time; for one that is not known yet the wall clock's, and nothing is decided on it."""
        ...

    async def take(self, learned: Sequence[Learned]) -> News:
        """Take facts in; the highest version of an entity stays."""
        ...

    async def follow(self, learned: TenantLearned, *, settings_changed: bool) -> None:
        """Go by a tenant's clock; changed settings leave all its customers behind."""
        ...

    async def leave_behind(self, tenant: str) -> None:
        """Have all customers of a tenant looked at again, in chunks."""
        ...

    async def completed(self, tenants: Iterable[str]) -> frozenset[str]:
        """Those of these locked tenants of which nothing is missing any more, but was when this transaction began."""
        ...

    async def load(self, keys: Sequence[str], now: datetime) -> Mapping[str, Known]:
        """What decisions about these customers can still rest on; `now`: the earliest of their times."""
        ...

    def heard(self, key: str) -> Heard:
        """What of a locked customer's facts was read."""
        ...

    def look_at(self, key: str, at: datetime | None) -> None:
        """Arm the one next look at a locked customer."""
        ...

    async def save(self, decided: Sequence[Decided]) -> None:
        """Write what was decided and put every decision on record."""
        ...

    def announce(self, decided: Decided, cause: Cause) -> None:
        """Give out the events that a decision leads to."""
        ...

    async def decide_dispute(self, key: str, tenant: str, dispute_id: str, decision: DisputeDecision) -> None:
        """Write down what a person decided about a dispute, and tell it where its case knows of it."""
        ...

    async def answer_question(self, key: str, question_id: str, at: datetime) -> None:
        """Write down that a person answered a question."""
        ...

    async def keep_note(self, key: str, hold_id: str, note: str) -> None:
        """Keep a person's words beside a hold; they go nowhere else."""
        ...

    async def finish_task(self, task_id: UUID, at: datetime) -> None:
        """Write down that a person finished a task."""
        ...


class Gate(Protocol):
    """How reminders stand."""

    async def standings(self, tenant: str, asked: Mapping[UUID, str]) -> Mapping[UUID, Standing]:
        """How reminders stand by what is committed; asked by id, with the customer that each is about."""
        ...


class Holidays(Protocol):
    """Knows the public holidays of places."""

    def days(self, place: Place, years: Iterable[int]) -> frozenset[date]:
        """The holidays of these years; none for a place that is not known."""
        ...


class Tracing(Protocol):
    """Continues the traces of the facts that a decision of the clock rests on, and calls people where it must."""

    def by_clock(self, decided: Decided) -> AbstractContextManager[Cause]:
        """A span with links to those traces; what it yields goes into the events."""
        ...

    def call_a_person(self, decided: Decided, reminder_id: str) -> None:
        """A reminder was refused and nothing recorded says why: the customer is held, somebody has to look."""
        ...


@dataclass(frozen=True, slots=True)
class Engine:
    """What every decision needs, put together once at start."""

    holidays: Holidays
    tracing: Tracing
    policies: Sequence[Policy]
