from datetime import date

import pytest
from invoice_builders import a_payment, an_account, an_allocation, an_invoice, an_item, noon, reckoned

from invoice_service.domain.balance import Balance, balances
from invoice_service.domain.clearance import AskedItem, CustomerRecord, ItemRecord, Question, Staleness
from invoice_service.domain.invoice import Item, ItemStanding, ItemState
from invoice_service.domain.money import Money
from invoice_service.usecases.answer_clearances import answer_clearances
from invoice_service.usecases.show_customer import show_customer
from invoice_service.usecases.show_items import Asked, show_items
from invoice_service.usecases.views import ItemFilter

TEN, NINE = Money(1000, "EUR"), Money(900, "EUR")


class FixedRecords:
    def __init__(self, **records: CustomerRecord) -> None:
        self._records = records

    async def find(self, tenant, questions):
        return self._records


def a_record(*, sequence: int = 5, own_sequence: int = 1, **items: list[ItemRecord]) -> CustomerRecord:
    return CustomerRecord(sequence, is_known=True, own_sequence=own_sequence, items=items)


@pytest.mark.parametrize(
    ("record", "items", "seen", "expected"),
    [
        pytest.param(a_record(a=[ItemRecord(TEN, 2)]), [("a", TEN)], 5, None, id="clear"),
        pytest.param(a_record(a=[ItemRecord(TEN, 2)]), [("a", TEN)], 2, None, id="later-events-were-about-others"),
        pytest.param(a_record(), [], 1, None, id="a-reminder-without-items"),
        pytest.param(a_record(), [], 6, Staleness.SEEN_AHEAD, id="seen-what-was-never-told"),
        pytest.param(a_record(own_sequence=4), [], 3, Staleness.CUSTOMER_CHANGED, id="customer-changed"),
        pytest.param(a_record(), [("a", TEN)], 5, Staleness.ITEM_UNKNOWN, id="unknown-item"),
        pytest.param(a_record(a=[ItemRecord(TEN, 5)]), [("a", TEN)], 4, Staleness.ITEM_CHANGED, id="item-changed"),
        pytest.param(a_record(a=[ItemRecord(NINE, 2)]), [("a", TEN)], 5, Staleness.BALANCE_DIFFERS, id="balance"),
        pytest.param(
            a_record(a=[ItemRecord(Money(1000, "USD"), 2)]), [("a", TEN)], 5, Staleness.BALANCE_DIFFERS, id="currency"
        ),
        pytest.param(
            a_record(a=[ItemRecord(NINE, 2), ItemRecord(TEN, 3)]), [("a", TEN)], 5, None, id="one-id-in-two-invoices"
        ),
        pytest.param(
            a_record(a=[ItemRecord(TEN, 2), ItemRecord(NINE, 5)]),
            [("a", TEN)],
            4,
            Staleness.ITEM_CHANGED,
            id="one-id-in-two-invoices-and-either-changed",
        ),
    ],
)
async def test_the_gate_compares_with_what_was_seen(record, items, seen, expected):
    question = Question("r", "c", tuple(AskedItem(item_id, money) for item_id, money in items), seen)

    (answer,) = await answer_clearances(FixedRecords(c=record), "acme", [question])

    assert (answer.stale_because, answer.sequence) == (expected, 5)


async def test_about_an_unknown_customer_every_reminder_is_stale():
    (answer,) = await answer_clearances(FixedRecords(), "acme", [Question("r", "c", (), 0)])

    assert (answer.stale_because, answer.sequence) == (Staleness.CUSTOMER_UNKNOWN, 0)


class FixedViews:
    def __init__(self, count: int = 0, account=None) -> None:
        self._count = count
        self._account = account

    async def items(self, tenant, which, *, after, limit):
        numbers = range(int(after[1]) + 1 if after else 0, self._count)
        standing = [ItemStanding(Item(str(number), None, 1), 1, ItemState.OPEN, None, 1) for number in numbers]
        return [(an_invoice(), one) for one in standing][:limit]

    async def account(self, tenant, customer_id):
        return self._account


