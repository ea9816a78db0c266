"""A whole ladder, day by day: every stage in its turn, after an outage too, and as the old system left it."""

from datetime import UTC, date, datetime, timedelta

from kulant_cli import fiction
from kulant_cli.facts import creditor_changed
from kulant_contracts.case import CaseStageReachedV1
from kulant_contracts.terms import PriorDunning
from tests.integration.erp_words import checked, creditor, issued, paid
from tests.integration.story import DUE_ON, MONDAY

LADDER = [
    (date(2026, 3, 9), "friendly"),  # due on 4 March, five days later
    (date(2026, 3, 19), "reminder"),  # deadline of 16 March plus three working days
    (date(2026, 4, 1), "firm"),  # 28 days after the due date
    (date(2026, 4, 15), "last"),  # 42 days after it; Easter lies in between
]


async def test_an_invoice_that_nobody_pays_climbs_the_whole_ladder_and_no_further(story):
    await story.say(story.customer(), issued("i1", DUE_ON))
    await story.settle()

    await story.days(date(2026, 4, 30))

    assert [one.said for one in await story.sent()] == LADDER
    reached = [event.data for event in await story.events(CaseStageReachedV1)]
    assert [item.stage for one in reached for item in one.items] == [1, 2, 3, 4]
    deadlines = [one.deadline_on for one in await story.sent()]
    assert deadlines == [date(2026, 3, 16), date(2026, 3, 26), date(2026, 4, 8), date(2026, 4, 22)]


async def test_without_word_of_the_bank_nothing_above_the_friendly_stage_is_said(story):
    await story.say(story.customer(), issued("i1", DUE_ON))
    await story.settle()
    story.creditors = []  # the ERP never says that payments are known

    await story.days(date(2026, 3, 25))
    before = [one.said for one in await story.sent()]
    story.creditors = ["main"]
    await story.days(date(2026, 3, 27))

    assert before == LADDER[:1]
    assert [code for _, code in [one.said for one in await story.sent()]] == ["friendly", "reminder"]


async def test_after_an_outage_of_thirty_days_one_message_at_the_next_stage(story):
    await story.say(story.customer(), issued("i1", DUE_ON))
    await story.settle()
    await story.days(date(2026, 3, 10))

    back_at = datetime(2026, 4, 10, 9, tzinfo=UTC)
    await story.move(back_at)  # nothing ran in between
    await story.say(checked(back_at - timedelta(hours=10)))
    await story.settle()
    await story.days(date(2026, 4, 24))

    said = [one.said for one in await story.sent()]
    assert [code for _, code in said] == ["friendly", "reminder", "firm"]
    assert date(2026, 4, 10) <= said[1][0] <= date(2026, 4, 11)
    assert said[2][0] == date(2026, 4, 22)  # the deadline of the second plus three working days


async def test_fifty_invoices_of_two_currencies_and_two_creditors_are_three_messages_on_three_days(story):
    other = creditor("other", "Zweitbeispiel GmbH", creditor_changed(fiction.CREDITOR))
    story.creditors = ["main", "other"]
    cases = [("EUR", "main"), ("CHF", "main"), ("EUR", "other")]
    invoices = [
        issued(f"i{number}", DUE_ON, currency=cases[number % 3][0], creditor_id=cases[number % 3][1])
        for number in range(50)
    ]
    await story.say(other, story.customer(), *invoices)
    await story.settle()

    await story.days(date(2026, 3, 14))

    sent = await story.sent()
    assert sorted(one.on for one in sent) == [date(2026, 3, 9), date(2026, 3, 10), date(2026, 3, 11)]
    assert {(one.currency, one.creditor_id) for one in sent} == set(cases)
    named = [invoice_id for one in sent for invoice_id in one.invoices]
    assert sorted(named) == sorted(f"i{number}" for number in range(50))
    assert all(one.code == "friendly" for one in sent)


async def test_an_opening_balance_of_a_hundred_items_goes_on_where_the_old_system_stood(story):
    customers = [story.customer(number) for number in range(1, 6)]
    old_stage = {f"i{number}": number % 4 for number in range(100)}
    invoices = [
        issued(
            invoice_id,
            date(2026, 1, 7),
            customer_id=f"C{1 + index % 5}",
            dunning=PriorDunning(stage=stage, last_sent_on=date(2026, 2, 16), deadline_on=date(2026, 2, 23))
            if stage
            else None,
        )
        for index, (invoice_id, stage) in enumerate(old_stage.items())
    ]
    await story.say(*customers, *invoices, checked(MONDAY))
    await story.settle()

    await story.days(date(2026, 3, 13))

    first: dict[str, int] = {}
    for one in await story.sent():
        for invoice_id, stage in one.stages:
            first.setdefault(invoice_id, stage)
    assert first == {invoice_id: stage + 1 for invoice_id, stage in old_stage.items()}


async def test_an_erp_that_resends_everything_changes_nothing(story):
    facts = [story.customer(), issued("i1", DUE_ON), issued("i2", date(2026, 3, 6), minor=5_000)]
    facts.append(paid("p1", "i2", date(2026, 3, 7), 2_000))
    await story.say(*facts)
    await story.settle()
    await story.days(date(2026, 3, 20))
    before = [event.envelope.id for event in await story.all_events()]

    await story.say(*reversed(facts))
    await story.settle()

    assert [event.envelope.id for event in await story.all_events()] == before
