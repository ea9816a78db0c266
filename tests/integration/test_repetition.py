"""Say everything once: repeated, shuffled and re-read messages change nothing."""

import random

import asyncpg
import pytest

from kulant_cli.facts import invoice_issued
from kulant_contracts import topics
from kulant_contracts.delivery import DeliverySentV1
from kulant_contracts.invoice import ItemBalanceChangedV1, ItemOverdueV1, ItemSettledV1
from kulant_contracts.reminder import ReminderRequestedV1
from tests.integration.story import BEFORE_REMINDER, REMINDED_AT, Story


async def test_an_unpaid_invoice_is_reminded_of_once_five_days_after_it_was_due(story):
    invoice = await story.one_debt()
    await story.day(REMINDED_AT.replace(day=8, hour=12))
    assert story.letters() == []

    await story.day(REMINDED_AT)

    (letter,) = story.letters()
    assert invoice.number in letter.text
    assert "119.00" in letter.text
    (sent,) = await story.events(DeliverySentV1)
    assert sent.data.deadline_on.isoformat() == "2026-03-16"
    await story.day(REMINDED_AT.replace(day=13))
    assert len(story.letters()) == 1


async def test_a_paid_invoice_is_never_reminded_of(story):
    invoice = await story.one_debt()
    await story.say(story.payment(invoice))

    await story.day(REMINDED_AT)

    assert story.letters() == []
    assert len(await story.events(ItemSettledV1)) == 1


async def test_every_message_twice_changes_nothing(story):
    facts = [story.customer(), *(invoice_issued(story.invoice(f"i{n}")) for n in (1, 2))]
    for fact in facts:
        await story.say(fact, fact)
    part = story.payment(story.invoice("i2"), minor=900)
    await story.settle()
    await story.say(part, part)
    await story.day(BEFORE_REMINDER)
    await story.day(REMINDED_AT)
    await story.say(*facts, part)
    await story.settle()

    (letter,) = story.letters()
    assert "R-i1" in letter.text
    assert "229.00" in letter.text
    (requested,) = await story.events(ReminderRequestedV1)
    assert requested.data.total.amount == "229.00"


@pytest.mark.parametrize("seed", range(3))
async def test_shuffled_facts_give_the_same_state(story, seed):
    invoices = [story.invoice(f"i{number}", minor=10_000 + number) for number in range(5)]
    facts = [story.customer(), *map(invoice_issued, invoices)]
    facts += [story.payment(invoices[0], name="p0"), story.payment(invoices[1], minor=4_000, name="p1")]
    random.Random(seed).shuffle(facts)
    for fact in facts:
        await story.say(fact)

    await story.day(BEFORE_REMINDER)
    await story.day(REMINDED_AT)

    open_amounts = await _latest_open(story)
    assert open_amounts == {"i0": "0.00", "i1": "60.01", "i2": "100.02", "i3": "100.03", "i4": "100.04"}
    (requested,) = await story.events(ReminderRequestedV1)
    assert requested.data.total.amount == "360.10"
    assert len(story.letters()) == 1


async def test_the_topics_read_again_from_their_beginning_send_nothing(story):
    await story.one_debt()
    await story.day(REMINDED_AT)
    await story.listener.catch_up()
    before = len(story.listener.records)
    consumers = ["invoice-service.consume", "dunning-engine.consume", "notifier.api+consume+relay"]
    consumers += ["feedback-service.api+consume"]
    await story.stop(*consumers)
    for url in story.system.info.database_urls.values():
        connection = await asyncpg.connect(url)
        await connection.execute("UPDATE consumer_position SET next_offset = 0")
        await connection.close()

    await story.start(*consumers)
    await story.settle()
    await story.listener.catch_up()

    assert len(story.letters()) == 1
    new = [record.topic for record in story.listener.records[before:]]
    assert [topic for topic in new if topic != topics.ERP] == []


async def _latest_open(story: Story) -> dict[str, str]:
    latest = {}
    for event in await story.events(ItemOverdueV1, ItemBalanceChangedV1, ItemSettledV1):
        known = latest.get(event.data.invoice_id)
        if known is None or known.version < event.data.version:
            latest[event.data.invoice_id] = event.data
    return {invoice_id: data.open.amount for invoice_id, data in latest.items()}
