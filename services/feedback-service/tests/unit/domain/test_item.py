from datetime import date, timedelta

import pytest
from feedback_builders import TODAY, a_debt, an_item

from feedback_service.domain.item import debts


def numbers(items, reminded=frozenset()):
    return [item.number for debt in debts(items, frozenset(reminded), TODAY) for item in debt.items]


@pytest.mark.parametrize(
    ("changes", "is_owed"),
    [
        pytest.param({}, True, id="overdue"),
        pytest.param({"due_on": TODAY, "state": "due"}, True, id="due today"),
        pytest.param({"due_on": TODAY + timedelta(days=1), "state": "open"}, False, id="due tomorrow"),
        pytest.param({"due_on": None, "state": "open"}, False, id="not due yet"),
        pytest.param({"open_minor": 0, "state": "settled"}, False, id="settled"),
        pytest.param({"state": "cancelled"}, False, id="cancelled"),
        pytest.param({"open_minor": 0}, False, id="nothing open"),
    ],
)
def test_what_is_due_and_open_is_owed(changes, is_owed):
    assert bool(numbers([an_item(**changes)])) is is_owed


def test_what_the_message_named_is_owed_also_before_its_day():
    item = an_item(due_on=TODAY + timedelta(days=3), state="open")

    assert numbers([item], {item.key}) == [item.number]


def test_the_oldest_stands_first():
    items = [an_item("B", due_on=date(2026, 5, 2)), an_item("C", due_on=date(2026, 5, 2)), an_item("A")]

    assert numbers(items) == ["B", "C", "A"]


def test_each_currency_is_a_debt_of_its_own():
    owed = debts([an_item("A", 100), an_item("B", 200, currency="CHF"), an_item("C", 300)], frozenset(), TODAY)

    assert [(debt.currency, debt.total_minor) for debt in owed] == [("CHF", 200), ("EUR", 400)]


@pytest.mark.parametrize(
    ("items", "reference"),
    [
        pytest.param([an_item("RE-1")], "RE-1", id="the number"),
        pytest.param([an_item("RE-1", reference="RF18539007547034")], "RF18539007547034", id="its own reference"),
        pytest.param([an_item("RE-1", reference="A"), an_item("RE-2", reference="B")], "RE-1, RE-2", id="the numbers"),
        pytest.param([an_item("RE-1", item_id="i1"), an_item("RE-1", item_id="i2")], "RE-1", id="two items of one"),
        pytest.param(
            [an_item(f"RE-2026-{number:06}") for number in range(20)], "Customer c-1, 20 invoices", id="too many"
        ),
    ],
)
def test_the_reference_fits_into_a_transfer(items, reference):
    assert a_debt(*items).reference == reference
