"""Takes in what an ERP told about the organisation itself and the legal entities that are owed."""

from dataclasses import replace

from invoice_service.domain.errors import FactRefused
from invoice_service.domain.fact import CreditorChanged, TenantChanged
from invoice_service.domain.moment import Moment
from invoice_service.domain.tenant import Creditor, KnownCreditor, KnownTenant, Mode, Tenant
from invoice_service.domain.trail import Trail
from invoice_service.usecases.ports import UnitOfWork


async def record_tenant(uow: UnitOfWork, tenant: Tenant, trail: Trail) -> bool:
    """Applies a tenant's fact; False for one that is not newer. A test clock begins at the first fact's own time.

    Raises FactRefused where a live tenant would become a test one, or the reverse: business time cannot jump.
    """
    known = await uow.tenants.find(tenant.tenant)
    if known is not None and tenant.version <= known.tenant.version:
        return False
    if known is not None and tenant.mode is not known.tenant.mode:
        raise FactRefused("a tenant never changes its mode")
    if known is not None and (tenant.place, tenant.details) == (known.tenant.place, known.tenant.details):
        await uow.tenants.save_tenant(replace(known, tenant=tenant))
        return True
    await _announce_tenant(uow, tenant, known, trail)
    if known is None:
        for creditor in (await uow.tenants.creditors(tenant.tenant)).values():
            await _announce_creditor(uow, creditor, trail)
    return True


async def _announce_tenant(uow: UnitOfWork, tenant: Tenant, known: KnownTenant | None, trail: Trail) -> None:
    test_now_at = await uow.test_now_at(tenant.tenant)
    if tenant.mode is Mode.TEST and test_now_at is None:
        test_now_at = tenant.told_at
    moment = Moment(test_now_at or uow.wall.now, uow.wall.wall_us)
    version = moment.version_after(known.announced_version if known else 0)
    await uow.tenants.save_tenant(KnownTenant(tenant, announced_version=version, settings_version=version))
    await uow.follow_tenant(
        tenant.tenant,
        mode=tenant.mode,
        test_now_at=test_now_at,
        version=version,
        settings_changed=known is None or _moves_days(known.tenant, tenant),
    )
    uow.tell(tenant.tenant, None, TenantChanged(tenant, test_now_at, version, version, moment.now), trail)


def _moves_days(before: Tenant, after: Tenant) -> bool:
    """Whether anything that customers are looked at for became different."""
    return (before.place, before.lead_days) != (after.place, after.lead_days)


async def record_creditor(uow: UnitOfWork, creditor: Creditor, trail: Trail) -> bool:
    """Applies a creditor's fact; False for one that is not newer. Before its tenant is known, it is only kept."""
    known = (await uow.tenants.creditors(creditor.tenant)).get(creditor.creditor_id)
    if known is not None and creditor.version <= known.creditor.version:
        return False
    newer = KnownCreditor(creditor, announced_version=known.announced_version if known else 0)
    if known is not None and replace(creditor, version=known.creditor.version) == known.creditor:
        await uow.tenants.save_creditor(newer)
        return True
    await _announce_creditor(uow, newer, trail)
    if known is None or known.creditor.place != creditor.place:
        await uow.settings_changed(creditor.tenant)
    return True


async def _announce_creditor(uow: UnitOfWork, known: KnownCreditor, trail: Trail) -> None:
    creditor = known.creditor
    moment = await uow.moment(creditor.tenant)
    if moment is not None:
        known = replace(known, announced_version=moment.version_after(known.announced_version))
        uow.tell(creditor.tenant, None, CreditorChanged(creditor, known.announced_version, moment.now), trail)
    await uow.tenants.save_creditor(known)
