"""Everything an ERP can say about a customer, on a real PostgreSQL: in any order, and in the contracts' words."""

import random

import pytest
from invoice_wire import (
    balances_stated,
    credit_note_cancelled,
    credit_note_issued,
    creditor_changed,
    customer_changed,
    eur,
    event,
    hold_changed,
    invoice_cancelled,
    invoice_issued,
    item_adjusted,
    payment_received,
    payment_reversed,
    payments_checked,
    tenant_changed,
)

from invoice_service.domain.hold import balance_hold_id
from invoice_service.domain.trail import Trail
from invoice_service.main import unit_of_work
from invoice_service.usecases.resolve_unread_fact import resolve_unread_fact
from kulant_chassis.received import Parked, Poison
from kulant_contracts import topics


def everything() -> list:
    return [
        tenant_changed(),
        creditor_changed(),
        customer_changed(),
        customer_changed("c2"),
        invoice_issued(),
        invoice_issued(version=2, due_on="2026-02-20"),
        invoice_issued("inv-2"),
        invoice_issued("inv-3", customer_id="c2"),
        invoice_cancelled("inv-2"),
        payment_received("p1", amount="100.00"),
        payment_reversed("p1", reason_code="AM04"),
        payment_received("p2", amount="40.00", invoice_id="inv-2"),
        payment_received("p3", amount="30.00", invoice_id="inv-3"),
        payment_reversed("p3"),
        payment_received("p3", amount="50.00", invoice_id="inv-3", version=3),
        payment_received("p4", amount="5.00", invoice_id=None),
        payment_received("p4", amount="7.00", invoice_id=None, version=2, customer_id="c2"),
        credit_note_issued("19.00"),
        credit_note_issued("1.00", "n2", effect="settlement"),
        credit_note_cancelled("n2"),
        item_adjusted("9.00"),
        item_adjusted("-2.00", "a2"),
        hold_changed(),
        hold_changed(version=2, state="lifted"),
        hold_changed("h2", scope="invoice", scope_id="inv-1", money=eur("5.00"), until_on="2026-04-01"),
        balances_stated(("inv-1", "inv-1-1", "77.00")),
        payments_checked(),
        payments_checked("2026-03-02T06:00:00Z", version=2),
    ]


PAID_AND_BACK = '[[null, 1900], ["2026-03-04", 700], ["2026-03-05", 9300], ["2026-03-08", -9300]]'
SAME_FOR_EVERY_ORDER = [
    ("inv-1", "inv-1-1", 9300, "overdue", 2600, PAID_AND_BACK, "p1"),
    ("inv-3", "inv-3-1", 6900, "open", 0, '[["2026-03-05", 5000]]', None),
    ("c1", balance_hold_id(("inv-1", "inv-1-1")), "inv-1-1"),
    ("c1", "h2", "inv-1"),
    ("c1", "main", "EUR", 4000),
    ("c2", "main", "EUR", 700),
    ("main", "", 2),
]


@pytest.mark.parametrize("seed", range(6))
async def test_facts_in_any_order_and_repeated_end_in_the_same_state(desk, seed):
    facts = everything()
    shuffled = facts + random.Random(seed).sample(facts, 8)
    random.Random(seed).shuffle(shuffled)
    size = 1 + seed * 4

    for start in range(0, len(shuffled), size):
        await desk.deliver(*shuffled[start : start + size])
    await desk.let_timers_work()

    assert await desk.whole_state() == SAME_FOR_EVERY_ORDER


async def test_a_payment_that_comes_back_opens_its_item_again(desk):
    terms = {"direct_debit": {"mandate_id": "m1", "collect_on": "2026-03-10"}}
    await desk.deliver(tenant_changed(), customer_changed(), invoice_issued(payment=terms), payment_received())
    await desk.told()

    await desk.deliver(payment_reversed(reason_code="AM04", bank_fee=eur("3.00"), mandate_usable=False))

    (told,) = await desk.told()
    returned = told.data.payment_returned
    assert (told.data.TYPE, told.data.open.amount) == ("kulant.item.balance_changed.v1", "119.00")
    assert (returned.payment_id, returned.is_direct_debit, returned.reason_code) == ("p1", True, "AM04")
    assert (returned.bank_fee.amount, returned.mandate_usable) == ("3.00", False)
    assert told.data.direct_debit.mandate_id == "m1"


async def test_an_item_carries_all_that_was_said_about_it(desk):
    item = {
        "item_id": "one",
        "due_on": "2026-01-01",
        "amount": eur("119.00"),
        "discount": {"until_on": "2025-12-20", "money": eur("2.00")},
        "dunning": {"stage": 2, "last_sent_on": "2026-01-20", "costs_claimed": [eur("5.00")]},
    }
    await desk.deliver(tenant_changed(), invoice_issued(items=[item], opening=True))

    _, registered, overdue = await desk.told()
    for said in (registered.data.items[0], overdue.data):
        assert (said.opening, said.dunning.stage, said.dunning.costs_claimed[0].amount) == (True, 2, "5.00")
        assert said.discount.until_on.isoformat() == "2025-12-20"
        assert said.corrected.amount == "0.00"


@pytest.mark.parametrize(("currency", "amount", "rest"), [("JPY", "119", "19"), ("KWD", "119.500", "19.500")])
async def test_currencies_have_their_own_digits(desk, currency, amount, rest):
    money = {"amount": amount, "currency": currency}
    items = [{"item_id": "i", "due_on": "2026-03-10", "amount": money}]
    await desk.deliver(tenant_changed(), invoice_issued(currency=currency, total=money, items=items))
    paid = {"amount": "100" + amount[3:].replace("5", "0"), "currency": currency}
    given = payment_received().data.model_dump(mode="json") | {
        "money": paid,
        "allocations": [{"invoice_id": "inv-1", "money": paid}],
    }
    await desk.deliver(event(type(payment_received().data).model_validate(given)))

    last = (await desk.told())[-1]
    assert (last.data.open.amount, last.data.open.currency) == (rest, currency)


