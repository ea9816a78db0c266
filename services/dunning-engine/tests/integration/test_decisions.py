"""Facts in, clock forward, events out: what the engine decides, on a real database."""

from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from engine_builders import at
from engine_wire_builders import (
    balance_changed,
    creditor_changed,
    customer_changed,
    eur,
    hold_changed,
    invoice_registered,
    item_overdue,
    item_settled,
    payment_claimed,
    payments_checked,
    promise_made,
    sent,
    suppressed,
    tenant_changed,
)
from structlog.testing import capture_logs

from dunning_engine.telemetry import REFUSED_UNEXPLAINED
from kulant_contracts.case import (
    CaseClosedV1,
    CaseOpenedV1,
    CasePromiseBrokenV1,
    CasePromiseKeptV1,
    CasePromiseMadeV1,
    CaseStageReachedV1,
)
from kulant_contracts.reminder import ReminderRequestedV1, ReminderWithdrawnV1

KNOWN = (tenant_changed(), creditor_changed(), customer_changed())
STEP = at("2026-03-07", 9)


async def rules_of(desk):
    """The rules of the last decision."""
    rows = await desk.rows("SELECT reasons FROM decision ORDER BY decision_id DESC LIMIT 1")
    return [reason["rule"] for row in rows for reason in row.reasons]


async def next_look(desk):
    (row,) = await desk.rows("SELECT next_test_at, next_live_at FROM key_row WHERE key = 'acme/c-1'")
    return row.next_test_at or row.next_live_at


def policy(desk):
    chosen = desk.engine.policies[0]
    return chosen.code, chosen.version


async def requested(desk):
    return await desk.said(ReminderRequestedV1)


@pytest.fixture
async def reminded(desk):
    """One reminder is under way."""
    await desk.tell(*KNOWN, item_overdue())
    await desk.clock(STEP)
    (reminder,) = await requested(desk)
    return reminder


async def test_an_overdue_item_becomes_a_reminder_when_its_stage_begins(desk):
    await desk.tell(*KNOWN, invoice_registered(), item_overdue())
    assert await requested(desk) == []
    assert await next_look(desk) == at("2026-03-07", 8)

    await desk.clock(STEP)

    (reminder,) = await requested(desk)
    (case,) = await desk.said(CaseOpenedV1)
    assert reminder.case_id == case.case_id
    assert (reminder.kind, reminder.stage.code, reminder.stage.number) == ("reminder", "friendly", 1)
    assert (reminder.policy.code, reminder.policy.version) == policy(desk)
    assert [(i.number, i.open, i.days_overdue, i.stage) for i in reminder.items] == [("R-1", eur("119.00"), 5, 1)]
    assert reminder.items_total == reminder.total == eur("119.00")
    assert reminder.deadline_on == date(2026, 3, 16)
    assert (reminder.not_before_at, reminder.not_after_at) == (STEP, at("2026-03-07", 20))
    assert (reminder.channels, reminder.language, reminder.currency) == (("email",), "en", "EUR")
    assert reminder.seen == {"invoice-service": 3, "feedback-service": 0, "notifier": 0}
    assert reminder.next_step.code == "reminder"


async def test_a_message_twice_and_the_topics_read_again_change_nothing(desk):
    told = await desk.tell(*KNOWN, item_overdue())
    await desk.clock(STEP)
    before = await desk.events(), await desk.rows("SELECT count(*) FROM decision")

    await desk.hand_in(told)
    await desk.settle()

    assert (await desk.events(), await desk.rows("SELECT count(*) FROM decision")) == before


async def test_a_fact_that_is_told_again_under_a_new_sequence_changes_nothing(desk, reminded):
    before = await desk.events()

    await desk.tell(item_overdue(), customer_changed())
    await desk.settle()

    assert await desk.events() == before


@pytest.mark.parametrize("seed", range(5))
async def test_shuffled_facts_lead_to_the_same_reminder(desk, seed):
    told = [
        *map(desk.received, KNOWN),
        desk.received(invoice_registered()),
        desk.received(item_overdue()),
        desk.received(balance_changed("60.00")),
        desk.received(hold_changed(scope="item", scope_id="x")),
    ]
    Random(seed).shuffle(told)

    for one in told:
        await desk.hand_in([one])
    await desk.clock(STEP)

    (reminder,) = await requested(desk)
    assert reminder.total == eur("60.00")
    assert reminder.seen["invoice-service"] == 5
    assert len(await desk.said(CaseOpenedV1)) == 1


