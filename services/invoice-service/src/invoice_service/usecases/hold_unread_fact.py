"""Holds a customer about whom a fact could not be read: nobody knows whether it said *paid*."""

from invoice_service.domain.hold import UnreadFactHold
from invoice_service.domain.trail import Trail
from invoice_service.usecases.ports import UnitOfWork


async def hold_unread_fact(uow: UnitOfWork, tenant: str, customer_id: str, hold_id: str, trail: Trail) -> None:
    """Sets the hold and tells it; a hold that is set already changes nothing."""
    if await uow.holds.is_set(tenant, customer_id, hold_id):
        return
    moment = await uow.moment(tenant) or uow.wall
    hold = UnreadFactHold(tenant, customer_id, hold_id, moment.version_after(0), moment.now)
    sequence = uow.tell(tenant, customer_id, hold, trail)
    await uow.holds.add(tenant, customer_id, hold_id, version=hold.version, sequence=sequence)
