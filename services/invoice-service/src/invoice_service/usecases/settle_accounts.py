"""Decides on customers whose facts or time changed: tells what is new, arms the next look, saves."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from invoice_service.domain.account import Account
from invoice_service.domain.credit import CreditChanged
from invoice_service.domain.fact import (
    CustomerChanged,
    CustomerFact,
    InvoiceCancelled,
    InvoiceFact,
    InvoiceRegistered,
    ItemFact,
)
from invoice_service.domain.hold import HoldChanged
from invoice_service.domain.invoice import Invoice
from invoice_service.domain.reckoning import Reckoning, reckon
from invoice_service.domain.trail import Trail
from invoice_service.usecases.ports import Saved, UnitOfWork

TrailOf = Callable[[CustomerFact], Trail]


@dataclass(frozen=True, slots=True)
class Changed:
    """A customer to decide on: as loaded, with what was recorded since, and what each new fact follows from."""

    before: Account
    after: Account
    trail_of: TrailOf


async def settle_accounts(uow: UnitOfWork, changes: Sequence[Changed]) -> None:
    """Publishes what became different about each customer.

    Customers of a tenant that is not known yet are only kept: they are looked at once it is.
    """
    # The clocks are read before the places: a place that changes in between leaves the customer behind its tenant.
    moments = {tenant: await uow.moment(tenant) for tenant in sorted({change.after.tenant for change in changes})}
    defaults = await uow.tenants.defaults(moments)
    saved = []
    for change in changes:
        account = change.after
        moment = moments[account.tenant]
        if moment is not None and account.tenant in defaults:
            reckoning = reckon(account, defaults[account.tenant], moment)
            account = _tell(uow, reckoning, change.trail_of)
            uow.look_at(account.tenant, account.customer_id, reckoning.next_look_at)
        saved.append(Saved(change.before, account))
    await uow.accounts.save(saved)


def _tell(uow: UnitOfWork, reckoning: Reckoning, trail_of: TrailOf) -> Account:
    account = reckoning.account
    spoken: list[tuple[str, str, int]] = []
    for fact in reckoning.facts:
        sequence = uow.tell(account.tenant, account.customer_id, fact, trail_of(fact))
        match fact:
            case CustomerChanged():
                assert account.customer is not None
                account = replace(account, customer=replace(account.customer, sequence=sequence))
            case HoldChanged():
                account = account.with_hold_sequence(fact.hold.hold_id, sequence)
            case CreditChanged():
                account = account.with_credit_sequence(fact.key, sequence)
            case _:
                spoken.extend(_spoken(fact, sequence))
    return account.with_sequences(spoken) if spoken else account


def invoice_of(fact: CustomerFact) -> Invoice | None:
    """The invoice that a fact is about, where it is about one."""
    return fact.invoice if isinstance(fact, InvoiceRegistered | InvoiceCancelled | ItemFact) else None


def _spoken(fact: InvoiceFact, sequence: int) -> list[tuple[str, str, int]]:
    return [(fact.invoice.invoice_id, item_id, sequence) for item_id in fact.item_ids]
