"""Tells up to which moment no payment can be missing, once all that was acknowledged before is read."""

from collections.abc import Sequence

from invoice_service.domain.freshness import Check, KnownFreshness, PaymentsChecked, least_over_accounts, names_of
from invoice_service.domain.trail import Trail
from invoice_service.usecases.ports import UnitOfWork


async def tell_freshness(uow: UnitOfWork, tenant: str, checks: Sequence[Check]) -> None:
    """Counts checks that have passed the barrier; each creditor's freshness is told where it became another one.

    A tenant that is not known yet keeps its checks for later.
    """
    moment = await uow.moment(tenant)
    if moment is None:
        return
    await uow.freshness.pass_checks(checks)
    creditors = await uow.tenants.creditors(tenant)
    published = await uow.freshness.published(tenant)
    for creditor_id, passed in sorted((await uow.freshness.passed(tenant)).items()):
        known = creditors.get(creditor_id)
        accounts = known.creditor.details.get("bank_accounts", ()) if known else ()
        seen_until_at = least_over_accounts(passed, [names_of(account) for account in accounts])
        before = published.get(creditor_id)
        if seen_until_at is None or (before is not None and before.seen_until_at == seen_until_at):
            continue
        newer = KnownFreshness(seen_until_at, moment.version_after(before.version if before else 0))
        uow.tell(tenant, None, PaymentsChecked(creditor_id, seen_until_at, newer.version, moment.now), Trail())
        await uow.freshness.save_published(tenant, creditor_id, newer)
