"""A unit of work in memory: what use cases see, without a database."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from invoice_service.domain.account import Account, KnownInvoice
from invoice_service.domain.fact import Fact
from invoice_service.domain.payment import Payment
from invoice_service.domain.place import Defaults
from invoice_service.domain.reckoning import Moment
from invoice_service.domain.tenant import KnownCreditor, KnownTenant, Mode
from invoice_service.domain.trail import Trail
from invoice_service.usecases.ports import AccountKey, Loaded, Saved, Wanted

WALL = datetime(2026, 11, 1, tzinfo=UTC)


@dataclass
class FakeUnitOfWork:
    """Keeps everything in dictionaries and notes what was told."""

    known_accounts: dict[AccountKey, Account] = field(default_factory=dict)
    known_tenants: dict[str, KnownTenant] = field(default_factory=dict)
    known_creditors: dict[tuple[str, str], KnownCreditor] = field(default_factory=dict)
    known_holds: set[tuple[str, str, str]] = field(default_factory=set)
    clocks: dict[str, datetime | None] = field(default_factory=dict)
    told: list[tuple[Fact, Trail]] = field(default_factory=list)
    looks: dict[tuple[str, str], datetime | None] = field(default_factory=dict)
    left_behind: list[str] = field(default_factory=list)
    met: list[tuple[str, bool]] = field(default_factory=list)
    locked: set[AccountKey] = field(default_factory=set)
    sequences: dict[tuple[str, str | None], int] = field(default_factory=dict)

    @property
    def accounts(self) -> "FakeUnitOfWork":
        return self

    @property
    def tenants(self) -> "FakeUnitOfWork":
        return self

    @property
    def holds(self) -> "FakeUnitOfWork":
        return self

    @property
    def wall(self) -> Moment:
        return Moment(WALL, 1_000)

    async def load(self, wanted: Sequence[Wanted]) -> Loaded:
        accounts = {one.key: self._with_others(self.known_accounts.get(one.key, Account(*one.key))) for one in wanted}
        owners = {
            (tenant, invoice_id): customer_id
            for (tenant, customer_id), account in self.known_accounts.items()
            for invoice_id in account.invoices
        }
        return Loaded(accounts, owners)

    def _with_others(self, account: Account) -> Account:
        payments = {
            (payment.customer_id, payment.payment_id): payment
            for (tenant, customer_id), other in self.known_accounts.items()
            if tenant == account.tenant and customer_id != account.customer_id
            for payment in other.payments.values()
        }
        return replace(account, others_payments=payments) if payments else account

    async def named(self, payments: Sequence[Payment]) -> dict[tuple[str, str], dict[str, str | None]]:
        stored = [payment for account in self.known_accounts.values() for payment in account.payments.values()]
        owners = (await self.load([])).owners
        found: dict[tuple[str, str], dict[str, str | None]] = {}
        for told in payments:
            key = (told.tenant, told.payment_id)
            for payment in [told, *(one for one in stored if (one.tenant, one.payment_id) == key)]:
                for one in payment.allocations:
                    found.setdefault(key, {})[one.invoice_id] = owners.get((told.tenant, one.invoice_id))
        return found

    async def meet(self, tenants: Iterable[str], *, alone: bool) -> None:
        self.met += [(tenant, alone) for tenant in sorted(tenants)]

    async def lock_too(self, customers: Iterable[AccountKey]) -> None:
        self.locked |= set(customers)

    async def save(self, changes: Sequence[Saved]) -> None:
        for one in changes:
            self.known_accounts[one.after.tenant, one.after.customer_id] = one.after

    async def find(self, tenant: str) -> KnownTenant | None:
        return self.known_tenants.get(tenant)

    async def creditors(self, tenant: str) -> dict[str, KnownCreditor]:
        return {name: known for (owner, name), known in self.known_creditors.items() if owner == tenant}

    async def defaults(self, tenants: Iterable[str]) -> dict[str, Defaults]:
        return {
            tenant: Defaults(
                self.known_tenants[tenant].tenant.place,
                {name: known.creditor.place for name, known in (await self.creditors(tenant)).items()},
            )
            for tenant in tenants
            if tenant in self.known_tenants
        }

    async def save_tenant(self, known: KnownTenant) -> None:
        self.known_tenants[known.tenant.tenant] = known

    async def save_creditor(self, known: KnownCreditor) -> None:
        self.known_creditors[known.creditor.tenant, known.creditor.creditor_id] = known

    async def add(self, tenant: str, customer_id: str, hold_id: str, *, version: int, sequence: int) -> None:
        self.known_holds.add((tenant, customer_id, hold_id))

    async def is_set(self, tenant: str, customer_id: str, hold_id: str) -> bool:
        return (tenant, customer_id, hold_id) in self.known_holds

    async def moment(self, tenant: str) -> Moment | None:
        return replace(self.wall, now=self.clocks[tenant] or WALL) if tenant in self.clocks else None

    async def test_now_at(self, tenant: str) -> datetime | None:
        return self.clocks.get(tenant)

    async def follow_tenant(
        self, tenant: str, *, mode: Mode, test_now_at: datetime | None, version: int, settings_changed: bool
    ) -> None:
        self.clocks[tenant] = test_now_at
        if settings_changed:
            self.left_behind.append(tenant)

    async def settings_changed(self, tenant: str) -> None:
        self.left_behind.append(tenant)

    def tell(self, tenant: str, customer_id: str | None, fact: Fact, trail: Trail) -> int:
        self.told.append((fact, trail))
        self.sequences[tenant, customer_id] = self.sequences.get((tenant, customer_id), 0) + 1
        return self.sequences[tenant, customer_id]

    def look_at(self, tenant: str, customer_id: str, at: datetime | None) -> None:
        self.looks[tenant, customer_id] = at

    def kinds(self) -> list[str]:
        """The names of the facts told since the last call."""
        names = [type(fact).__name__ for fact, _ in self.told]
        self.told.clear()
        return names


class NamedTurns:
    """Tracing that shows in the trail which invoice a turn was about."""

    @contextmanager
    def turn_of(self, known: KnownInvoice) -> Iterator[Trail]:
        yield Trail(traceparent=f"turn of {known.invoice.invoice_id}", event_id=known.trail.event_id)
