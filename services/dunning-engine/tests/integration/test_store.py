"""What the engine's memory keeps, what a decision loads of it, and who is looked at again."""

from datetime import date, timedelta

import pytest
from engine_builders import at
from engine_wire_builders import (
    balance_changed,
    creditor_changed,
    customer_changed,
    disputed,
    eur,
    hold_changed,
    item_overdue,
    item_settled,
    payments_checked,
    promise_made,
    sent,
    tenant_changed,
)

from dunning_engine.main import work_of
from dunning_engine.store.marks import WOKEN
from dunning_engine.usecases.asked import HoldAsked, Whose
from dunning_engine.usecases.set_hold import set_hold
from kulant_chassis.timers import count_due
from kulant_contracts.case import CaseDisputedV1, CaseHeldV1, CasePromiseMadeV1, CaseResumedV1, CaseStageReachedV1
from kulant_contracts.invoice import CreditChangedV1, CustomerErasedV1
from kulant_contracts.reminder import ReminderRequestedV1, ReminderWithdrawnV1

STEP = at("2026-03-09", 9)
PAYMENTS = at("2026-03-09", 1)


async def known(desk, now=STEP, key="acme/c-1"):
    async with desk.database.begin() as transaction:
        await transaction.lock([key])
        return (await work_of(transaction).load([key], now))[key]


async def overdue(desk, *others, now=STEP):
    await desk.tell(tenant_changed(now), creditor_changed(), customer_changed(), item_overdue(), *others)


async def asked(desk):
    return (await desk.said(ReminderRequestedV1))[-1]


async def test_what_was_told_comes_back_as_it_was(desk):
    fact = item_overdue(
        direct_debit={"mandate_id": "m-1", "collect_on": date(2026, 3, 4)},
        payment_returned={"payment_id": "p-1", "on": date(2026, 3, 5), "is_direct_debit": True},
        dunning={"stage": 2, "deadline_on": date(2026, 2, 8)},
        opening=True,
    )
    credit = CreditChangedV1(version=1, customer_id="c-1", creditor_id="main", money=eur("5.00"))
    await desk.tell(tenant_changed(), creditor_changed(), customer_changed(profile={"segment": "A"}), fact, credit)
    await desk.tell(payments_checked(PAYMENTS), hold_changed(money=eur("10.00")), disputed(money=eur("1.00")))

    found = await known(desk)

    (item,) = found.facts.items
    assert (item.direct_debit_on, item.returned.on, item.prior.deadline_on, item.is_opening) == (
        date(2026, 3, 4),
        date(2026, 3, 5),
        date(2026, 2, 8),
        True,
    )
    assert found.customer.profile == {"segment": "A"}
    assert found.facts.creditors["main"].payments_known_until == PAYMENTS
    assert [(c.amount_minor, c.currency) for c in found.facts.credits] == [(500, "EUR")]
    assert [(h.amount_minor, h.currency, h.is_set) for h in found.facts.holds] == [(1000, "EUR", True)]
    assert [(d.amount_minor, d.reason) for d in found.facts.disputes] == [(100, "defective")]


async def test_the_history_of_what_is_settled_stays_where_it_is(desk):
    await overdue(desk)
    reminder = await asked(desk)
    await desk.tell(sent(reminder, STEP + timedelta(minutes=5)))
    await desk.tell(item_settled(), item_overdue(item_id="2", invoice_id="inv-2", number="R-2"))
    later = STEP + timedelta(days=40)

    recent, settled = await known(desk), await known(desk, later)
    await desk.tell(balance_changed("119.00", version=9))
    reopened = await known(desk, later)

    of_first = ("inv-1", "1")
    assert any(of_first in [i.key for i in r.items] for r in recent.facts.reminders)
    assert not any(of_first in [i.key for i in r.items] for r in settled.facts.reminders)
    assert any(of_first in [i.key for i in r.items] for r in reopened.facts.reminders)


async def test_a_message_under_way_is_loaded_however_long_ago(desk):
    await overdue(desk)
    await desk.tell(item_settled())

    assert len((await known(desk, STEP + timedelta(days=90))).facts.reminders) == 1


async def test_a_stage_goes_on_record_however_late_the_word_comes(desk):
    await overdue(desk)
    reminder = await asked(desk)
    await desk.tell(item_settled())
    later = STEP + timedelta(days=60)

    await desk.tell(tenant_changed(later, version=2))
    await desk.tell(sent(reminder, STEP + timedelta(minutes=5)))
    await desk.tell(sent(reminder, STEP + timedelta(minutes=5)))

    assert [reached.reminder_id for reached in await desk.said(CaseStageReachedV1)] == [reminder.reminder_id]


