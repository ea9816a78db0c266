"""Lists over many items: the last page costs what the first does; statements and agings over HTTP."""

import json
from collections.abc import AsyncIterator, Mapping
from datetime import date
from typing import Any

import pytest
from invoice_desk import Client, Desk, OpenBarrier, app_of, migrate
from invoice_wire import (
    credit_note_issued,
    customer_changed,
    hold_changed,
    invoice_issued,
    payment_received,
    payment_reversed,
    tenant_changed,
)
from sqlalchemy import TextClause, bindparam, text

from invoice_service.api.access import Access
from invoice_service.bus.incoming import describe, to_told
from invoice_service.domain.invoice import ItemState
from invoice_service.main import unit_of_work
from invoice_service.store.invoices import invoices_query
from invoice_service.store.item_pages import items_query
from invoice_service.store.records import RecordStore
from invoice_service.store.views import ViewStore
from invoice_service.usecases.ports import Wanted
from invoice_service.usecases.views import ItemFilter, Place
from kulant_chassis.database import Database

ITEMS = 60_000
PAGE = 6
PAGES = 10_000
_FILL = (
    (
        "INSERT INTO invoice (tenant, invoice_id, customer_id, version, creditor_id, number, issued_on, currency,"
        " items, details, is_announced, is_closed) SELECT 'acme', 'inv-' || lpad(n::text, 8, '0'),"
        " 'c-' || lpad((n / 10)::text, 8, '0'), 1, CASE WHEN n % 7 = 0 THEN 'two' ELSE 'main' END, 'R' || n,"
        " '2026-01-01', 'EUR', '[[\"i\", \"2026-02-01\", 100]]',"
        ' \'{"customer_id": "c", "items": [{"item_id": "i"}]}\', true, false FROM generate_series(1, :items) AS n'
    ),
    (
        "INSERT INTO item (tenant, invoice_id, item_id, customer_id, creditor_id, issued_on, due_on, currency,"
        " amount_minor, open_minor, state, version, sequence) SELECT tenant, invoice_id, 'i', customer_id, creditor_id,"
        " issued_on, date '2026-02-01' - (CAST(substr(invoice_id, 5) AS integer) % 400), currency, 100, 100,"
        " 'overdue', 1, 1 FROM invoice"
    ),
)


async def fill(database: Database, items: int) -> None:
    """Overdue items, one an invoice, ten a customer."""
    async with database.begin() as transaction:
        await transaction.connection.execute(text("SET LOCAL statement_timeout = 0"))
        for statement in _FILL:
            bound = text(statement).bindparams(*([bindparam("items", items)] if ":items" in statement else []))
            await transaction.connection.execute(bound)
    async with database.glance() as connection:
        await connection.execute(text("VACUUM ANALYZE invoice"))
        await connection.execute(text("VACUUM ANALYZE item"))


