"""Reads what one page shows."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from feedback_service.domain.item import Item
from feedback_service.domain.party import BankAccount, Creditor, Customer
from feedback_service.domain.reminder import Origin, Reminder

_REMINDER = text(
    "SELECT reminder_id, tenant, customer_id, creditor_id, case_id, currency, item_ids, invoice_ids, not_before_at,"
    " event_id, correlation_id, traceparent, is_revoked,"
    " (SELECT min(sent_at) FROM message_sent WHERE message_sent.reminder_id = reminder.reminder_id) AS sent_at"
    " FROM reminder WHERE reminder_id = :reminder_id"
)
_CREDITOR = text("SELECT document FROM creditor WHERE tenant = :tenant AND creditor_id = :creditor_id")
_CUSTOMER = text(
    "SELECT tenant, customer_id, version, kind, name, time_zone FROM customer"
    " WHERE tenant = :tenant AND customer_id = :customer_id"
)
_OPEN_ITEMS = text(
    "SELECT tenant, customer_id, item_id, invoice_id, creditor_id, number, issued_on, due_on, currency, amount_minor,"
    " open_minor, state, version, reference, account_id FROM item WHERE tenant = :tenant"
    " AND customer_id = :customer_id AND creditor_id = :creditor_id AND open_minor > 0"
)
_REVOKE = text("UPDATE reminder SET is_revoked = true WHERE reminder_id = :reminder_id")


async def reminder(connection: AsyncConnection, reminder_id: UUID) -> Reminder | None:
    """The reminder of a link, of whichever tenant: the link's signature is the proof."""
    row = (await connection.execute(_REMINDER, {"reminder_id": reminder_id})).mappings().first()
    if row is None:
        return None
    fields: dict[str, Any] = dict(row)
    origin = Origin(fields.pop("event_id"), fields.pop("correlation_id"), fields.pop("traceparent"))
    fields |= {"item_ids": tuple(fields["item_ids"]), "invoice_ids": tuple(fields["invoice_ids"])}
    return Reminder(**fields, origin=origin)


async def creditor(connection: AsyncConnection, tenant: str, creditor_id: str) -> Creditor | None:
    """Who is owed."""
    parameters = {"tenant": tenant, "creditor_id": creditor_id}
    document = (await connection.execute(_CREDITOR, parameters)).scalar_one_or_none()
    if document is None:
        return None
    lists = {
        "address_lines": tuple(document["address_lines"]),
        "directors": tuple(document["directors"]),
        "accounts": tuple(BankAccount(**account) for account in document["accounts"]),
    }
    return Creditor(**(document | lists))


async def customer(connection: AsyncConnection, tenant: str, customer_id: str) -> Customer | None:
    """Who owes."""
    parameters = {"tenant": tenant, "customer_id": customer_id}
    row = (await connection.execute(_CUSTOMER, parameters)).mappings().first()
    return Customer(**row) if row else None


async def open_items(connection: AsyncConnection, tenant: str, customer_id: str, creditor_id: str) -> Sequence[Item]:
    """All items of which something is open."""
    parameters = {"tenant": tenant, "customer_id": customer_id, "creditor_id": creditor_id}
    return [Item(**row) for row in (await connection.execute(_OPEN_ITEMS, parameters)).mappings()]


async def revoke(connection: AsyncConnection, reminder_id: UUID) -> None:
    """End the link of a reminder."""
    await connection.execute(_REVOKE, {"reminder_id": reminder_id})
