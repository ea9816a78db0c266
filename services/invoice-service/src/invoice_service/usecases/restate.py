"""Tells current state again, in the same versions, so that a new or lost projection elsewhere fills."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from invoice_service.domain.account import Account, KnownInvoice
from invoice_service.domain.credit import CreditChanged
from invoice_service.domain.fact import (
    CreditorChanged,
    CustomerChanged,
    CustomerFact,
    Fact,
    InvoiceCancelled,
    InvoiceRegistered,
    TenantChanged,
)
from invoice_service.domain.freshness import PaymentsChecked
from invoice_service.domain.hold import HoldChanged
from invoice_service.domain.moment import Moment
from invoice_service.domain.money import Money
from invoice_service.domain.trail import Trail
from invoice_service.usecases.ports import UnitOfWork

CUSTOMERS_AT_ONCE = 50


async def restate(uow: UnitOfWork) -> bool:
    """Does a part of the oldest order and notes how far it got; False where there is none left to do.

    What is tenant-wide comes first. Nothing is decided anew: sequences of the last events about customers and items
    stay, so that no reminder becomes stale by it.
    """
    order = await uow.restatements.next()
    if order is None:
        return False
    is_first = order.after_customer_id is None
    if order.customer_id is not None:
        customers: Sequence[str] = [order.customer_id]
    else:
        customers = await uow.restatements.customers(order, CUSTOMERS_AT_ONCE)
    await uow.lock(order.tenant, customers, with_tenant=is_first)
    moment = await uow.moment(order.tenant)
    if moment is not None:
        if is_first:
            _tell(uow, order.tenant, None, await _about_tenant(uow, order.tenant, moment))
        for account in await uow.accounts.load_whole([(order.tenant, customer_id) for customer_id in customers]):
            _tell(uow, order.tenant, account.customer_id, list(_about_customer(account, moment)))
    is_done = order.customer_id is not None or len(customers) < CUSTOMERS_AT_ONCE
    last = customers[-1] if customers else order.after_customer_id
    await uow.restatements.save(replace(order, after_customer_id=last, is_done=is_done))
    return True


def _tell(uow: UnitOfWork, tenant: str, customer_id: str | None, facts: Sequence[Fact]) -> None:
    baseline = uow.told_upto(tenant, customer_id)
    for fact in facts:
        uow.tell(tenant, customer_id, fact, Trail(), baseline=baseline)


async def _about_tenant(uow: UnitOfWork, tenant: str, moment: Moment) -> list[Fact]:
    known = await uow.tenants.find(tenant)
    if known is None:
        return []
    test_now_at = await uow.test_now_at(tenant)
    settings_version = known.settings_version
    facts: list[Fact] = [
        TenantChanged(known.tenant, test_now_at, known.announced_version, settings_version, moment.now)
    ]
    for _, creditor in sorted((await uow.tenants.creditors(tenant)).items()):
        if creditor.announced_version:
            facts.append(CreditorChanged(creditor.creditor, creditor.announced_version, moment.now))
    for creditor_id, fresh in sorted((await uow.freshness.published(tenant)).items()):
        facts.append(PaymentsChecked(creditor_id, fresh.seen_until_at, fresh.version, moment.now))
    return facts


def _about_customer(account: Account, moment: Moment) -> Iterator[CustomerFact]:
    """All that was told about a customer, as it stands; what was never announced is not told here either."""
    known = account.customer
    if known is not None and known.announced_place is not None and known.is_announced:
        yield CustomerChanged(known.customer, known.announced_place, known.announced_version, moment.now)
    for _, held in sorted(account.holds.items()):
        if held.is_announced:
            yield HoldChanged(held.hold, held.announced_version, moment.now)
    for (creditor_id, currency), credit in sorted(account.credits.items()):
        money = Money(credit.amount_minor, currency)
        yield CreditChanged(account.customer_id, creditor_id, money, credit.version, moment.now)
    for _, invoice in sorted(account.invoices.items()):
        if invoice.is_announced:
            yield _invoice(account, invoice, moment)


def _invoice(account: Account, known: KnownInvoice, moment: Moment) -> InvoiceRegistered | InvoiceCancelled:
    version = max((standing.version for standing in known.standings.values()), default=moment.wall_us)
    cancellation = account.cancelled_by(known.invoice)
    if cancellation is not None:
        return InvoiceCancelled(known.invoice, cancellation, known.standings, version, moment.now)
    return InvoiceRegistered(known.invoice, known.standings, version, moment.now)
