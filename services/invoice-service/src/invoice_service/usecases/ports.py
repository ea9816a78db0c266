"""What the use cases ask of the outside; `store/` and `main.py` answer."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from invoice_service.domain.account import Account, KnownInvoice
from invoice_service.domain.cancellation import Cancellation
from invoice_service.domain.clearance import CustomerRecord, Question
from invoice_service.domain.fact import Fact
from invoice_service.domain.freshness import Check, KnownFreshness
from invoice_service.domain.hold import KnownHold
from invoice_service.domain.moment import Moment
from invoice_service.domain.payment import Payment, PaymentName
from invoice_service.domain.place import Defaults
from invoice_service.domain.tenant import KnownCreditor, KnownTenant, Mode
from invoice_service.domain.trail import Trail

AccountKey = tuple[str, str]
"""Tenant and customer."""
PaymentKey = tuple[str, PaymentName]
"""Tenant and payment."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A customer, and the invoices and payments that facts at hand are about."""

    key: AccountKey
    invoice_ids: Collection[str] = ()
    payments: Collection[PaymentName] = ()


@dataclass(frozen=True, slots=True)
class Loaded:
    """The accounts asked for, and whose the invoices asked for are (by tenant and invoice)."""

    accounts: dict[AccountKey, Account]
    owners: dict[tuple[str, str], str]


@dataclass(frozen=True, slots=True)
class Named:
    """Whom a payment concerns: the invoices that any version of it names, with their customers, and who paid it.

    None as customer: the invoice has not arrived.
    """

    invoices: Mapping[str, str | None]
    payers: Collection[str] = ()

    @property
    def customers(self) -> set[str]:
        """All who are known to be concerned."""
        return {*(owner for owner in self.invoices.values() if owner is not None), *self.payers}


PaymentFact = Payment | Cancellation
"""What says something about a payment: that it came, or that it was taken back."""


@dataclass(frozen=True, slots=True)
class Saved:
    """An account before and after: what is the same object in both need not be written."""

    before: Account
    after: Account


class Accounts(Protocol):
    """Customers with their invoices and payments."""

    async def load(self, wanted: Sequence[Wanted]) -> Loaded:
        """Accounts with all invoices that may still change, and those asked for."""
        ...

    async def named(self, facts: Sequence[PaymentFact]) -> Mapping[PaymentKey, Named]:
        """Whom each payment concerns, as these facts tell it and as it is stored."""
        ...

    async def load_whole(self, keys: Sequence[AccountKey]) -> Sequence[Account]:
        """Accounts with all that was ever told about them."""
        ...

    async def save(self, changes: Sequence[Saved]) -> None:
        """Writes what differs."""
        ...


class Tenants(Protocol):
    """Tenants and their creditors."""

    async def find(self, tenant: str) -> KnownTenant | None:
        """The tenant as told, None before its first fact."""
        ...

    async def creditors(self, tenant: str) -> dict[str, KnownCreditor]:
        """All creditors of the tenant by id."""
        ...

    async def defaults(self, tenants: Iterable[str]) -> Mapping[str, Defaults]:
        """The places of those tenants that are known."""
        ...

    async def save_tenant(self, known: KnownTenant) -> None:
        """Writes the tenant."""
        ...

    async def save_creditor(self, known: KnownCreditor) -> None:
        """Writes the creditor."""
        ...


class Holds(Protocol):
    """Holds that are no matter of reckoning."""

    async def find(self, tenant: str, hold_id: str) -> Sequence[KnownHold]:
        """This hold of every customer that has it, lifted ones too."""
        ...

    async def save(self, known: KnownHold) -> None:
        """Writes the hold."""
        ...


Goals = Mapping[int, int]
"""Partition to the offset that must be reached."""


@dataclass(frozen=True, slots=True)
class WaitingCheck:
    """A check that has not passed the barrier; its goals, once they were read."""

    check: Check
    goals: Goals | None


class Freshness(Protocol):
    """What the ERP checked, and what of it has passed the barrier."""

    async def highest(self, check: Check) -> int:
        """The highest version known for the account that the check is about; -1 before the first."""
        ...

    async def add(self, check: Check) -> None:
        """Keeps a check that has yet to pass the barrier."""
        ...

    async def waiting(self) -> Sequence[WaitingCheck]:
        """Checks of known tenants that have not passed the barrier."""
        ...

    async def set_goals(self, checks: Sequence[Check], goals: Goals) -> None:
        """Keeps what must be read before these have passed; goals that are kept already stay."""
        ...

    async def pass_checks(self, checks: Sequence[Check]) -> None:
        """Notes that these are behind the barrier; what they replace is forgotten."""
        ...

    async def passed(self, tenant: str) -> Mapping[str, Mapping[str, datetime]]:
        """By creditor and account, up to when what passed the barrier was seen."""
        ...

    async def published(self, tenant: str) -> Mapping[str, KnownFreshness]:
        """The freshness of each creditor as last told."""
        ...

    async def save_published(self, tenant: str, creditor_id: str, known: KnownFreshness) -> None:
        """Writes what was told."""
        ...


