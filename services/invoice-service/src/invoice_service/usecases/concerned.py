"""Whom a payment concerns besides its payer: an allocation counts for the invoice that it names, whoever paid."""

from collections.abc import Iterable, Mapping, Sequence

from invoice_service.domain.account import AccountFact
from invoice_service.domain.invoice import Invoice
from invoice_service.domain.payment import Payment
from invoice_service.usecases.ports import AccountKey, PaymentKey, UnitOfWork

Concerned = Mapping[PaymentKey, Mapping[str, str | None]]
"""For each payment the invoices that any version of it names, with their customers as far as they are known."""


async def find_concerned(uow: UnitOfWork, facts: Iterable[AccountFact]) -> Concerned:
    """Reads whose invoices the payments among these facts name; invoices among the facts count as known."""
    of_facts = list(facts)
    payments = [fact for fact in of_facts if isinstance(fact, Payment)]
    if not payments:
        return {}
    told: dict[tuple[str, str], str] = {}
    for fact in of_facts:
        if isinstance(fact, Invoice):
            told.setdefault((fact.tenant, fact.invoice_id), fact.customer_id)
    return {
        (tenant, payment_id): {
            invoice_id: owner if owner is not None else told.get((tenant, invoice_id))
            for invoice_id, owner in owners.items()
        }
        for (tenant, payment_id), owners in (await uow.accounts.named(payments)).items()
    }


async def lock_concerned(uow: UnitOfWork, facts: Sequence[AccountFact]) -> Concerned:
    """Locks those whose invoices the payments among these facts name.

    An invoice and a payment of another customer for it that come at the same moment must not miss each other.
    Whose invoice it is never changes: a payment for invoices that are known as the payer's own concerns nobody else.
    """
    concerned = await find_concerned(uow, facts)
    alone = {
        fact.tenant
        for fact in facts
        if isinstance(fact, Payment)
        and any(owner != fact.customer_id for owner in concerned.get((fact.tenant, fact.payment_id), {}).values())
    }
    await uow.meet({fact.tenant for fact in facts if isinstance(fact, Invoice)} - alone, alone=False)
    if alone:
        await uow.meet(alone, alone=True)
        concerned = await find_concerned(uow, facts)
        await uow.lock_too(customers_of(concerned))
    return concerned


def customers_of(concerned: Concerned) -> set[AccountKey]:
    """All customers whose invoices are named."""
    return {
        (tenant, owner) for (tenant, _), owners in concerned.items() for owner in owners.values() if owner is not None
    }
