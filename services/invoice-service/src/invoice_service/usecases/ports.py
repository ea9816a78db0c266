"""What the use cases ask of the outside; `store/` and `main.py` answer."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from invoice_service.domain.account import Account, KnownInvoice
from invoice_service.domain.clearance import CustomerRecord, Question
from invoice_service.domain.fact import Fact
from invoice_service.domain.invoice import Invoice, ItemStanding, ItemState
from invoice_service.domain.payment import Payment
from invoice_service.domain.place import Defaults
from invoice_service.domain.reckoning import Moment
from invoice_service.domain.tenant import KnownCreditor, KnownTenant, Mode
from invoice_service.domain.trail import Trail

AccountKey = tuple[str, str]
"""Tenant and customer."""
PaymentKey = tuple[str, str]
"""Tenant and payment."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A customer, and the invoices and payments that facts at hand are about."""

    key: AccountKey
    invoice_ids: Collection[str] = ()
    payment_ids: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Loaded:
    """The accounts asked for, and whose the invoices asked for are (by tenant and invoice)."""

    accounts: dict[AccountKey, Account]
    owners: dict[tuple[str, str], str]


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

    async def named(self, payments: Sequence[Payment]) -> Mapping[PaymentKey, Mapping[str, str | None]]:
        """The invoices that each payment names now, or named in a version that is stored, with their customers.

        None as customer: the invoice has not arrived.
        """
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
    """Holds that this service set itself."""

    async def add(self, tenant: str, customer_id: str, hold_id: str, *, version: int, sequence: int) -> None:
        """Notes a hold and the event that told it."""
        ...

    async def is_set(self, tenant: str, customer_id: str, hold_id: str) -> bool:
        """Whether this very hold was noted before."""
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
        """Holds of this service's own."""
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

    async def lock_too(self, customers: Iterable[AccountKey]) -> None:
        """Locks known customers who turned out to be concerned, waiting only briefly.

        Raises what passes by itself: the whole work is then done again.
        """
        ...

    def tell(self, tenant: str, customer_id: str | None, fact: Fact, trail: Trail) -> int:
        """Records an event about a customer, or about the tenant, and returns its sequence."""
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


@dataclass(frozen=True, slots=True)
class ItemPage:
    """Some items in the order of invoice and item id; `next_after` continues behind the last of them."""

    items: Sequence[tuple[Invoice, ItemStanding]]
    next_after: tuple[str, str] | None


class Views(Protocol):
    """What can be looked up, one tenant at a time."""

    async def items(
        self, tenant: str, *, state: ItemState | None, after: tuple[str, str] | None, limit: int
    ) -> Sequence[tuple[Invoice, ItemStanding]]:
        """At most `limit` items behind `after` (invoice and item id)."""
        ...

    async def invoice(self, tenant: str, invoice_id: str) -> KnownInvoice | None:
        """One invoice with all its items."""
        ...

    async def test_now_at(self, tenant: str) -> datetime | None:
        """Where the tenant's test clock stands; None for a live or unknown tenant."""
        ...

    async def account(self, tenant: str, customer_id: str) -> Account | None:
        """A customer with all its invoices and payments; None where nothing at all is known."""
        ...
