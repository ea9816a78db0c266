"""Takes in that an ERP checked its payments up to a moment. What that means is told behind the barrier only."""

from invoice_service.domain.freshness import Check
from invoice_service.usecases.ports import UnitOfWork


async def record_payments_checked(uow: UnitOfWork, check: Check) -> bool:
    """Keeps the check; False for one that is not newer."""
    if check.version <= await uow.freshness.highest(check):
        return False
    await uow.freshness.add(check)
    return True
