"""Lifts the holds for a fact that could not be read, once it was replayed or discarded."""

from dataclasses import replace

from invoice_service.domain.hold import UNREAD_FACT
from invoice_service.domain.trail import Trail
from invoice_service.usecases.hold_unread_fact import tell_unread
from invoice_service.usecases.ports import UnitOfWork


async def resolve_unread_fact(uow: UnitOfWork, tenant: str, place: str, trail: Trail) -> int:
    """Lifts what the fact at this place (topic/partition/offset) holds; returns how many customers that were.

    Locks these customers, waiting only briefly. Doing it again changes nothing.
    """
    hold_id = f"{UNREAD_FACT}:{place}"
    is_set = [known for known in await uow.holds.find(tenant, hold_id) if known.hold.is_set]
    if not is_set:
        return 0
    await uow.lock_too([(tenant, known.hold.customer_id) for known in is_set])
    lifted = 0
    for known in await uow.holds.find(tenant, hold_id):
        if known.hold.is_set:
            await tell_unread(uow, replace(known, hold=replace(known.hold, is_set=False)), trail)
            lifted += 1
    return lifted