async def buffers(database: Database, query: TextClause, parameters: Mapping[str, Any]) -> int:
    """Buffers that a statement reads, by EXPLAIN; run once before, so that the catalogue is read already."""
    explained = text(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {query.text}")
    async with database.read() as connection:
        await connection.execute(explained, dict(parameters))
        found = (await connection.execute(explained, dict(parameters))).scalar_one()
    plan = (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]
    return int(plan["Shared Hit Blocks"]) + int(plan["Shared Read Blocks"])


async def page_buffers(database: Database, which: ItemFilter, after: Place | None, page: int) -> int:
    """What a page reads in all: the keys of its items, then their invoices."""
    query, parameters = items_query("acme", which, after, page + 1)
    async with database.read() as connection:
        ids = [row.invoice_id for row in await connection.execute(query, parameters)]
    invoices, asked = invoices_query([Wanted(("acme", ""), ids)])
    return await buffers(database, query, parameters) + await buffers(database, invoices, asked)


@pytest.fixture
async def many(fresh_database) -> AsyncIterator[Desk]:
    database = Database(fresh_database("invoice_service", migrate), source="/kulant/invoice-service")
    await fill(database, ITEMS)
    yield Desk(database)
    await database.close()


OLD_ONES = sum(number % 7 == 0 and number % 400 > 396 for number in range(1, ITEMS + 1))
LAST_PAGE = (f"inv-{ITEMS - PAGE:08}", "i")


LISTS = {
    "all": (ItemFilter(), LAST_PAGE),
    "in a state": (ItemFilter(state=ItemState.OVERDUE), LAST_PAGE),
    "of a creditor": (ItemFilter(creditor_id="main"), LAST_PAGE),
    "the oldest first": (ItemFilter(overdue_before=date(2026, 2, 2)), ("2026-02-01", "inv-00059599", "i")),
}


async def test_page_10000_reads_hardly_more_than_page_1(many):
    for name, (which, after) in LISTS.items():
        first = await page_buffers(many.database, which, None, PAGE)
        last = await page_buffers(many.database, which, after, PAGE)

        assert last <= 1.2 * first, f"{name}: {last} buffers against {first}"

    query, parameters = items_query("acme", ItemFilter(customer_id="c-00004000"), None, 101)
    assert await buffers(many.database, query, parameters) < 60, "the items of one customer"


async def test_all_items_come_once_page_by_page(many):
    access = Access(many.database, unit_of_work, ViewStore, RecordStore, OpenBarrier(), to_told, describe)
    client = Client(app_of(access))
    for asked, expected in (
        ("state=overdue&customer=c-00000007", 10),
        ("overdue_before=2025-01-01&creditor=two", OLD_ONES),
    ):
        seen, cursor = [], ""
        while cursor is not None:
            page = (await client.call("GET", f"/v1/items?{asked}&limit=4{cursor and '&cursor=' + cursor}")).json()
            seen += [(item["due_on"], item["invoice_id"]) for item in page["items"]]
            cursor = page["next"]
        assert len(seen) == len(set(seen)) == expected
        assert seen == sorted(seen) or "customer" in asked


@pytest.mark.parametrize("cursor", ["x", "WyJhIl0=", "WzEsMl0=", "eyJhIjogMX0=", "WyJhXHUwMDAwIiwgImIiXQ=="])
async def test_a_cursor_of_somebody_else_is_refused(client, cursor):
    for path in ("/v1/items", "/v1/items?overdue_before=2026-01-01"):
        joint = "&" if "?" in path else "?"
        answered = await client.call("GET", f"{path}{joint}cursor={cursor}")
        assert answered.status_code == 422


async def life(desk) -> None:
    await desk.deliver(
        tenant_changed(),
        customer_changed(),
        invoice_issued(due_on="2026-02-20"),
        invoice_issued("b", customer_id="c2", due_on="2025-11-01", issued_on="2025-10-01"),
        invoice_issued("later", due_on="2026-04-01"),
        invoice_issued("two", creditor_id="two", due_on=None),
        payment_received("p1", amount="100.00", received_on="2026-03-01"),
        payment_reversed("p1", on="2026-03-10"),
        credit_note_issued("19.00", issued_on="2026-03-20"),
        payment_received("p2", amount="5.00", invoice_id=None, received_on="2026-03-12"),
        hold_changed("h", scope="invoice", scope_id="later"),
    )


async def test_an_aging_tells_how_old_debts_were_on_any_day(desk, client):
    await life(desk)

    async def rows(day: str):
        told = (await client.call("GET", f"/v1/aging?as_of={day}")).json()
        names = ("not_due", "days_1_30", "days_31_60", "days_61_90", "days_over_90", "total")
        shape = lambda row: (row["creditor_id"], *(row[name]["amount"] for name in names))  # noqa: E731
        return [(row["customer_id"], *shape(row)) for row in told["items"]], [shape(row) for row in told["totals"]]

    found, totals = await rows("2026-03-05")
    assert found == [
        ("c1", "main", "119.00", "0.00", "0.00", "0.00", "0.00", "119.00"),
        ("c1", "two", "119.00", "0.00", "0.00", "0.00", "0.00", "119.00"),
        ("c2", "main", "0.00", "0.00", "0.00", "0.00", "119.00", "119.00"),
    ]
    assert totals == [
        ("main", "119.00", "0.00", "0.00", "0.00", "119.00", "238.00"),
        ("two", "119.00", "0.00", "0.00", "0.00", "0.00", "119.00"),
    ]
    returned, _ = await rows("2026-03-25")
    assert returned[0] == ("c1", "main", "119.00", "0.00", "100.00", "0.00", "0.00", "219.00")
    before, _ = await rows("2025-11-01")
    assert before == [("c2", "main", "119.00", "0.00", "0.00", "0.00", "0.00", "119.00")]
    assert await rows("2025-09-01") == ([], [])


async def test_an_aging_has_pages_and_totals_once(desk, client):
    await life(desk)

    first = (await client.call("GET", "/v1/aging?limit=1")).json()
    second = (await client.call("GET", f"/v1/aging?limit=1&cursor={first['next']}")).json()

    assert first["as_of"] == "2026-03-01"
    assert {row["customer_id"] for row in first["items"]} == {"c1"}
    assert [row["customer_id"] for row in second["items"]] == ["c2"]
    assert (second["totals"], second["next"]) == (None, None)


async def test_a_statement_runs_from_balance_to_balance(desk, client):
    await life(desk)

    path = "/v1/customers/c1/statement?from=2026-03-01&to=2026-03-11"
    told = (await client.call("GET", path)).json()

    main = told["accounts"][0]
    assert (main["creditor_id"], main["opening"]["amount"], main["closing"]["amount"]) == ("main", "238.00", "238.00")
    assert [(one["kind"], one["money"]["amount"], one["balance"]["amount"]) for one in main["movements"]] == [
        ("payment", "-100.00", "138.00"),
        ("payment_returned", "100.00", "238.00"),
    ]
    assert (await client.call("GET", "/v1/customers/nobody/statement")).status_code == 404
    whole = (await client.call("GET", "/v1/customers/c1/statement")).json()
    assert whole["accounts"][0]["closing"]["amount"] == "214.00"


async def test_a_customer_is_shown_with_credits_and_holds(desk, client):
    await life(desk)

    shown = (await client.call("GET", "/v1/customers/c1")).json()

    assert shown["credits"] == [{"creditor_id": "main", "money": {"amount": "5.00", "currency": "EUR"}}]
    assert [(hold["hold_id"], hold["scope"], hold["scope_id"], hold["reason"]) for hold in shown["holds"]] == [
        ("h", "invoice", "later", "legal")
    ]
    item = (await client.call("GET", "/v1/invoices/inv-1")).json()["items"][0]
    assert (item["payment_returned_on"], item["corrected"]["amount"]) == ("2026-03-10", "19.00")
