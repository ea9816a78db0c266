from datetime import UTC, date, datetime

import pytest
from invoice_builders import an_account, an_invoice, an_item

from invoice_service.domain.invoice import ItemStanding, ItemState
from invoice_service.usecases.show_aging import show_aging
from invoice_service.usecases.show_items import place_of
from invoice_service.usecases.show_statement import show_statement
from invoice_service.usecases.views import AgingRow, ItemFilter

WALL = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)


class FixedViews:
    """Customers in pages; `None` stands for one that owes nothing."""

    def __init__(self, *customers: str | None, zone: str | None = "Europe/Berlin", now: datetime | None = None) -> None:
        self._customers = customers
        self._zone = zone
        self._now = now
        self.asked: list[date] = []

    async def zone(self, tenant):
        return self._zone

    async def test_now_at(self, tenant):
        return self._now

    async def aging_totals(self, tenant, as_of):
        return [AgingRow(None, "main", "EUR", 1, 2, 3, 4, 5)]

    async def aging(self, tenant, as_of, *, after, limit):
        self.asked.append(as_of)
        start = int(after or 0)
        page = self._customers[start : start + limit]
        rows = [AgingRow(one, "main", "EUR", 1, 0, 0, 0, 0) for one in page if one]
        return rows, str(start + limit) if start + limit < len(self._customers) else None

    async def account(self, tenant, customer_id):
        return an_account(an_invoice()) if customer_id == "c1" else None


async def aging(views, as_of=None, after=None):
    return await show_aging(views, "acme", as_of, wall=WALL, after=after, limit=2)


async def test_pages_follow_one_another_and_only_the_first_has_totals():
    views = FixedViews("a", "b", "c")

    first = await aging(views, date(2026, 1, 1))
    second = await aging(views, date(2026, 1, 1), first.next_after)

    assert ([row.customer_id for row in first.rows], len(first.totals)) == (["a", "b"], 1)
    assert ([row.customer_id for row in second.rows], second.totals, second.next_after) == (["c"], None, None)


async def test_a_page_goes_on_behind_customers_that_owe_nothing():
    page = await aging(FixedViews(None, None, None, "d"), date(2026, 1, 1))

    assert ([row.customer_id for row in page.rows], page.next_after) == (["d"], None)


async def test_without_a_customer_the_page_is_empty():
    page = await aging(FixedViews(), date(2026, 1, 1))

    assert (page.rows, page.next_after) == ((), None)


@pytest.mark.parametrize(
    ("views", "expected"),
    [
        pytest.param(FixedViews(), date(2026, 3, 2), id="the-tenants-zone"),
        pytest.param(FixedViews(zone=None), date(2026, 3, 1), id="no-zone-yet"),
        pytest.param(FixedViews(now=datetime(2027, 1, 1, 12, tzinfo=UTC)), date(2027, 1, 1), id="a-test-clock"),
    ],
)
async def test_without_a_day_it_is_today(views, expected):
    page = await aging(views)

    assert (page.as_of, views.asked) == (expected, [expected])


async def test_a_statement_is_of_a_known_customer():
    (found,) = await show_statement(FixedViews(), "acme", "c1", date(2026, 1, 1), date(2026, 12, 31))

    assert found.closing_minor == 11900
    assert await show_statement(FixedViews(), "acme", "c2", date(2026, 1, 1), date(2026, 12, 31)) is None


@pytest.mark.parametrize(
    ("which", "due_on", "expected"),
    [
        pytest.param(ItemFilter(), date(2026, 1, 1), ("inv-1", "i1"), id="by-id"),
        pytest.param(ItemFilter(overdue_before=WALL.date()), date(2026, 1, 1), ("2026-01-01", "inv-1", "i1"), id="due"),
        pytest.param(ItemFilter(overdue_before=WALL.date()), None, ("inv-1", "i1"), id="without-a-due-date"),
    ],
)
def test_a_place_is_what_the_list_is_sorted_by(which, due_on, expected):
    standing = ItemStanding(an_item(due_on=due_on), 1, ItemState.OVERDUE, None, 1)

    assert place_of(which, an_invoice(), standing) == expected
