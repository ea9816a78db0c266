"""Items, invoices and customers, to be read."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query

from invoice_service.api.access import Access
from invoice_service.api.reports import AgingResponse, StatementResponse
from invoice_service.api.schemas import CustomerResponse, InvoiceResponse, ItemResponse, ItemsResponse
from invoice_service.domain.account import KnownInvoice
from invoice_service.domain.invoice import ItemState
from invoice_service.usecases.show_aging import show_aging
from invoice_service.usecases.show_customer import show_customer
from invoice_service.usecases.show_items import Asked, show_items
from invoice_service.usecases.show_statement import show_statement
from invoice_service.usecases.views import ItemFilter, Place
from kulant_chassis.auth import Principal
from kulant_chassis.http import require
from kulant_chassis.keyset import Cursor, Limit, Name, cursor_of, place_of
from kulant_chassis.problem import Problem
from kulant_contracts.wire import FIRST_DAY, LAST_DAY

Reader = Annotated[Principal, require("reader", "erp")]


def look_ups_router(access: Access) -> APIRouter:
    """The routes that only read. Ids may hold any character, slashes too."""
    router = APIRouter(prefix="/v1", tags=["look-ups"])

    @router.get("/items")
    async def items(
        principal: Reader,
        state: ItemState | None = None,
        customer: Name | None = None,
        creditor: Name | None = None,
        overdue_before: date | None = None,
        limit: Limit = 100,
        cursor: Cursor = None,
    ) -> ItemsResponse:
        """Items of the tenant in the order of invoice and item id; with `overdue_before` the oldest debt first."""
        which = ItemFilter(state, customer, creditor, overdue_before)
        asked = Asked(which, _after(which, cursor), limit)
        async with access.database.read() as connection:
            page = await show_items(access.views(connection), principal.tenant, asked)
        return ItemsResponse(
            items=[ItemResponse.of(invoice, standing) for invoice, standing in page.items],
            next=cursor_of(page.next_after),
        )

    @router.get("/invoices/{invoice_id:path}")
    async def invoice(invoice_id: str, principal: Reader) -> InvoiceResponse:
        """One invoice with its items."""
        _check_id(invoice_id)
        async with access.database.read() as connection:
            known = await access.views(connection).invoice(principal.tenant, invoice_id)
        if known is None:
            raise Problem(404, "unknown", "There is no such invoice.")
        return _invoice_response(known)

    @router.get("/customers/{customer_id:path}/statement")
    async def statement(
        customer_id: str,
        principal: Reader,
        first: Annotated[date, Query(alias="from", description="First day")] = FIRST_DAY,
        last: Annotated[date, Query(alias="to", description="Last day, included")] = LAST_DAY,
    ) -> StatementResponse:
        """The customer's account over a period: opening balance, what moved, closing balance."""
        _check_id(customer_id)
        async with access.database.read() as connection:
            found = await show_statement(access.views(connection), principal.tenant, customer_id, first, last)
        if found is None:
            raise Problem(404, "unknown", "There is no such customer.")
        return StatementResponse.of(customer_id, found)

    @router.get("/aging")
    async def aging(
        principal: Reader,
        as_of: date | None = None,
        limit: Limit = 100,
        cursor: Cursor = None,
    ) -> AgingResponse:
        """How old what is open was on any day (today, unless one is named), by creditor and currency.

        The first page has the sums of all customers; `limit` counts customers.
        """
        after = place_of(cursor, str)
        wall = access.database.clock.now()
        async with access.database.read() as connection:
            views = access.views(connection)
            page = await show_aging(
                views, principal.tenant, as_of, wall=wall, after=after[0] if after else None, limit=limit
            )
        return AgingResponse.of(page, cursor_of([page.next_after] if page.next_after is not None else None))

    @router.get("/customers/{customer_id:path}")
    async def customer(customer_id: str, principal: Reader) -> CustomerResponse:
        """One customer and what it owes, by currency."""
        _check_id(customer_id)
        async with access.database.read() as connection:
            found = await show_customer(access.views(connection), principal.tenant, customer_id)
        if found is None:
            raise Problem(404, "unknown", "There is no such customer.")
        return CustomerResponse.of(*found)

    return router


def _invoice_response(known: KnownInvoice) -> InvoiceResponse:
    told = known.invoice
    return InvoiceResponse(
        invoice_id=told.invoice_id,
        customer_id=told.customer_id,
        creditor_id=told.creditor_id,
        number=told.number,
        issued_on=told.issued_on,
        currency=told.currency,
        version=told.version,
        items=[ItemResponse.of(told, standing) for standing in known.standings.values()],
    )


def _check_id(of_erp: str) -> None:
    """No event can bring an id with control characters, and the database refuses some of them."""
    if not of_erp.isprintable():
        raise Problem(404, "unknown", "There is nothing of this id.")


def _after(which: ItemFilter, cursor: str | None) -> Place | None:
    if not which.is_by_due_date:
        return place_of(cursor, str, str)
    place = place_of(cursor, date, str, str)
    return (place[0].isoformat(), *place[1:]) if place else None
