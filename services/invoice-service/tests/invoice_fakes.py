"""A unit of work in memory: what use cases see, without a database."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from invoice_service.domain.account import Account, KnownInvoice
from invoice_service.domain.fact import Fact
from invoice_service.domain.freshness import Check, KnownFreshness
from invoice_service.domain.hold import KnownHold
from invoice_service.domain.moment import Moment
from invoice_service.domain.place import Defaults
from invoice_service.domain.tenant import KnownCreditor, KnownTenant, Mode
from invoice_service.domain.trail import Trail
from invoice_service.usecases.ports import (
    AccountKey,
    Loaded,
    Named,
    PaymentFact,
    PaymentKey,
    Restatement,
    Saved,
    Wanted,
)

WALL = datetime(2026, 11, 1, tzinfo=UTC)


@dataclass
class FakeUnitOfWork:
    """Keeps everything in dictionaries and notes what was told."""

    known_accounts: dict[AccountKey, Account] = field(default_factory=dict)
    known_tenants: dict[str, KnownTenant] = field(default_factory=dict)
    known_creditors: dict[tuple[str, str], KnownCreditor] = field(default_factory=dict)
    checks: dict[tuple[str, str, str, int], tuple[Check, bool]] = field(default_factory=dict)
    told_freshness: dict[tuple[str, str], KnownFreshness] = field(default_factory=dict)
    clocks: dict[str, datetime | None] = field(default_factory=dict)
    told: list[tuple[Fact, Trail]] = field(default_factory=list)
    baselines: list[int | None] = field(default_factory=list)
    orders: list[Restatement] = field(default_factory=list)
    locked_keys: list[tuple[str, bool, tuple[str, ...]]] = field(default_factory=list)
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
    def holds(self) -> "FakeHolds":
        return FakeHolds(self)

    @property
    def wall(self) -> Moment:
        return Moment(WALL, 1_000)

    @property
    def restatements(self) -> "FakeRestatements":
        return FakeRestatements(self)

    @property
    def freshness(self) -> "FakeFreshness":
        return FakeFreshness(self)

    async def load(self, wanted: Sequence[Wanted]) -> Loaded:
        accounts = {one.key: self._with_others(self.known_accounts.get(one.key, Account(*one.key))) for one in wanted}
        owners = {
            (tenant, invoice_id): customer_id
            for (tenant, customer_id), account in self.known_accounts.items()
            for invoice_id in account.invoices
        }
        return Loaded(accounts, owners)

    def _with_others(self, account: Account) -> Account:
        others = [one for (tenant, _), one in self.known_accounts.items() if tenant == account.tenant]
        payments = {key: payment for other in others for key, payment in other.payments.items()}
        cancellations = {}
        for other in others:
            for name, one in other.cancellations.items():
                if name not in cancellations or cancellations[name].version < one.version:
                    cancellations[name] = one
        return replace(account, payments=payments, cancellations=cancellations)

    async def named(self, facts: Sequence[PaymentFact]) -> dict[PaymentKey, Named]:
        stored = {
            (tenant, payment.customer_id, *payment.name): payment
            for (tenant, _), account in self.known_accounts.items()
            for payment in account.payments.values()
        }.values()
        owners = (await self.load([])).owners
        found: dict[PaymentKey, Named] = {}
        for told in facts:
            key = (told.tenant, told.name)
            same = [one for one in stored if (one.tenant, one.name) == key]
            ids = {name for payment in same for name in payment.invoice_ids} | getattr(told, "invoice_ids", set())
            before = found.get(key, Named({}))
            invoices = {invoice_id: owners.get((told.tenant, invoice_id)) for invoice_id in ids}
            payers = {*before.payers, *(one.customer_id for one in same)}
            found[key] = Named({**before.invoices, **invoices}, payers)
        return found

    async def meet(self, tenants: Iterable[str], *, alone: bool) -> None:
        self.met += [(tenant, alone) for tenant in sorted(tenants)]

    async def load_whole(self, keys: Sequence[AccountKey]) -> list[Account]:
        return [self.known_accounts.get(key, Account(*key)) for key in keys]

    async def lock(self, tenant: str, customers: Iterable[str], *, with_tenant: bool) -> None:
        self.locked_keys.append((tenant, with_tenant, tuple(customers)))

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
                self.known_tenants[tenant].tenant.lead_days,
            )
            for tenant in tenants
            if tenant in self.known_tenants
        }

    async def save_tenant(self, known: KnownTenant) -> None:
        self.known_tenants[known.tenant.tenant] = known

    async def save_creditor(self, known: KnownCreditor) -> None:
        self.known_creditors[known.creditor.tenant, known.creditor.creditor_id] = known

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

    def told_upto(self, tenant: str, customer_id: str | None) -> int:
        return self.sequences.get((tenant, customer_id), 0)

    def tell(
        self, tenant: str, customer_id: str | None, fact: Fact, trail: Trail, *, baseline: int | None = None
    ) -> int:
        self.told.append((fact, trail))
        self.baselines.append(baseline)
        self.sequences[tenant, customer_id] = self.sequences.get((tenant, customer_id), 0) + 1
        return self.sequences[tenant, customer_id]

    def look_at(self, tenant: str, customer_id: str, at: datetime | None) -> None:
        self.looks[tenant, customer_id] = at

    def kinds(self) -> list[str]:
        """The names of the facts told since the last call."""
        names = [type(fact).__name__ for fact, _ in self.told]
        self.told.clear()
        return names


@dataclass
class FakeHolds:
    """Holds of the accounts that a unit of work keeps."""

    uow: FakeUnitOfWork

    async def find(self, tenant: str, hold_id: str) -> list[KnownHold]:
        accounts = [account for (owner, _), account in self.uow.known_accounts.items() if owner == tenant]
        return [account.holds[hold_id] for account in accounts if hold_id in account.holds]

    async def save(self, known: KnownHold) -> None:
        hold = known.hold
        key = (hold.tenant, hold.customer_id)
        account = self.uow.known_accounts.get(key, Account(*key))
        self.uow.known_accounts[key] = replace(account, holds={**account.holds, hold.hold_id: known})


@dataclass
class FakeRestatements:
    """Orders that a unit of work keeps."""

    uow: FakeUnitOfWork

    async def next(self) -> Restatement | None:
        return next((order for order in self.uow.orders if not order.is_done), None)

    async def customers(self, restatement: Restatement, limit: int) -> list[str]:
        after = restatement.after_customer_id or ""
        return sorted(name for _, name in self.uow.known_accounts if name > after)[:limit]

    async def save(self, restatement: Restatement) -> None:
        self.uow.orders[0] = restatement


@dataclass
class FakeFreshness:
    """Checks that a unit of work keeps."""

    uow: FakeUnitOfWork

    async def highest(self, check: Check) -> int:
        of = (check.tenant, check.creditor_id, check.account)
        return max((key[3] for key in self.uow.checks if key[:3] == of), default=-1)

    async def add(self, check: Check) -> None:
        self.uow.checks[check.tenant, check.creditor_id, check.account, check.version] = (check, False)

    async def pass_checks(self, checks: Sequence[Check]) -> None:
        for check in checks:
            key = (check.tenant, check.creditor_id, check.account, check.version)
            for other in [one for one in self.uow.checks if one[:3] == key[:3] and one[3] < check.version]:
                del self.uow.checks[other]
            self.uow.checks[key] = (check, True)

    async def passed(self, tenant: str) -> dict[str, dict[str, datetime]]:
        found: dict[str, dict[str, datetime]] = {}
        for check, is_passed in self.uow.checks.values():
            if is_passed and check.tenant == tenant:
                found.setdefault(check.creditor_id, {})[check.account] = check.seen_until_at
        return found

    async def published(self, tenant: str) -> dict[str, KnownFreshness]:
        return {creditor: known for (owner, creditor), known in self.uow.told_freshness.items() if owner == tenant}

    async def save_published(self, tenant: str, creditor_id: str, known: KnownFreshness) -> None:
        self.uow.told_freshness[tenant, creditor_id] = known


class NamedTurns:
    """Tracing that shows in the trail which invoice a turn was about."""

    @contextmanager
    def turn_of(self, known: KnownInvoice) -> Iterator[Trail]:
        yield Trail(traceparent=f"turn of {known.invoice.invoice_id}", event_id=known.trail.event_id)