async def test_an_older_version_that_comes_late_is_not_believed(desk):
    await desk.tell(*KNOWN, item_settled())
    await desk.tell(item_overdue())
    await desk.clock(STEP)

    assert await requested(desk) == []


async def test_a_payment_takes_the_reminder_back_and_closes_the_case(desk, reminded):
    await desk.tell(item_settled())

    (withdrawn,) = await desk.said(ReminderWithdrawnV1)
    (closed,) = await desk.said(CaseClosedV1)
    assert (withdrawn.reminder_id, withdrawn.reason) == (reminded.reminder_id, "settled")
    assert closed.case_id == reminded.case_id
    assert await rules_of(desk) == ["settled"]


async def test_a_payment_of_a_part_asks_anew_for_the_rest_once_the_first_has_ended(desk, reminded):
    await desk.tell(balance_changed("60.00"))
    assert len(await requested(desk)) == 1

    await desk.tell(suppressed(reminded, STEP, "withdrawn"))

    first, second = await requested(desk)
    assert [w.reason for w in await desk.said(ReminderWithdrawnV1)] == ["balance_changed"]
    assert (first.reminder_id != second.reminder_id, second.total) == (True, eur("60.00"))
    assert second.case_id == first.case_id


@pytest.mark.parametrize(
    ("fact", "reason"),
    [
        pytest.param(promise_made(date(2026, 3, 20)), "promised", id="a promise"),
        pytest.param(payment_claimed(), "payment_claimed", id="the word that it was paid"),
        pytest.param(hold_changed(), "held", id="a hold"),
        pytest.param(hold_changed(reason="unread_fact"), "held", id="a fact that the owner could not read"),
    ],
)
async def test_an_answer_or_a_hold_takes_the_reminder_back(desk, reminded, fact, reason):
    await desk.tell(fact)

    assert [w.reason for w in await desk.said(ReminderWithdrawnV1)] == [reason]


async def test_a_promise_rests_the_item_and_is_on_the_record_of_the_case_once(desk, reminded):
    promise = promise_made(date(2026, 3, 18), reminder_id=reminded.reminder_id)
    await desk.tell(promise)
    await desk.tell(suppressed(reminded, STEP, "withdrawn"))

    (noted,) = await desk.said(CasePromiseMadeV1)
    assert (noted.case_id, noted.promise_id, noted.money, noted.on) == (
        reminded.case_id,
        "resp-1",
        eur("119.00"),
        date(2026, 3, 18),
    )
    note = (await requested(desk))[-1]
    assert (note.kind, note.stage.code, note.about.response_id) == ("promise_note", "promise_noted", "resp-1")

    await desk.tell(sent(note, STEP + timedelta(minutes=2)))
    await desk.clock(at("2026-03-21", 12))
    assert len(await requested(desk)) == 2
    assert await desk.said(CasePromiseBrokenV1) == []


async def test_a_broken_promise_is_told_once_payments_are_known_and_goes_on_softly(desk, reminded):
    promise = promise_made(date(2026, 3, 18), reminder_id=reminded.reminder_id)
    await desk.tell(promise, suppressed(reminded, STEP, "withdrawn"))
    note = (await requested(desk))[-1]
    await desk.tell(sent(note, STEP + timedelta(minutes=2)))
    await desk.clock(at("2026-03-24", 12))
    assert await desk.said(CasePromiseBrokenV1) == []

    await desk.tell(payments_checked(at("2026-03-24", 1)))
    await desk.settle()

    (broken,) = await desk.said(CasePromiseBrokenV1)
    assert (broken.promise_id, broken.missing, broken.case_id) == ("resp-1", eur("119.00"), reminded.case_id)
    assert [one.kind for one in await requested(desk)] == ["reminder", "promise_note", "promise_resume"]


