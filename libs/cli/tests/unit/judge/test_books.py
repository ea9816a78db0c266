"""The judge's books: one case per kind of fact, in every order."""

from datetime import UTC, date, datetime, timedelta
from itertools import permutations

import pytest

from kulant_cli.facts import invoice_issued, payment_received
from kulant_cli.judge.books import Books, Said
from kulant_contracts.envelope import Envelope, Event
from kulant_contracts.erp import Allocation, ErpInvoiceIssuedV1, ErpPaymentReceivedV1
from kulant_contracts.erp_changes import (
    ErpCreditNoteCancelledV1,
    ErpCreditNoteIssuedV1,
    ErpHoldChangedV1,
    ErpInvoiceCancelledV1,
    ErpItemAdjustedV1,
    ErpPaymentReversedV1,
    ErpPaymentsCheckedV1,
)
from kulant_contracts.money import Money
from libs.cli.tests.judge_builders import INVOICE, WALL, payment

AT = datetime(2026, 3, 20, 4, tzinfo=UTC)
ON = date(2026, 3, 20)
KEY = (INVOICE.invoice_id, INVOICE.item_id)
WHOLE = INVOICE.amount_minor


def euro(minor):
    return Money.from_minor(minor, "EUR")


def allocated(minor, **more):
    return (Allocation.model_validate({"invoice_id": KEY[0], "money": euro(minor), **more}),)


def adjusted(minor, **more):
    about = {"customer_id": "C1", "adjustment_id": "a1", "invoice_id": KEY[0], "on": ON, "kind": "write_off"}
    return ErpItemAdjustedV1.model_validate({**about, "money": euro(minor), **more})


def credited(minor, **more):
    about = {"customer_id": "C1", "credit_note_id": "n1", "issued_on": ON, "money": euro(minor)}
    return ErpCreditNoteIssuedV1.model_validate({**about, "allocations": allocated(minor), **more})


def paid(minor, name="p1", **more):
    about = {"customer_id": "C1", "payment_id": name, "received_on": ON, "money": euro(minor)}
    return ErpPaymentReceivedV1.model_validate({**about, "allocations": allocated(minor, item_id=KEY[1]), **more})


PAID = payment_received(payment(amount_minor=1_000)).data
BACK = ErpPaymentReversedV1(customer_id="C1", payment_id=PAID.payment_id, reversed_on=ON)
VOID = ErpCreditNoteCancelledV1(customer_id="C1", credit_note_id="n1", cancelled_on=ON)
CANCELLED = ErpInvoiceCancelledV1(customer_id="C1", invoice_id=KEY[0], cancelled_on=ON)
BY_ANOTHER = paid(400, customer_id="C2")


def books(*facts, minutes=1):
    said = []
    for number, data in enumerate(facts):
        at = AT + timedelta(minutes=number * minutes)
        envelope = Envelope(id=f"f{number}", source="/erp", type=data.TYPE, time=at, tenantid="t")
        said.append(Said(Event(envelope, data), WALL, WALL))
    return Books(said)


@pytest.mark.parametrize(
    ("facts", "left"),
    [
        pytest.param([], WHOLE, id="nothing paid"),
        pytest.param([PAID], WHOLE - 1_000, id="paid in part"),
        pytest.param([paid(WHOLE)], 0, id="paid"),
        pytest.param([paid(WHOLE, money=euro(WHOLE + 5)), paid(300, "p2")], 0, id="paid more than owed"),
        pytest.param([PAID, BACK], WHOLE, id="paid and came back"),
        pytest.param([BY_ANOTHER], WHOLE - 400, id="paid by another customer"),
        pytest.param([paid(700, allocations=allocated(700, cost_id="k1"))], WHOLE, id="paid for a cost"),
        pytest.param(
            [paid(900, allocations=allocated(900, deduction={"money": euro(100), "reason": "discount"}))],
            WHOLE - 1_000,
            id="with a discount taken",
        ),
        pytest.param([credited(500)], WHOLE - 500, id="credited"),
        pytest.param([credited(500), VOID], WHOLE, id="credited and void"),
        pytest.param([adjusted(250)], WHOLE - 250, id="written off in part"),
        pytest.param([adjusted(-250)], WHOLE + 250, id="raised"),
        pytest.param([adjusted(-250, item_id=KEY[1]), PAID], WHOLE - 750, id="an item raised and paid in part"),
        pytest.param([PAID, CANCELLED], 0, id="cancelled"),
    ],
)
def test_what_is_open_follows_from_the_facts_in_every_order(facts, left):
    for order in permutations([invoice_issued(INVOICE), *facts]):
        told = books(*order)
        assert told.open_minor(told.items[KEY]) == left


def test_a_later_version_replaces_the_allocations():
    elsewhere = Allocation(invoice_id="I9", item_id="I9-1", money=euro(400))
    told = books(invoice_issued(INVOICE), paid(400, version=1), paid(400, version=2, allocations=(elsewhere,)))
    assert told.open_minor(told.items[KEY]) == WHOLE


def test_a_payment_that_names_no_item_goes_to_the_first_due():
    told = invoice_issued(INVOICE).model_dump(mode="json", exclude_none=True)
    half = euro(WHOLE // 2).model_dump()
    told["items"] = [
        {"item_id": "late", "due_on": "2026-05-01", "amount": half},
        {"item_id": "soon", "due_on": "2026-04-01", "amount": half},
    ]
    with_two = books(
        ErpInvoiceIssuedV1.model_validate(told), paid(WHOLE // 2 + 1, allocations=allocated(WHOLE // 2 + 1))
    )
    left = {key[1]: with_two.open_minor(item) for key, item in with_two.items.items()}
    assert left == {"soon": 0, "late": WHOLE // 2 - 1}


def test_facts_on_their_way_may_count_and_acknowledged_ones_must():
    said = [*books(invoice_issued(INVOICE))._said, Said(books(PAID)._said[0].event, WALL, WALL + timedelta(seconds=9))]
    told, asked_at = Books(said), WALL + timedelta(seconds=5)
    assert told.possible_open(KEY, asked_at, asked_at) == {WHOLE, WHOLE - 1_000}
    late = WALL + timedelta(seconds=10)
    assert told.possible_open(KEY, late, late) == {WHOLE - 1_000}


def test_money_that_is_booked_on_nothing_is_the_customers_credit():
    told = books(paid(400, money=euro(1_000)), credited(300, allocations=()))
    assert told.unallocated_minor("C1", "EUR", AT + timedelta(hours=1)) == 900
    assert told.unallocated_minor("C1", "CHF", AT + timedelta(hours=1)) == 0


def test_payments_are_known_as_far_as_the_least_of_the_accounts():
    def checked(account, hour):
        return ErpPaymentsCheckedV1(source_account=account, seen_until_at=datetime(2026, 3, 19, hour, tzinfo=UTC))

    told = books(checked("a", 8), checked("b", 6), checked("b", 9))
    until = [told.payments_known_until("main", AT + timedelta(minutes=number)) for number in (-1, 0, 1, 2)]
    assert [at and at.hour for at in until] == [None, 8, 6, 8]


@pytest.mark.parametrize(("state", "count"), [("set", 1), ("lifted", 0)])
def test_the_newest_word_about_a_hold_counts(state, count):
    def hold(version, state):
        return ErpHoldChangedV1(
            customer_id="C1", hold_id="h1", state=state, scope="customer", reason="legal", version=version
        )

    told = books(hold(2, state), hold(1, "set"))
    asked_at = WALL + timedelta(seconds=1)
    assert len(told.holds("C1", asked_at, asked_at)) == count
