"""Takes in what an ERP told, over Kafka and HTTP alike, in any order and more than once."""

from collections.abc import Awaitable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from invoice_service.domain.account import Account, AccountFact
from invoice_service.domain.cancellation import Cancellation, Kind
from invoice_service.domain.errors import FactRefused
from invoice_service.domain.fact import CustomerFact
from invoice_service.domain.freshness import Check
from invoice_service.domain.hold import Hold
from invoice_service.domain.invoice import Invoice
from invoice_service.domain.payment import Payment, PaymentName
from invoice_service.domain.stated import BalancesStated
from invoice_service.domain.tenant import Creditor, Tenant
from invoice_service.domain.trail import Trail
from invoice_service.usecases.concerned import Concerned, as_payment_fact, customers_of, lock_concerned, others_of
from invoice_service.usecases.ports import AccountKey, Loaded, UnitOfWork, Wanted
from invoice_service.usecases.record_payments_checked import record_payments_checked
from invoice_service.usecases.record_tenant import record_creditor, record_tenant
from invoice_service.usecases.settle_accounts import Changed, invoice_of, settle_accounts

ErpFact = Tenant | Creditor | Check | AccountFact


@dataclass(frozen=True, slots=True)
class Told:
    """One fact and the chain of events that it came with."""

    fact: ErpFact
    trail: Trail


class Outcome(Enum):
    """What became of a fact that was not refused."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"


Result = Outcome | FactRefused


@dataclass(slots=True)
class _Work:
    """A customer while facts about it are taken in; remembers which invoice changed because of what."""

    before: Account
    after: Account
    last: Trail = field(default_factory=Trail)
    by_invoice: dict[str, Trail] = field(default_factory=dict)

    def take(self, fact: AccountFact, trail: Trail) -> Outcome:
        newer = self.after.record(fact, trail)
        if newer is self.after:
            return Outcome.DUPLICATE
        self.last = trail
        about = _invoice_ids(fact)
        if (payment := as_payment_fact(fact)) is not None:
            about |= self.after.payment_names_of(payment.name)
        self.by_invoice.update(dict.fromkeys(about, trail))
        self.after = newer
        return Outcome.ACCEPTED

    def trail_of(self, fact: CustomerFact) -> Trail:
        invoice = invoice_of(fact)
        return self.by_invoice.get(invoice.invoice_id, self.last) if invoice else self.last


async def record_facts(uow: UnitOfWork, told: Sequence[Told]) -> list[Result]:
    """Applies the facts and publishes what they change; returns one result per fact, in their order.

    A refused fact changes nothing, the others are applied. Keys of all facts must be locked; customers whose
    invoices another one pays are locked here.
    """
    results: dict[int, Result] = {}
    about_customers: dict[int, tuple[AccountFact, Trail]] = {}
    for index, one in enumerate(told):
        match one.fact:
            case Tenant() as tenant:
                results[index] = await _refusable(record_tenant(uow, tenant, one.trail))
            case Creditor() as creditor:
                results[index] = await _refusable(record_creditor(uow, creditor, one.trail))
            case Check() as check:
                results[index] = await _refusable(record_payments_checked(uow, check))
            case fact:
                about_customers[index] = (fact, one.trail)
    if about_customers:
        results |= await _record_about_customers(uow, about_customers)
    return [results[index] for index in range(len(told))]


async def _refusable(recording: Awaitable[bool]) -> Result:
    try:
        return Outcome.ACCEPTED if await recording else Outcome.DUPLICATE
    except FactRefused as refused:
        return refused


async def _record_about_customers(uow: UnitOfWork, facts: Mapping[int, tuple[AccountFact, Trail]]) -> dict[int, Result]:
    told = [fact for fact, _ in facts.values()]
    concerned = await lock_concerned(uow, told)
    loaded = await uow.accounts.load(_wanted(told, concerned))
    work = {key: _Work(account, account) for key, account in loaded.accounts.items()}
    results: dict[int, Result] = {}
    for index, (fact, trail) in facts.items():
        refused = _refuse(fact, loaded)
        if refused:
            results[index] = refused
            continue
        results[index] = work[fact.tenant, fact.customer_id].take(fact, trail)
        if (payment := as_payment_fact(fact)) is not None:
            for other in others_of(payment, concerned):
                work[fact.tenant, other].take(fact, trail)
    changed = [Changed(one.before, one.after, one.trail_of) for one in work.values() if one.after is not one.before]
    if changed:
        await settle_accounts(uow, changed)
    return results


def _wanted(facts: Iterable[AccountFact], concerned: Concerned) -> list[Wanted]:
    invoice_ids: dict[AccountKey, set[str]] = {key: set() for key in customers_of(concerned)}
    payments: dict[AccountKey, set[PaymentName]] = {}
    for (tenant, name), named in concerned.items():
        for customer_id in named.customers:
            payments.setdefault((tenant, customer_id), set()).add(name)
    for fact in facts:
        key = (fact.tenant, fact.customer_id)
        invoice_ids.setdefault(key, set()).update(_invoice_ids(fact))
        if (payment := as_payment_fact(fact)) is not None:
            payments.setdefault(key, set()).add(payment.name)
    return [Wanted(key, invoice_ids[key], payments.get(key, ())) for key in invoice_ids]


def _invoice_ids(fact: AccountFact) -> set[str]:
    """The invoices that a fact names."""
    match fact:
        case Invoice():
            return {fact.invoice_id}
        case Payment() | BalancesStated():
            return set(fact.invoice_ids)
        case Cancellation(kind=Kind.INVOICE):
            return {fact.entity_id}
        case _:
            return set()


def _refuse(fact: AccountFact, loaded: Loaded) -> FactRefused | None:
    """An invoice never changes its customer, the first one to have it keeps it; own holds are nobody else's."""
    match fact:
        case Invoice():
            owner = loaded.owners.setdefault((fact.tenant, fact.invoice_id), fact.customer_id)
        case Cancellation(kind=Kind.INVOICE):
            owner = loaded.owners.get((fact.tenant, fact.entity_id), fact.customer_id)
        case Hold() if fact.is_own:
            return FactRefused("hold ids of this form are Kulant's own")
        case _:
            return None
    return None if owner == fact.customer_id else FactRefused("the invoice belongs to another customer")
