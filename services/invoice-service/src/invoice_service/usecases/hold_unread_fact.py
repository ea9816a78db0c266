"""Holds a customer about whom a fact could not be read: nobody knows whether it said *paid*."""

from invoice_service.domain.hold import HoldChanged, KnownHold, unread_fact_hold
from invoice_service.domain.trail import Trail
from invoice_service.usecases.ports import UnitOfWork


async def hold_unread_fact(uow: UnitOfWork, tenant: str, customer_id: str, place: str, trail: Trail) -> None:
    """Sets the hold for the fact at this place (topic/partition/offset); one that is set already changes nothing."""
    hold = unread_fact_hold(tenant, customer_id, place, is_set=True)
    found = [known for known in await uow.holds.find(tenant, hold.hold_id) if known.hold.customer_id == customer_id]
    before = found[0] if found else KnownHold(hold)
    if before.is_announced and before.hold.is_set:
        return
    await tell_unread(uow, KnownHold(hold, announced_version=before.announced_version), trail)


async def tell_unread(uow: UnitOfWork, known: KnownHold, trail: Trail) -> None:
    """Publishes and keeps a hold for an unread fact as it is now."""
    tenant, customer_id = known.hold.tenant, known.hold.customer_id
    moment = await uow.moment(tenant) or uow.wall
    version = moment.version_after(known.announced_version)
    sequence = uow.tell(tenant, customer_id, HoldChanged(known.hold, version, moment.now), trail)
    await uow.holds.save(KnownHold(known.hold, is_announced=True, announced_version=version, sequence=sequence))
