from datetime import date

import pytest
from invoice_builders import a_payment, an_allocation, an_invoice, an_item

from invoice_service.domain.payment import Booked
from invoice_service.domain.spreading import spread_payments

TWO_ITEMS = [
    an_item("a", due_on=date(2026, 3, 1), amount_minor=100),
    an_item("b", due_on=date(2026, 4, 1), amount_minor=50),
]


@pytest.mark.parametrize(
    ("allocations", "expected", "excess"),
    [
        pytest.param([], (100, 50), 0, id="nothing-paid"),
        pytest.param([an_allocation(40, item_id="b")], (100, 10), 0, id="the-named-item"),
        pytest.param([an_allocation(120, item_id=None)], (0, 30), 0, id="the-invoice-alone-closes-what-is-due-first"),
        pytest.param([an_allocation(20, item_id="gone")], (80, 50), 0, id="an-item-that-the-invoice-does-not-have"),
        pytest.param([an_allocation(130, item_id="a")], (0, 50), 30, id="too-much-for-the-item-is-credit"),
        pytest.param([an_allocation(170, item_id=None)], (0, 0), 20, id="too-much-for-the-invoice-is-credit"),
        pytest.param([an_allocation(98, item_id="a", deducted_minor=2)], (0, 50), 0, id="a-discount-closes-too"),
        pytest.param([an_allocation(40, item_id="a", is_for_cost=True)], (100, 50), 0, id="a-cost-is-no-item"),
        pytest.param([an_allocation(40, item_id="a", currency="USD")], (100, 50), 0, id="another-currency"),
        pytest.param([an_allocation(40, item_id="a", invoice_id="other")], (100, 50), 0, id="another-invoice"),
        pytest.param([an_allocation(100, item_id="a"), an_allocation(-30, item_id="a")], (30, 50), 0, id="taken-back"),
    ],
)
def test_payments_close_items(allocations: list, expected: tuple[int, int], excess: int) -> None:
    spread = spread_payments(an_invoice(items=TWO_ITEMS), [Booked(a_payment(*allocations))])

    assert (spread.items["a"].open_minor, spread.items["b"].open_minor) == expected
    assert spread.excess_minor == excess


def test_a_negative_item_closes_what_is_due_first() -> None:
    invoice = an_invoice(items=[*TWO_ITEMS, an_item("rebate", amount_minor=-20)])

    spread = spread_payments(invoice, [])

    assert [spread.items[name].open_minor for name in ("a", "b", "rebate")] == [80, 50, 0]


def test_the_last_payment_that_counted_gives_the_day() -> None:
    early = a_payment(an_allocation(60, item_id="a"), payment_id="p1", received_on=date(2026, 3, 1))
    closing = a_payment(an_allocation(40, item_id="a"), payment_id="p2", received_on=date(2026, 3, 5))
    too_much = a_payment(an_allocation(10, item_id="a"), payment_id="p3", received_on=date(2026, 3, 9))

    spread = spread_payments(an_invoice(items=TWO_ITEMS), [Booked(too_much), Booked(closing), Booked(early)])

    assert spread.items["a"].last_paid_on == date(2026, 3, 5)
    assert spread.excess_minor == 10
