"""Never remind someone who has paid or promised: what was acknowledged before the question is in the answer.

Each story is told twice: with the gate nothing leaves; without it, the same story sends a mail that must not be.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date

import pytest

from kulant_cli.facts import invoice_issued
from kulant_contracts.delivery import DeliverySentV1, DeliverySuppressedV1
from kulant_contracts.invoice import ItemBalanceChangedV1, ItemSettledV1
from kulant_contracts.reminder import ReminderRequestedV1, ReminderWithdrawnV1
from tests.faults.broken.scenes import beside
from tests.integration.story import REMINDED_AT, Story, until

SENDER = "notifier.send"
SECOND_REMINDED_AT = REMINDED_AT.replace(day=20)
GATES = pytest.mark.parametrize("has_gate", [True, False], ids=["with the gate", "without the gate"])


@asynccontextmanager
async def sending(story: Story, *, has_gate: bool) -> AsyncIterator[None]:
    """Let the reminders that wait be sent: by the product's sender, or by one whose gate says yes to everything."""
    if has_gate:
        await story.start(SENDER)
        yield
        return
    async with beside(story, SENDER, "gate"):
        yield
    await story.start(SENDER)


@GATES
async def test_a_payment_between_command_and_sending(story, has_gate):
    invoice = await story.one_debt()
    await story.stop(SENDER)
    await story.move(REMINDED_AT)
    await story.wait_for(ReminderRequestedV1)
    # The engine cannot withdraw what it has not heard of: only the gate stands between command and mail now.
    await story.stop("dunning-engine.consume")
    await story.say(story.payment(invoice))
    await story.wait_for(ItemSettledV1)

    async with sending(story, has_gate=has_gate):
        if not has_gate:
            await story.wait_for(DeliverySentV1)
            assert len(story.letters()) == 1
            return
        (suppressed,) = await story.wait_for(DeliverySuppressedV1)
        await story.start("dunning-engine.consume")
        await story.settle()

    assert suppressed.data.reason == "stale"
    assert story.letters() == []
    assert len(await story.events(ReminderRequestedV1)) == 1


@GATES
async def test_a_promise_accepted_by_the_page_while_only_the_relay_behind_it_is_stopped(story, has_gate):
    await story.one_debt()
    await story.day(REMINDED_AT)
    (letter,) = story.letters()
    await story.say(invoice_issued(story.invoice("i2", due_on=date(2026, 3, 15))))
    await story.day(SECOND_REMINDED_AT.replace(hour=5))
    await story.stop(SENDER)
    await story.move(SECOND_REMINDED_AT)
    await story.wait_for(ReminderRequestedV1, count=2)
    await story.stop("feedback-service.relay")
    status = await story.answer(letter, "promise", pay_on="2026-03-25")
    assert status == 200

    async with sending(story, has_gate=has_gate):
        if not has_gate:
            await story.wait_for(DeliverySentV1, count=2)
            assert len(story.letters()) == 2
            await story.start("feedback-service.relay")
            return
        await story.wait_for(DeliverySuppressedV1)
        await story.start("feedback-service.relay")
        await story.settle()

    # What was decided before the promise did not leave; that the promise was understood is said, and nothing else.
    assert [one.code for one in await story.sent()] == ["friendly", "promise_noted"]


@GATES
async def test_a_payment_acknowledged_by_the_broker_while_only_its_reader_is_stopped(story, has_gate):
    invoice = await story.one_debt()
    await story.stop(SENDER)
    await story.move(REMINDED_AT)
    (requested,) = await story.wait_for(ReminderRequestedV1)
    await story.stop("invoice-service.consume")
    await story.say(story.payment(invoice))

    async with sending(story, has_gate=has_gate):
        if not has_gate:
            await story.wait_for(DeliverySentV1)
            assert len(story.letters()) == 1
            await story.start("invoice-service.consume")
            return
        await until(lambda: _is_claimed(story, requested.data.reminder_id))
        assert await story.events(DeliverySentV1, DeliverySuppressedV1) == []
        await story.start("invoice-service.consume")
        await story.wait_for(DeliverySuppressedV1)
        await story.settle()

    assert story.letters() == []


async def test_a_payment_of_a_part_leads_to_a_mail_about_the_rest_alone(story):
    invoice = await story.one_debt()
    await story.stop(SENDER)
    await story.move(REMINDED_AT)
    await story.wait_for(ReminderRequestedV1)
    await story.say(story.payment(invoice, minor=1_900))
    await story.wait_for(ItemBalanceChangedV1)
    await story.start(SENDER)

    await story.settle()

    (letter,) = story.letters()
    assert "100.00" in letter.text
    assert len(await story.events(ReminderRequestedV1)) == 2
    assert len(await story.events(ReminderWithdrawnV1)) == 1


@pytest.mark.parametrize(
    "owner", ["invoice-service.api+relay+timers", "dunning-engine.api+relay+timers", "feedback-service.api+consume"]
)
async def test_while_an_owner_is_away_the_notifier_waits_and_then_goes_on(story, owner):
    await story.one_debt()
    await story.stop(SENDER)
    await story.move(REMINDED_AT)
    (requested,) = await story.wait_for(ReminderRequestedV1)
    await story.stop(owner)
    await story.start(SENDER)

    await until(lambda: _has_waited(story, requested.data.reminder_id))
    assert story.letters() == []
    await story.start(owner)
    await story.settle()

    assert len(story.letters()) == 1
    assert len(await story.events(DeliverySentV1)) == 1


async def _is_claimed(story: Story, reminder_id: str) -> bool:
    return (await story.reminder(reminder_id)).get("state") == "claimed"


async def _has_waited(story: Story, reminder_id: str) -> bool:
    return (await story.reminder(reminder_id)).get("waiting_for") is not None
