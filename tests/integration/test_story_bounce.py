"""A message that comes back was never said: the next contact, else a person, and the stage is not used up."""

import asyncio
from datetime import date
from uuid import UUID

from kulant_chassis.tokens import sign
from kulant_cli.bounces import send_back
from kulant_contracts.delivery import DeliveryBouncedV1, DeliveryFailedV1, DeliverySentV1
from tests.integration.erp_words import issued
from tests.integration.story import DUE_ON, Story

FRIENDLY_ON = date(2026, 3, 9)


async def bounce(story: Story, sent: DeliverySentV1, recipient: str) -> None:
    """Let the mail come back to the address that it was sent from."""
    secret = (story.system.servers.state / "secrets" / "page-secret").read_bytes().strip()
    address = f"bounce+{sign(secret, 'bounce', UUID(sent.delivery_id))}@in.kulant.test"
    await asyncio.to_thread(send_back, story.system.info.smtp_address, address, recipient)


async def test_a_bounce_becomes_a_task_and_the_same_stage_is_said_once_there_is_an_address(story):
    await story.say(story.customer(), issued("i1", DUE_ON))
    await story.settle()
    await story.days(FRIENDLY_ON)
    (first,) = await story.events(DeliverySentV1)
    await bounce(story, first.data, story.address())
    await story.wait_for(DeliveryBouncedV1)
    await story.settle()

    await story.days(date(2026, 3, 12))
    failed = await story.events(DeliveryFailedV1)
    assert [event.data.reason for event in failed] == ["no_contact"]
    tasks = await story.ask("notifier", "GET", "/v1/tasks")
    assert [task["kind"] for task in tasks.json()["items"] if task["customer_id"] == "C1"] == ["no_contact"]

    corrected = story.customer().model_copy(update={"version": 2})
    contact = corrected.contacts[0].model_copy(update={"address": f"new.{story.address()}"})
    await story.say(corrected.model_copy(update={"contacts": (contact,)}))
    await story.settle()
    await story.days(date(2026, 3, 14))

    assert [one.code for one in await story.sent()] == ["friendly", "friendly"]
    assert [stage for one in await story.sent() for _, stage in one.stages] == [1, 1]
