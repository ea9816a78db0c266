"""An operator ends a link."""

from uuid import UUID

from feedback_service.domain.errors import ReminderUnknown
from feedback_service.usecases.ports import RevocationStore


async def revoke_page(store: RevocationStore, tenant: str, reminder_id: UUID) -> None:
    """End the link of one of the tenant's reminders; ending it again changes nothing.

    Raises ReminderUnknown.
    """
    reminder = await store.reminder(reminder_id)
    if reminder is None or reminder.tenant != tenant:
        raise ReminderUnknown
    await store.lock(tenant, reminder.customer_id)
    await store.revoke(reminder_id)