@dataclass(frozen=True, slots=True)
class Restatement:
    """An order to tell current state again, of one customer or of a whole tenant, and how far it got."""

    restatement_id: UUID
    tenant: str
    customer_id: str | None
    after_customer_id: str | None = None
    is_done: bool = False


class Restatements(Protocol):
    """Orders to tell current state again."""

    async def add(self, restatement: Restatement) -> None:
        """Keeps an order."""
        ...

    async def find(self, tenant: str, restatement_id: UUID) -> Restatement | None:
        """One order of a tenant."""
        ...

    async def next(self) -> Restatement | None:
        """The oldest order that is not done, locked; None where there is none or another process has it."""
        ...

    async def customers(self, restatement: Restatement, limit: int) -> Sequence[str]:
        """The next customers of the order's tenant."""
        ...

    async def save(self, restatement: Restatement) -> None:
        """Writes how far it got."""
        ...


class UnitOfWork(Protocol):
    """One open transaction. The keys of its facts are locked before it is handed over; whoever opened it commits."""

    @property
    def accounts(self) -> Accounts:
        """Customers with their invoices and payments."""
        ...

    @property
    def tenants(self) -> Tenants:
        """Tenants and their creditors."""
        ...

    @property
    def holds(self) -> Holds:
        """Holds that are no matter of reckoning."""
        ...

    @property
    def freshness(self) -> Freshness:
        """What the ERP checked."""
        ...

    @property
    def restatements(self) -> Restatements:
        """Orders to tell current state again."""
        ...

    @property
    def wall(self) -> Moment:
        """The wall clock's moment: for tenants that are not known yet."""
        ...

    async def moment(self, tenant: str) -> Moment | None:
        """What time it is for the tenant; None while it is not known."""
        ...

    async def test_now_at(self, tenant: str) -> datetime | None:
        """Where the tenant's test clock stands; None for a live or unknown tenant."""
        ...

    async def follow_tenant(
        self, tenant: str, *, mode: Mode, test_now_at: datetime | None, version: int, settings_changed: bool
    ) -> None:
        """Sets the tenant's clock; `settings_changed` has all its customers looked at again."""
        ...

    async def settings_changed(self, tenant: str) -> None:
        """Has all customers of the tenant looked at again."""
        ...

    async def meet(self, tenants: Iterable[str], *, alone: bool) -> None:
        """Until the end of the transaction nobody else is `alone` with these tenants; who is alone is the only one.

        Invoices are taken in in company, payments for invoices that are not the payer's own alone: of an invoice and
        a payment for it that come at the same moment one sees the other.
        """
        ...

    async def lock(self, tenant: str, customers: Iterable[str], *, with_tenant: bool) -> None:
        """Locks a tenant (if asked for) and customers of it; to be called before anything else is locked."""
        ...

    async def lock_too(self, customers: Iterable[AccountKey]) -> None:
        """Locks known customers who turned out to be concerned, waiting only briefly.

        Raises what passes by itself: the whole work is then done again.
        """
        ...

    def tell(
        self, tenant: str, customer_id: str | None, fact: Fact, trail: Trail, *, baseline: int | None = None
    ) -> int:
        """Records an event about a customer, or about the tenant, and returns its sequence.

        With a baseline it is told again: a reader that had nothing counts everything up to it as had.
        """
        ...

    def told_upto(self, tenant: str, customer_id: str | None) -> int:
        """The sequence of the last event about a customer, or about the tenant; 0 before the first."""
        ...

    def look_at(self, tenant: str, customer_id: str, at: datetime | None) -> None:
        """Arms the one next look at the customer."""
        ...


class Barrier(Protocol):
    """Knows whether everything that the broker accepted before a question is in the database."""

    async def pass_through(self) -> None:
        """Returns once it is.

        Raises CannotKnow when that takes too long or cannot be found out.
        """
        ...


class CannotKnow(Exception):
    """Whether an acknowledged fact is still unread cannot be told now: the reminder waits."""


class Records(Protocol):
    """One consistent moment of what was told."""

    async def find(self, tenant: str, questions: Sequence[Question]) -> Mapping[str, CustomerRecord]:
        """For each customer of the questions that is known, what was told about it and the items in question."""
        ...


class Tracing(Protocol):
    """Ties what time alone brought about to the trace of the invoice that it is about."""

    def turn_of(self, known: KnownInvoice) -> AbstractContextManager[Trail]:
        """A span that links to the invoice's own trace; yields the trail for what follows from it."""
        ...