async def test_a_void_invoice_is_told_with_its_items(desk):
    await desk.deliver(tenant_changed(), invoice_issued(), payment_received(amount="19.00"))
    await desk.told()

    await desk.deliver(invoice_cancelled(reason="twice", replaced_by="inv-9"))

    credit, cancelled = await desk.told()
    assert (cancelled.data.reason, cancelled.data.replaced_by) == ("twice", "inv-9")
    assert [(item.state, item.open.amount) for item in cancelled.data.items] == [("cancelled", "0.00")]
    assert (credit.data.creditor_id, credit.data.money.amount) == ("main", "19.00")


async def test_credit_is_told_whenever_it_changes(desk):
    await desk.deliver(tenant_changed(), invoice_issued(), payment_received(amount="150.00"))
    assert [one.data.money.amount for one in await desk.told() if "credit" in one.envelope.type] == ["31.00"]

    await desk.deliver(payment_received("p2", invoice_id=None, amount="9.00"))
    await desk.deliver(payment_reversed("p2"))
    await desk.deliver(payment_reversed("p1"))

    credit = [one.data for one in await desk.told() if "credit" in one.envelope.type]
    assert [one.money.amount for one in credit] == ["40.00", "31.00", "0.00"]
    assert sorted(one.version for one in credit) == [one.version for one in credit]


async def test_credit_moves_with_a_payment_that_gets_another_payer(desk):
    await desk.deliver(tenant_changed(), payment_received("p", invoice_id=None, amount="9.00"))
    await desk.told()

    await desk.deliver(payment_received("p", invoice_id=None, amount="9.00", customer_id="c2", version=2))

    told = {one.envelope.partitionkey: one.data.money.amount for one in await desk.told()}
    assert told == {"acme/c1": "0.00", "acme/c2": "9.00"}


async def test_a_hold_of_the_erp_is_told_as_it_is(desk):
    await desk.deliver(tenant_changed())
    await desk.told()
    partly = hold_changed(
        scope="item", scope_id="x", invoice_id="i", money=eur("5.00"), until_on="2026-05-01", reason="dispute", note="n"
    )

    await desk.deliver(partly)
    await desk.deliver(hold_changed(version=2, state="lifted"))

    held, lifted = (one.data for one in await desk.told())
    assert (held.state, held.scope, held.scope_id, held.invoice_id) == ("set", "item", "x", "i")
    assert (held.money.amount, held.until_on.isoformat(), held.reason, held.note) == (
        "5.00",
        "2026-05-01",
        "dispute",
        "n",
    )
    assert (lifted.state, lifted.version > held.version) == ("lifted", True)


async def test_a_balance_that_differs_holds_its_item_until_it_agrees(desk):
    await desk.deliver(tenant_changed(), invoice_issued())
    await desk.told()

    await desk.deliver(balances_stated(("inv-1", "inv-1-1", "100.00")))
    await desk.deliver(credit_note_issued("19.00"))

    held, lifted, _ = (one.data for one in await desk.told())
    assert (held.reason, held.scope, held.scope_id, held.invoice_id) == ("balance_differs", "item", "inv-1-1", "inv-1")
    assert (held.state, lifted.state, held.hold_id == lifted.hold_id) == ("set", "lifted", True)


async def test_nobody_else_lifts_kulants_own_holds(desk):
    await desk.deliver(tenant_changed())

    with pytest.raises(Poison):
        await desk.deliver(hold_changed("unread_fact:kulant.erp.v1/0/5", state="lifted", version=9))


async def test_an_unread_fact_is_resolved_once_for_all_whom_it_held(desk):
    await desk.deliver(tenant_changed(), invoice_issued(customer_id="c2"))
    paid = payment_received()
    await desk.park(Parked("acme/c1", "acme", topics.ERP, 0, 5, "refused", paid))
    held = [one.envelope.partitionkey for one in await desk.told() if "hold" in one.envelope.type]
    assert held == ["acme/c1", "acme/c2"]

    for expected in (2, 0):
        async with desk.database.begin() as transaction:
            await transaction.lock(["acme/c1"])
            uow = unit_of_work(transaction)
            assert await resolve_unread_fact(uow, "acme", f"{topics.ERP}/0/5", Trail()) == expected

    assert {(one.envelope.partitionkey, one.data.state) for one in await desk.told()} == {
        ("acme/c1", "lifted"),
        ("acme/c2", "lifted"),
    }
    await desk.park(Parked("acme/c1", "acme", topics.ERP, 0, 5, "refused", paid))
    assert {one.data.state for one in await desk.told()} == {"set"}


async def test_an_unread_reversal_holds_whose_invoice_it_would_open(desk):
    await desk.deliver(tenant_changed(), invoice_issued(customer_id="c2"), payment_received())
    await desk.told()

    await desk.park(Parked("acme/c1", "acme", topics.ERP, 0, 6, "refused", payment_reversed()))

    assert {one.envelope.partitionkey for one in await desk.told()} == {"acme/c1", "acme/c2"}


async def test_lead_days_that_change_have_everybody_looked_at_again(desk):
    await desk.deliver(tenant_changed(), customer_changed(), invoice_issued(due_on="2026-03-04"))
    await desk.told()

    await desk.deliver(tenant_changed(version=2, lead_days=5))
    await desk.let_timers_work()

    assert await desk.types() == ["tenant.changed", "item.due_soon"]