async def woken(desk):
    async with desk.database.begin() as transaction:
        return await count_due(transaction.connection, transaction.started_at, WOKEN)


async def test_payments_wake_only_those_who_wait_for_them(desk):
    await overdue(desk, customer_changed(customer_id="c-2"), item_overdue(customer_id="c-2"))
    await desk.tell(promise_made(date(2026, 3, 20)))
    await desk.settle()

    await desk.tell(payments_checked(PAYMENTS))

    assert await woken(desk) == 1
    await desk.settle()
    assert await woken(desk) == 0


async def test_the_same_word_about_payments_wakes_nobody(desk):
    await overdue(desk)
    await desk.tell(promise_made(date(2026, 3, 20)), payments_checked(PAYMENTS))
    await desk.settle()

    await desk.tell(payments_checked(PAYMENTS, version=2))

    assert await woken(desk) == 0


async def test_who_does_not_wait_any_more_is_not_woken(desk):
    await overdue(desk)
    await desk.tell(promise_made(date(2026, 3, 20)))
    await desk.settle()
    await desk.tell(item_settled())

    await desk.tell(payments_checked(PAYMENTS))

    assert await woken(desk) == 0


@pytest.mark.parametrize("is_turned", [False, True])
async def test_a_hold_is_told_once_each_time_that_it_is_set(desk, is_turned):
    await overdue(desk)
    facts = [hold_changed(version=1), hold_changed(version=2, state="lifted")]

    if is_turned:
        await desk.tell(facts[1])
        await desk.tell(facts[0])
    else:
        for fact in facts:
            await desk.tell(fact)
            await desk.tell(fact)
    await desk.tell(hold_changed(version=3))

    expected = 1 if is_turned else 2
    assert len(await desk.said(CaseHeldV1)) == expected
    assert len(await desk.said(CaseResumedV1)) == expected - 1


async def test_a_promise_is_told_once_in_whatever_order_facts_come(desk):
    await desk.tell(promise_made(date(2026, 3, 20)))
    await overdue(desk)
    await desk.tell(promise_made(date(2026, 3, 20)))

    assert [made.promise_id for made in await desk.said(CasePromiseMadeV1)] == ["resp-1"]


async def test_a_forgotten_customer_is_left_alone_and_leaves_nothing_personal(desk):
    await overdue(desk)
    reminder = await asked(desk)
    await desk.tell(hold_changed(state="lifted"))

    await desk.tell(CustomerErasedV1(version=5, customer_id="c-1", erased_on=date(2026, 3, 9)))

    assert [one.reminder_id for one in await desk.said(ReminderWithdrawnV1)] == [reminder.reminder_id]
    (row,) = await desk.rows("SELECT profile, consented_at FROM customer")
    assert (row.profile, row.consented_at) == ({}, {})
    (notes,) = await desk.rows("SELECT count(note) AS kept FROM hold")
    assert notes.kept == 0


@pytest.mark.parametrize("is_early", [True, False])
async def test_a_dispute_is_told_once_whenever_it_comes_and_however_often(desk, is_early):
    word = disputed(money=eur("50.00"), item_id="1", invoice_id="inv-1")
    if is_early:
        await desk.tell(word)
    await overdue(desk)
    await desk.tell(word)
    await desk.tell(word)

    assert [(said.dispute_id, said.money) for said in await desk.said(CaseDisputedV1)] == [("resp-3", eur("50.00"))]


async def test_a_write_that_was_killed_half_way_leaves_nothing_behind(desk):
    await overdue(desk)
    whose, before = Whose("acme/c-1", "acme"), await desk.events()

    async def dies():
        async with desk.database.begin() as transaction:
            await transaction.lock(["acme/c-1"])
            await set_hold(work_of(transaction), desk.engine, whose, HoldAsked("customer", "manual"))
            raise ConnectionError

    with pytest.raises(ConnectionError):
        await dies()

    assert await desk.events() == before
    assert (await known(desk)).facts.holds == ()


async def test_a_tenant_whose_clock_comes_in_between_is_not_decided_by_the_wall_clock(desk):
    await desk.tell(creditor_changed(), customer_changed(), item_overdue())
    async with desk.database.begin() as transaction:
        await transaction.lock(["acme/c-1"])
        work = work_of(transaction)
        now = await work.now("acme")  # the wall clock's: the tenant is not known yet
        await desk.tell(tenant_changed(at("2026-03-03", 9)))

        found = (await work.load(["acme/c-1"], now))["acme/c-1"]

    assert found.facts.tenant is None