async def test_a_kept_promise_is_told_once(desk, reminded):
    await desk.tell(promise_made(date(2026, 3, 18), reminder_id=reminded.reminder_id))
    paid = item_settled()
    await desk.tell(paid)
    await desk.tell(paid)

    (kept,) = await desk.said(CasePromiseKeptV1)
    assert (kept.promise_id, kept.money, kept.case_id) == ("resp-1", eur("119.00"), reminded.case_id)


async def test_a_lifted_hold_lets_things_go_on(desk):
    await desk.tell(*KNOWN, item_overdue(), hold_changed())
    await desk.clock(STEP)
    assert await requested(desk) == []

    await desk.tell(hold_changed(version=2, state="lifted"))

    assert len(await requested(desk)) == 1


async def test_a_delivered_reminder_is_a_stage_reached_and_is_not_repeated(desk, reminded):
    await desk.tell(sent(reminded, STEP + timedelta(minutes=1)))
    await desk.clock(at("2026-04-20", 12))

    (reached,) = await desk.said(CaseStageReachedV1)
    assert (reached.case_id, reached.reminder_id, reached.channel) == (reminded.case_id, reminded.reminder_id, "email")
    assert [(i.invoice_id, i.item_id, i.stage, i.sent_on, i.deadline_on) for i in reached.items] == [
        ("inv-1", "1", 1, date(2026, 3, 7), date(2026, 3, 16))
    ]
    assert len(await requested(desk)) == 1
    assert await next_look(desk) == at("2026-04-21", 8)  # the next stage waits, day by day, for known payments


async def test_a_reminder_that_expired_is_asked_for_anew_in_the_next_window(desk, reminded):
    await desk.clock(at("2026-03-08", 12))
    await desk.tell(suppressed(reminded, at("2026-03-08", 12), "expired"))
    assert len(await requested(desk)) == 1

    await desk.clock(at("2026-03-09", 8))

    first, second = await requested(desk)
    assert second.reminder_id != first.reminder_id
    assert second.deadline_on == date(2026, 3, 16)


async def test_after_a_stale_refusal_it_looks_again_when_it_has_read_as_far(desk, reminded):
    ahead = reminded.seen["invoice-service"] + 1
    await desk.tell(suppressed(reminded, STEP, "stale", seen={"invoice-service": ahead}))
    assert await rules_of(desk) == ["waits_for_facts"]

    await desk.tell(balance_changed("60.00"))

    assert [r.total for r in await requested(desk)] == [eur("119.00"), eur("60.00")]


async def test_a_refusal_that_nothing_explains_holds_the_customer_and_calls_a_person_once(desk, reminded):
    before = REFUSED_UNEXPLAINED._value.get()
    with capture_logs() as logs:
        await desk.tell(suppressed(reminded, STEP, "stale", seen=reminded.seen))
        await desk.clock(at("2026-03-20", 12))
    calls = [entry for entry in logs if entry.get("action") == "decide.refused_unexplained"]
    assert [(entry["customer_id"], entry["reminder_id"]) for entry in calls] == [("c-1", reminded.reminder_id)]
    assert REFUSED_UNEXPLAINED._value.get() == before + 1

    assert len(await requested(desk)) == 1
    assert await rules_of(desk) == ["refused_unexplained"]


async def test_a_missing_fact_holds_the_customer_until_it_comes(desk):
    await desk.tell(*KNOWN)
    missing = desk.received(customer_changed(version=2, language="de"))
    await desk.tell(item_overdue())
    await desk.clock(STEP)
    assert await requested(desk) == []
    assert await rules_of(desk) == ["fact_missing"]

    await desk.hand_in([missing])

    assert [reminder.language for reminder in await requested(desk)] == ["de"]


async def test_a_missing_tenant_wide_fact_holds_all_customers(desk):
    await desk.tell(tenant_changed(), customer_changed(), item_overdue())
    missing = desk.received(creditor_changed())
    await desk.clock(STEP)
    assert await requested(desk) == []

    await desk.hand_in([missing])
    await desk.settle()

    assert len(await requested(desk)) == 1


