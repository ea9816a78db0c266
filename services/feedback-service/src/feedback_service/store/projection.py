"""Keeps what other services said, in bulk: one statement for each kind of fact in a batch."""

import json
from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from feedback_service.domain.fact import MessageSent, PromiseTakenUp
from feedback_service.domain.item import Item
from feedback_service.domain.party import Creditor, Customer
from feedback_service.domain.reminder import Reminder

_ITEM_COLUMNS = {
    "tenant": "text", "customer_id": "text", "item_id": "text", "invoice_id": "text", "creditor_id": "text",
    "number": "text", "issued_on": "date", "due_on": "date", "currency": "text", "amount_minor": "bigint",
    "open_minor": "bigint", "state": "text", "version": "bigint", "reference": "text", "account_id": "text",
}  # fmt: skip
_CUSTOMER_COLUMNS = {
    "tenant": "text", "customer_id": "text", "version": "bigint", "kind": "text", "name": "text", "time_zone": "text",
}  # fmt: skip
_CREDITOR_COLUMNS = {"tenant": "text", "creditor_id": "text", "version": "bigint", "document": "jsonb"}
_REMINDER_COLUMNS = {
    "reminder_id": "uuid", "tenant": "text", "customer_id": "text", "creditor_id": "text", "case_id": "text",
    "currency": "text", "item_ids": "jsonb", "invoice_ids": "jsonb", "not_before_at": "timestamptz",
    "event_id": "text", "correlation_id": "text", "traceparent": "text",
}  # fmt: skip
_MESSAGE_COLUMNS = {"tenant": "text", "delivery_id": "text", "reminder_id": "uuid", "sent_at": "timestamptz"}


def _rows(columns: dict[str, str]) -> str:
    """`unnest(...) AS row(...)`: one array for each column. Documents travel as text."""
    arrays = ", ".join(f"CAST(:{name} AS {'text' if kind == 'jsonb' else kind}[])" for name, kind in columns.items())
    return f"unnest({arrays}) AS row({', '.join(columns)})"


def _upsert(table: str, columns: dict[str, str], key: tuple[str, ...]) -> str:
    values = ", ".join(f"CAST({name} AS jsonb)" if kind == "jsonb" else name for name, kind in columns.items())
    changes = ", ".join(f"{name} = excluded.{name}" for name in columns if name not in key)
    return (
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {_rows(columns)}"  # noqa: S608 -- constants
        f" ON CONFLICT ({', '.join(key)}) DO UPDATE SET {changes} WHERE {table}.version < excluded.version"
    )


_SAVE_ITEMS = text(_upsert("item", _ITEM_COLUMNS, ("tenant", "customer_id", "invoice_id", "item_id")))
_SAVE_CUSTOMERS = text(_upsert("customer", _CUSTOMER_COLUMNS, ("tenant", "customer_id")))
_SAVE_CREDITORS = text(_upsert("creditor", _CREDITOR_COLUMNS, ("tenant", "creditor_id")))
_SAVE_REMINDERS = text(
    f"INSERT INTO reminder ({', '.join(_REMINDER_COLUMNS)})"  # noqa: S608 -- constants
    " SELECT reminder_id, tenant, customer_id, creditor_id, case_id, currency,"
    " ARRAY(SELECT jsonb_array_elements_text(CAST(item_ids AS jsonb))),"
    " ARRAY(SELECT jsonb_array_elements_text(CAST(invoice_ids AS jsonb))),"
    f" not_before_at, event_id, correlation_id, traceparent FROM {_rows(_REMINDER_COLUMNS)}"
    " ON CONFLICT DO NOTHING"
)
_SAVE_SENT = text(
    f"INSERT INTO message_sent ({', '.join(_MESSAGE_COLUMNS)})"  # noqa: S608 -- constants
    f" SELECT {', '.join(_MESSAGE_COLUMNS)} FROM {_rows(_MESSAGE_COLUMNS)} ON CONFLICT DO NOTHING"
)
_TAKE_UP = text(
    "UPDATE response SET is_taken_up = true FROM unnest(CAST(:tenant AS text[]), CAST(:response_id AS uuid[]))"
    " AS row(tenant, response_id) WHERE response.response_id = row.response_id AND response.tenant = row.tenant"
)


async def save_items(connection: AsyncConnection, items: Sequence[Item]) -> None:
    """Items; the highest version stays."""
    if items:
        rows = {name: [getattr(item, name) for item in items] for name in _ITEM_COLUMNS}
        await connection.execute(_SAVE_ITEMS, rows)


async def save_customers(connection: AsyncConnection, customers: Sequence[Customer]) -> None:
    """Customers; the highest version stays."""
    if customers:
        rows = {name: [getattr(customer, name) for customer in customers] for name in _CUSTOMER_COLUMNS}
        await connection.execute(_SAVE_CUSTOMERS, rows)


async def save_creditors(connection: AsyncConnection, creditors: Sequence[Creditor]) -> None:
    """Creditors; the highest version stays."""
    if creditors:
        rows = {
            "tenant": [creditor.tenant for creditor in creditors],
            "creditor_id": [creditor.creditor_id for creditor in creditors],
            "version": [creditor.version for creditor in creditors],
            "document": [json.dumps(asdict(creditor)) for creditor in creditors],
        }
        await connection.execute(_SAVE_CREDITORS, rows)


async def save_reminders(connection: AsyncConnection, reminders: Sequence[Reminder]) -> None:
    """Reminders; one that is known stays as it is, a revoked one revoked."""
    if reminders:
        rows = {
            "reminder_id": [reminder.reminder_id for reminder in reminders],
            "tenant": [reminder.tenant for reminder in reminders],
            "customer_id": [reminder.customer_id for reminder in reminders],
            "creditor_id": [reminder.creditor_id for reminder in reminders],
            "case_id": [reminder.case_id for reminder in reminders],
            "currency": [reminder.currency for reminder in reminders],
            "item_ids": [json.dumps(reminder.item_ids) for reminder in reminders],
            "invoice_ids": [json.dumps(reminder.invoice_ids) for reminder in reminders],
            "not_before_at": [reminder.not_before_at for reminder in reminders],
            "event_id": [reminder.origin.event_id for reminder in reminders],
            "correlation_id": [reminder.origin.correlation_id for reminder in reminders],
            "traceparent": [reminder.origin.traceparent for reminder in reminders],
        }
        await connection.execute(_SAVE_REMINDERS, rows)


async def save_sent(connection: AsyncConnection, sent: Sequence[MessageSent]) -> None:
    """Messages that left."""
    if sent:
        rows = {name: [getattr(message, name) for message in sent] for name in _MESSAGE_COLUMNS}
        await connection.execute(_SAVE_SENT, rows)


async def mark_taken_up(connection: AsyncConnection, promises: Sequence[PromiseTakenUp]) -> None:
    """Promises that decisions rest on by now."""
    if promises:
        rows = {
            "tenant": [promise.tenant for promise in promises],
            "response_id": [promise.response_id for promise in promises],
        }
        await connection.execute(_TAKE_UP, rows)
