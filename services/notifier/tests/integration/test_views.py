"""What the API reads, on the real tables."""

from notifier.store.views import open_views
from notifier.usecases.views import DeliveryFilter

from .conftest import World, numbered, until


async def test_a_sent_reminder_is_seen_with_its_mail_by_its_own_tenant_only(world: World) -> None:
    await world.know(customers=3)
    first, second, third = numbered(3)
    await world.request(first, second, third)
    await world.withdraw(third)
    await world.start()
    await until(world.all_ended)
    async with open_views(world.database)() as views:
        seen = await views.reminder("nordlicht", first.reminder_id)
        assert seen is not None
        assert (seen.reminder, seen.state, seen.deliveries[0].outcome) == (first, "sent", "sent")
        assert seen.deliveries[0].address == "a***@h***.example"
        assert await views.content("nordlicht", first.reminder_id) in world.sink.mails
        assert await views.reminder("other", first.reminder_id) is None
        assert await views.content("other", first.reminder_id) is None
        assert await views.content("nordlicht", third.reminder_id) is None
        taken_back = await views.reminder("nordlicht", third.reminder_id)
        assert taken_back is not None
        assert (taken_back.state, taken_back.withdrawn_because) == ("suppressed", "paid")


async def test_deliveries_are_listed_by_key_and_filtered(world: World) -> None:
    await world.know(customers=5)
    reminders = numbered(5)
    await world.request(*reminders)
    await world.withdraw(reminders[0])
    await world.start()
    await until(world.all_ended)
    async with open_views(world.database)() as views:
        everything = await views.deliveries("nordlicht", DeliveryFilter(), None, 100)
        ids = [one.delivery_id for one in everything]
        assert ids == sorted(ids)
        assert len(ids) == 5
        assert await views.deliveries("nordlicht", DeliveryFilter(), ids[1], 2) == everything[2:4]
        assert await views.deliveries("other", DeliveryFilter(), None, 100) == []
        (suppressed,) = await views.deliveries("nordlicht", DeliveryFilter(outcome="suppressed"), None, 100)
        assert suppressed.reminder_id == reminders[0].reminder_id
        (own,) = await views.deliveries("nordlicht", DeliveryFilter(customer_id="C-1003"), None, 100)
        assert own.customer_id == "C-1003"