@pytest.mark.parametrize(("count", "pages"), [(0, [0]), (2, [2]), (3, [2, 1]), (4, [2, 2])])
async def test_pages_follow_one_another_without_gap_or_repetition(count, pages):
    found, after, seen = [], None, []
    while True:
        page = await show_items(FixedViews(count), "acme", Asked(ItemFilter(), after, 2))
        found.append(len(page.items))
        seen += [standing.item.item_id for _, standing in page.items]
        after = page.next_after
        if after is None:
            break

    assert found == pages
    assert seen == [str(number) for number in range(count)]


async def test_nothing_is_shown_about_an_unknown_customer():
    assert await show_customer(FixedViews(), "acme", "c1") is None


async def test_a_balance_adds_up_by_currency_and_what_the_erp_allocated_is_no_credit():
    account = an_account(
        an_invoice("late", items=[an_item(amount_minor=100, due_on=date(2026, 1, 1))]),
        an_invoice("early", items=[an_item(amount_minor=50)]),
        an_invoice("dollars", currency="USD", items=[an_item(amount_minor=7)]),
        a_payment(an_allocation(130, invoice_id="late", item_id=None), payment_id="too-much"),
        a_payment(an_allocation(20, invoice_id="unheard"), payment_id="early-bird"),
        a_payment(an_allocation(5, invoice_id="early", is_for_cost=True), payment_id="cost"),
        a_payment(an_allocation(3, invoice_id="dollars"), payment_id="wrong-currency"),
    )

    _, balance = await show_customer(
        FixedViews(account=reckoned(account, noon(date(2026, 2, 1))).account), "acme", "c1"
    )

    assert balance == {"EUR": Balance(50, 0, 30), "USD": Balance(7, 0, 0)}


def test_an_overdue_item_is_part_of_what_is_open():
    account = reckoned(an_account(an_invoice()), noon(date(2026, 12, 1))).account

    assert balances(account) == {"EUR": Balance(11900, 11900, 0)}


@pytest.mark.parametrize(
    ("invoice_id", "expected"),
    [
        pytest.param("inv-1", None, id="the-one-that-did-not-change"),
        pytest.param("inv-2", Staleness.ITEM_CHANGED, id="the-one-that-changed"),
        pytest.param("inv-3", Staleness.ITEM_UNKNOWN, id="of-another-invoice"),
        pytest.param(None, Staleness.ITEM_CHANGED, id="whichever"),
    ],
)
async def test_an_item_is_looked_up_by_its_invoice_where_that_is_given(invoice_id, expected):
    record = a_record(a=[ItemRecord(TEN, 2, "inv-1"), ItemRecord(TEN, 5, "inv-2")])
    question = Question("r", "c", (AskedItem("a", TEN, invoice_id),), seen=4)

    (answer,) = await answer_clearances(FixedRecords(c=record), "acme", [question])

    assert answer.stale_because == expected


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        pytest.param(a_record(own_sequence=5, a=[ItemRecord(NINE, 5)]), None, id="all-changed"),
        pytest.param(CustomerRecord(), Staleness.CUSTOMER_UNKNOWN, id="a-stranger"),
        pytest.param(a_record(sequence=2), Staleness.SEEN_AHEAD, id="a-restored-database"),
    ],
)
async def test_what_demands_nothing_leaves_whatever_changed(record, expected):
    question = Question("r", "c", (AskedItem("a", TEN),), seen=3, demands=False)

    (answer,) = await answer_clearances(FixedRecords(c=record), "acme", [question])

    assert answer.stale_because == expected


@pytest.mark.parametrize(
    ("refusal_sequence", "expected"),
    [
        pytest.param(4, Staleness.CUSTOMER_CHANGED, id="after-the-decision"),
        pytest.param(3, None, id="the-decision-knew"),
    ],
)
async def test_what_demands_nothing_leaves_only_if_its_decision_knew_the_consent_taken_back(refusal_sequence, expected):
    record = CustomerRecord(5, is_known=True, own_sequence=5, refusal_sequence=refusal_sequence)
    question = Question("r", "c", (), seen=3, demands=False)

    (answer,) = await answer_clearances(FixedRecords(c=record), "acme", [question])

    assert answer.stale_because == expected
