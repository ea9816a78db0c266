"""What the use cases need from the rooms around them."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from dunning_engine.domain.answers import ItemKey
from dunning_engine.domain.clearance import Standing
from dunning_engine.domain.decision import CaseKey, Decision
from dunning_engine.domain.facts import Customer, Facts, Item, Place
from dunning_engine.domain.learned import Learned
from dunning_engine.domain.policy import Policy
from kulant_chassis.transaction import Cause, Transaction


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
class Known:
    """What is stored about one customer; `facts` lack what only the transaction and the calendar know.

    `origins`: what last told of each item, for whatever the clock leads to later.
    """

    customer: Customer | None = None
    facts: Facts = field(default_factory=Facts)
    origins: Mapping[ItemKey, Cause] = field(default_factory=dict)


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


class Store(Protocol):
    """The engine's memory."""

    async def take(self, transaction: Transaction, learned: Sequence[Learned]) -> News:
        """Take facts in; the highest version of an entity stays."""
        ...

    async def incomplete(self, transaction: Transaction, tenants: Iterable[str]) -> frozenset[str]:
        """Those of the tenants of which a tenant-wide fact was missing when this transaction began."""
        ...

    async def load(self, transaction: Transaction, keys: Sequence[str]) -> Mapping[str, Known]:
        """All that is known about these customers."""
        ...

    async def save(self, transaction: Transaction, decided: Sequence[Decided]) -> None:
        """Write what was decided and put every decision on record."""
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


class Announcer(Protocol):
    """Puts what was decided into the outbox."""

    def announce(self, transaction: Transaction, decided: Decided, cause: Cause) -> None:
        """Give out the events that a decision leads to."""
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

    store: Store
    holidays: Holidays
    announcer: Announcer
    tracing: Tracing
    policies: Sequence[Policy]
