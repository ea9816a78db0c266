from uuid import UUID

import pytest
from feedback_builders import REMINDER_ID
from feedback_memory import Memory

from feedback_service.domain.errors import ReminderUnknown
from feedback_service.usecases.revoke_page import revoke_page


async def test_a_link_is_ended_under_the_customers_lock():
    store = Memory()

    await revoke_page(store, "acme", REMINDER_ID)

    assert store.revoked == [REMINDER_ID]
    assert store.locked == [("acme", "c-1")]


@pytest.mark.parametrize(("tenant", "reminder_id"), [("other", REMINDER_ID), ("acme", UUID(int=1))])
async def test_another_tenants_reminder_is_as_unknown_as_none(tenant, reminder_id):
    store = Memory()

    with pytest.raises(ReminderUnknown):
        await revoke_page(store, tenant, reminder_id)
    assert store.revoked == []