@pytest.mark.parametrize("with_a_customer", [False, True])
async def test_a_missing_tenant_wide_fact_that_says_nothing_new_lets_all_customers_go_on(desk, with_a_customer):
    await desk.tell(tenant_changed(), customer_changed(), item_overdue())
    missing = desk.received(creditor_changed(version=1))
    await desk.tell(creditor_changed(version=2))
    await desk.clock(STEP)
    assert await rules_of(desk) == ["fact_missing"]

    await desk.hand_in([missing, *([desk.received(customer_changed(version=2))] if with_a_customer else [])])
    await desk.settle()

    assert len(await requested(desk)) == 1


@pytest.mark.parametrize("late", range(3), ids=["tenant", "creditor", "customer"])
async def test_facts_about_tenant_creditor_or_customer_may_come_last(desk, late):
    facts = [tenant_changed(STEP), creditor_changed(), customer_changed()]
    last = facts.pop(late)
    await desk.tell(*facts, item_overdue())
    await desk.settle()
    assert await requested(desk) == []

    await desk.tell(last)
    await desk.settle()

    assert len(await requested(desk)) == 1


async def test_a_tenant_that_moves_takes_its_customers_along(desk):
    """A region with a holiday more, learned before the stage begins."""
    await desk.tell(*KNOWN, item_overdue(due_on=date(2026, 1, 1)))  # its stage begins on 6 January, Epiphany
    first = len(await requested(desk))
    assert first == 1

    await desk.tell(tenant_changed(version=2, settings_version=2, region="BY"))
    assert await desk.due() == 1
    await desk.settle()

    assert await desk.due() == 0
    assert len(await requested(desk)) == first


async def test_a_live_tenant_goes_by_the_wall_clock(desk):
    await desk.tell(tenant_changed(None), creditor_changed(), customer_changed())
    today = datetime.now(UTC).date()
    await desk.tell(item_overdue(due_on=today + timedelta(days=1), state="open"))

    (row,) = await desk.rows("SELECT next_test_at, next_live_at FROM key_row WHERE key = 'acme/c-1'")
    assert row.next_test_at is None
    assert timedelta(days=4) < row.next_live_at - datetime.now(UTC) < timedelta(days=12)


async def test_every_decision_is_on_record_with_facts_rule_and_policy(desk, reminded):
    await desk.tell(item_settled())

    rows = await desk.rows("SELECT * FROM decision ORDER BY decision_id")
    assert [row.outcome for row in rows] == ["note", "remind", "withdraw"]
    asked, taken_back = rows[1:]
    assert (asked.at, asked.causes["types"]) == (STEP, ["clock"])
    assert (asked.policy_code, asked.policy_version) == policy(desk)
    assert asked.effects["requested"] == [reminded.reminder_id]
    assert asked.reasons[0]["sentence"] == "A reminder about invoice R-1, because stage 1 began on 2026-03-07."
    assert asked.facts["items"] == [["inv-1", "1", "overdue", "2026-03-02", 11900, "EUR", 2]]
    assert asked.facts["had"]["invoice-service"] == 2
    assert taken_back.causes["types"] == ["kulant.item.settled.v1"]
    assert taken_back.effects["withdrawn"] == {reminded.reminder_id: "settled"}
    assert "Muster AG" not in str([tuple(row) for row in rows])


async def test_a_step_of_the_clock_that_changes_nothing_is_not_written_down_again(desk, reminded):
    await desk.clock(at("2026-03-08", 12))
    await desk.clock(at("2026-03-09", 12))
    before = await desk.rows("SELECT count(*) FROM decision")

    for day in range(10, 13):
        await desk.clock(at(date(2026, 3, day), 12))

    assert await desk.rows("SELECT count(*) FROM decision") == before
    assert await next_look(desk) > at("2026-03-12", 12)


async def test_many_customers_in_one_batch(desk):
    await desk.tell(tenant_changed(STEP), creditor_changed())
    ids = [f"c-{number}" for number in range(40)]
    facts = [f(customer_id=one) for one in ids for f in (customer_changed, invoice_registered, item_overdue)]

    await desk.tell(*facts)

    assert sorted(reminder.customer_id for reminder in await requested(desk)) == sorted(ids)
