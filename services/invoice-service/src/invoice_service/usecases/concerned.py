"""Whom a payment concerns besides its payer: an allocation counts for the invoice that it names, whoever paid."""

from collections.abc import Iterable, Mapping, Sequence

from invoice_service.domain.account import AccountFact
from invoice_service.domain.cancellation import Cancellation, Kind
from invoice_service.domain.invoice import Invoice
from invoice_service.domain.payment import Payment
from invoice_service.usecases.ports import AccountKey, Named, PaymentFact, PaymentKey, UnitOfWork

Concerned = Mapping[PaymentKey, Named]
_NOBODY = Named({})


def as_payment_fact(fact: AccountFact) -> PaymentFact | None:
    """The fact where it is one about a payment."""
    match fact:
        case Payment():
            return fact
        case Cancellation(kind=kind) if kind is not Kind.INVOICE:
            return fact
    return None


async def find_concerned(uow: UnitOfWork, facts: Iterable[AccountFact]) -> Concerned:
    """Reads whom the payments among these facts concern; invoices and payers among the facts count as known."""
    of_facts = list(facts)
    payments = [payment for fact in of_facts if (payment := as_payment_fact(fact)) is not None]
    if not payments:
        return {}
    told: dict[tuple[str, str], str] = {}
    payers: dict[PaymentKey, set[str]] = {}
    for fact in of_facts:
        if isinstance(fact, Invoice):
            told.setdefault((fact.tenant, fact.invoice_id), fact.customer_id)
    for payment in payments:
        payers.setdefault((payment.tenant, payment.name), set()).add(payment.customer_id)
    stored = await uow.accounts.named(payments)
    return {
        (tenant, name): Named(
            {
                invoice_id: owner if owner is not None else told.get((tenant, invoice_id))
                for invoice_id, owner in stored.get((tenant, name), _NOBODY).invoices.items()
            },
            {*stored.get((tenant, name), _NOBODY).payers, *of_name},
        )
        for (tenant, name), of_name in payers.items()
    }


async def lock_concerned(uow: UnitOfWork, facts: Sequence[AccountFact]) -> Concerned:
    """Locks those whom the payments among these facts concern.

    An invoice and a payment of another customer for it that come at the same moment must not miss each other.
    Whose invoice it is never changes: a payment for invoices that are known as the payer's own concerns nobody else.
    """
    concerned = await find_concerned(uow, facts)
    alone = {
        fact.tenant
        for fact in facts
        if (payment := as_payment_fact(fact)) is not None and _concerns_others(payment, concerned)
    }
    await uow.meet({fact.tenant for fact in facts if isinstance(fact, Invoice)} - alone, alone=False)
    if alone:
        await uow.meet(alone, alone=True)
        concerned = await find_concerned(uow, facts)
        await uow.lock_too(customers_of(concerned))
    return concerned


def _concerns_others(fact: PaymentFact, concerned: Concerned) -> bool:
    named = concerned.get((fact.tenant, fact.name), _NOBODY)
    return any(customer_id != fact.customer_id for customer_id in (*named.invoices.values(), *named.payers))


def others_of(fact: PaymentFact, concerned: Concerned) -> set[str]:
    """All who are concerned besides the one that the fact is about."""
    return concerned.get((fact.tenant, fact.name), _NOBODY).customers - {fact.customer_id}


def customers_of(concerned: Concerned) -> set[AccountKey]:
    """All who are known to be concerned."""
    return {(tenant, customer_id) for (tenant, _), named in concerned.items() for customer_id in named.customers}
