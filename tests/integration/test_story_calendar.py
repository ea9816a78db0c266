"""Where the customer lives decides when: holidays of one region, both changes of the clocks, corrected due dates."""

from datetime import UTC, date, datetime

import pytest

from kulant_cli import fiction
from kulant_contracts.invoice import ItemRescheduledV1
from tests.integration.erp_words import issued

BAVARIA, BERLIN = fiction.PLACES[1], fiction.PLACES[3]


async def test_a_holiday_of_one_region_moves_the_message_there_and_nowhere_else(story):
    """Corpus Christi, Thursday 4 June 2026: a holiday in Bavaria, none in Berlin."""
    await story.say(
        story.customer(1, place=BAVARIA),
        story.customer(2, place=BERLIN),
        issued("i1", date(2026, 5, 30), customer_id="C1"),
        issued("i2", date(2026, 5, 30), customer_id="C2"),
    )
    await story.settle()
    await story.day(datetime(2026, 6, 3, 9, tzinfo=UTC))

    await story.days(date(2026, 6, 6))

    assert {one.customer_id: one.on for one in await story.sent()} == {"C1": date(2026, 6, 5), "C2": date(2026, 6, 4)}


@pytest.mark.parametrize(
    ("due_on", "opens_at"),
    [
        pytest.param(date(2026, 3, 22), datetime(2026, 3, 27, 7, tzinfo=UTC), id="Friday before summer time"),
        pytest.param(date(2026, 3, 24), datetime(2026, 3, 30, 6, tzinfo=UTC), id="Monday after its Sunday"),
        pytest.param(date(2026, 10, 18), datetime(2026, 10, 23, 6, tzinfo=UTC), id="Friday before winter time"),
        pytest.param(date(2026, 10, 20), datetime(2026, 10, 26, 7, tzinfo=UTC), id="Monday after that Sunday"),
    ],
)
async def test_messages_leave_from_eight_on_by_the_customers_own_clock(story, due_on, opens_at):
    await story.say(story.customer(1, place=BERLIN), issued("i1", due_on))
    await story.settle()
    await story.day(datetime(due_on.year, due_on.month, due_on.day, 12, tzinfo=UTC))
    await story.day(opens_at.replace(hour=opens_at.hour - 1, minute=59))
    assert await story.sent() == []

    await story.day(opens_at)

    assert [one.code for one in await story.sent()] == ["friendly"]


async def test_a_clerk_corrects_a_due_date_after_an_extension(story):
    await story.say(story.customer(), issued("i1", date(2026, 3, 4)))
    await story.settle()
    await story.days(date(2026, 3, 12))

    await story.say(issued("i1", date(2026, 4, 30), version=2))  # extended to the end of April
    await story.settle()
    await story.days(date(2026, 3, 24))
    assert [one.code for one in await story.sent()] == ["friendly"]

    await story.say(issued("i1", date(2026, 3, 20), version=3))  # no: only to 20 March
    await story.settle()
    await story.days(date(2026, 4, 10))

    said = [one.said for one in await story.sent()]
    rescheduled = [event.data.due_on for event in await story.events(ItemRescheduledV1)]
    assert rescheduled == [date(2026, 4, 30), date(2026, 3, 20)]
    assert [code for _, code in said] == ["friendly", "reminder"]
    assert said[1][0] == date(2026, 4, 4)  # 14 days after the due date is Good Friday
