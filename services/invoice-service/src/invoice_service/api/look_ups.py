"""Items, invoices and customers, to be read."""

import base64
import binascii
import json
from typing import Annotated

from fastapi import APIRouter, Query

from invoice_service.api.access import Access
from invoice_service.api.schemas import CustomerResponse, InvoiceResponse, ItemResponse, ItemsResponse
from invoice_service.domain.account import KnownInvoice
from invoice_service.domain.invoice import ItemState
from invoice_service.usecases.show_customer import show_customer
from invoice_service.usecases.show_items import Asked, show_items
from kulant_chassis.auth import Principal
from kulant_chassis.http import require
from kulant_chassis.problem import Problem

Reader = Annotated[Principal, require("reader", "erp")]


def look_ups_router(access: Access) -> APIRouter:
    """The routes that only read. Ids may hold any character, slashes too."""
    router = APIRouter(prefix="/v1", tags=["look-ups"])

    @router.get("/items")
    async def items(
        principal: Reader,
        state: ItemState | None = None,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
        cursor: str | None = None,
    ) -> ItemsResponse:
        """Items of the tenant, perhaps only those in one state, in the order of invoice and item id."""
        asked = Asked(state, _from_cursor(cursor) if cursor else None, limit)
        async with access.database.read() as connection:
            page = await show_items(access.views(connection), principal.tenant, asked)
        return ItemsResponse(
            items=[ItemResponse.of(invoice, standing) for invoice, standing in page.items],
            next=_to_cursor(page.next_after) if page.next_after else None,
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


def _to_cursor(after: tuple[str, str]) -> str:
    return base64.urlsafe_b64encode(json.dumps(after).encode()).decode()


def _from_cursor(cursor: str) -> tuple[str, str]:
    try:
        match json.loads(base64.urlsafe_b64decode(cursor)):
            case [str(invoice_id), str(item_id)] if "\0" not in invoice_id + item_id:
                return invoice_id, item_id
    except (binascii.Error, ValueError):
        pass
    raise Problem(422, "cursor-invalid", "This cursor was not given by this service.")
