"""Lets time pass for a tenant in test mode."""

from dataclasses import replace
from datetime import datetime

from invoice_service.domain.errors import ClockOnlyMovesForward, NoTestClock
from invoice_service.domain.fact import TenantChanged
from invoice_service.domain.moment import Moment
from invoice_service.domain.tenant import Mode
from invoice_service.domain.trail import Trail
from invoice_service.usecases.ports import UnitOfWork


async def move_test_clock(uow: UnitOfWork, tenant: str, now_at: datetime, trail: Trail) -> None:
    """Moves the clock forward and tells everybody; the instant at which it stands already changes nothing.

    Raises NoTestClock for an unknown or live tenant, ClockOnlyMovesForward for an earlier instant.
    """
    known = await uow.tenants.find(tenant)
    stands_at = await uow.test_now_at(tenant)
    if known is None or stands_at is None:
        raise NoTestClock
    if now_at < stands_at:
        raise ClockOnlyMovesForward
    if now_at == stands_at:
        return
    version = Moment(now_at, uow.wall.wall_us).version_after(known.announced_version)
    await uow.tenants.save_tenant(replace(known, announced_version=version))
    await uow.follow_tenant(tenant, mode=Mode.TEST, test_now_at=now_at, version=version, settings_changed=False)
    uow.tell(tenant, None, TenantChanged(known.tenant, now_at, version, known.settings_version, now_at), trail)
