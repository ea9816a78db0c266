"""Keeps what other services said, in bulk: one statement for each kind of fact in a batch."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from feedback_service.domain.fact import CustomerErased, MessageSent
from feedback_service.domain.item import Item
from feedback_service.domain.party import Creditor, Customer
from feedback_service.domain.reminder import Reminder
from feedback_service.domain.standing import CaseTold, Credit, Hold, OutcomeTold
from feedback_service.store.rows import PERSONAL

_ITEM_COLUMNS = {
    "tenant": "text", "customer_id": "text", "item_id": "text", "invoice_id": "text", "creditor_id": "text",
    "number": "text", "issued_on": "date", "due_on": "date", "currency": "text", "amount_minor": "bigint",
    "open_minor": "bigint", "state": "text", "version": "bigint", "reference": "text", "account_id": "text",
}  # fmt: skip
_CUSTOMER_COLUMNS = {
    "tenant": "text", "customer_id": "text", "version": "bigint", "kind": "text", "name": "text", "time_zone": "text",
    "language": "text", "consents": "jsonb",
}  # fmt: skip
_CREDITOR_COLUMNS = {"tenant": "text", "creditor_id": "text", "version": "bigint", "document": "jsonb"}
_REMINDER_COLUMNS = {
    "reminder_id": "uuid", "tenant": "text", "customer_id": "text", "creditor_id": "text", "case_id": "text",
    "currency": "text", "item_ids": "jsonb", "invoice_ids": "jsonb", "not_before_at": "timestamptz",
    "kind": "text", "stage_code": "text", "language": "text", "total_minor": "bigint", "channels": "jsonb",
    "deadline_on": "date", "next_step_code": "text", "next_step_on": "date",
    "event_id": "text", "correlation_id": "text", "traceparent": "text",
}  # fmt: skip
_MESSAGE_COLUMNS = {
    "tenant": "text", "delivery_id": "text", "reminder_id": "uuid", "sent_at": "timestamptz", "channel": "text",
    "contact_id": "text", "total_minor": "bigint", "deadline_on": "date",
}  # fmt: skip
_CREDIT_COLUMNS = {
    "tenant": "text", "customer_id": "text", "creditor_id": "text", "currency": "text", "amount_minor": "bigint",
    "version": "bigint",
}  # fmt: skip
_HOLD_COLUMNS = {
    "tenant": "text", "customer_id": "text", "source": "text", "hold_id": "text", "version": "bigint",
    "is_set": "boolean", "scope": "text", "reason": "text", "creditor_id": "text", "scope_id": "text",
    "invoice_id": "text", "amount_minor": "bigint", "currency": "text", "until_on": "date",
}  # fmt: skip
_CASE_COLUMNS = {
    "tenant": "text", "case_id": "text", "customer_id": "text", "creditor_id": "text", "version": "bigint",
    "at": "timestamptz", "state": "text", "handed_to": "text",
}  # fmt: skip


def _rows(columns: dict[str, str]) -> str:
    """`unnest(...) AS row(...)`: one array for each column. Documents travel as text."""
    arrays = ", ".join(f"CAST(:{name} AS {'text' if kind == 'jsonb' else kind}[])" for name, kind in columns.items())
    return f"unnest({arrays}) AS row({', '.join(columns)})"


def _upsert(table: str, columns: dict[str, str], key: tuple[str, ...], unless: str = "") -> str:
    values = ", ".join(f"CAST({name} AS jsonb)" if kind == "jsonb" else name for name, kind in columns.items())
    changes = ", ".join(f"{name} = excluded.{name}" for name in columns if name not in key)
    return (
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {_rows(columns)}"  # noqa: S608 -- constants
        f" ON CONFLICT ({', '.join(key)}) DO UPDATE SET {changes} WHERE {table}.version < excluded.version{unless}"
    )


_SAVE_ITEMS = text(_upsert("item", _ITEM_COLUMNS, ("tenant", "customer_id", "invoice_id", "item_id")))
_SAVE_CUSTOMERS = text(
    _upsert("customer", _CUSTOMER_COLUMNS, ("tenant", "customer_id"), " AND customer.erased_on IS NULL")
)
_SAVE_CREDITS = text(_upsert("credit", _CREDIT_COLUMNS, ("tenant", "customer_id", "creditor_id", "currency")))
_SAVE_HOLDS = text(_upsert("hold", _HOLD_COLUMNS, ("tenant", "customer_id", "source", "hold_id")))
_SAVE_CASES = text(_upsert("case_told", _CASE_COLUMNS, ("tenant", "case_id")))
_SAVE_CREDITORS = text(_upsert("creditor", _CREDITOR_COLUMNS, ("tenant", "creditor_id")))
_SAVE_REMINDERS = text(
    f"INSERT INTO reminder ({', '.join(_REMINDER_COLUMNS)}) SELECT "  # noqa: S608 -- constants
    + ", ".join(
        f"ARRAY(SELECT jsonb_array_elements_text(CAST({name} AS jsonb)))" if kind == "jsonb" else name
        for name, kind in _REMINDER_COLUMNS.items()
    )
    + f" FROM {_rows(_REMINDER_COLUMNS)} ON CONFLICT DO NOTHING"
)
_SAVE_SENT = text(
    f"INSERT INTO message_sent ({', '.join(_MESSAGE_COLUMNS)})"  # noqa: S608 -- constants
    f" SELECT {', '.join(_MESSAGE_COLUMNS)} FROM {_rows(_MESSAGE_COLUMNS)} ON CONFLICT DO NOTHING"
)
_SAVE_OUTCOMES = text(
    "UPDATE response SET outcome = row.outcome, outcome_version = row.version FROM unnest(CAST(:tenant AS text[]),"
    " CAST(:response_id AS uuid[]), CAST(:outcome AS text[]), CAST(:version AS bigint[]))"
    " AS row(tenant, response_id, outcome, version) WHERE response.response_id = row.response_id"
    " AND response.tenant = row.tenant AND response.outcome_version < row.version"
)
# A customer stays erased, whatever is still said about it: `_SAVE_CUSTOMERS` passes it over from here on.
_ERASE_CUSTOMER = text(
    "INSERT INTO customer (tenant, customer_id, version, kind, name, erased_on)"
    " VALUES (:tenant, :customer_id, :version, 'unknown', '', :erased_on) ON CONFLICT (tenant, customer_id)"
    " DO UPDATE SET name = '', language = NULL, consents = '[]', erased_on = excluded.erased_on"
)
_ERASE_ANSWERS = text(
    "UPDATE response SET quote = NULL, details = details - CAST(:personal AS text[])"
    " WHERE tenant = :tenant AND customer_id = :customer_id"
)
_ERASE_MAILS = text(
    "UPDATE inbound_mail SET sender = NULL, subject = NULL, words = NULL, attachments = '[]'"
    " WHERE tenant = :tenant AND customer_id = :customer_id"
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
        rows["consents"] = [
            json.dumps([(channel, at.isoformat()) for channel, at in customer.consents]) for customer in customers
        ]
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
        rows = [_reminder_row(reminder) for reminder in reminders]
        await connection.execute(_SAVE_REMINDERS, {name: [row[name] for row in rows] for name in _REMINDER_COLUMNS})


def _reminder_row(reminder: Reminder) -> dict[str, Any]:
    step, origin = reminder.next_step, reminder.origin
    return {
        "reminder_id": reminder.reminder_id,
        "tenant": reminder.tenant,
        "customer_id": reminder.customer_id,
        "creditor_id": reminder.creditor_id,
        "case_id": reminder.case_id,
        "currency": reminder.currency,
        "item_ids": json.dumps([key.item_id for key in reminder.keys]),
        "invoice_ids": json.dumps([key.invoice_id for key in reminder.keys]),
        "not_before_at": reminder.not_before_at,
        "kind": reminder.kind,
        "stage_code": reminder.stage_code,
        "language": reminder.language,
        "total_minor": reminder.total_minor,
        "channels": json.dumps(reminder.channels),
        "deadline_on": reminder.deadline_on,
        "next_step_code": step.code if step else None,
        "next_step_on": step.not_before_on if step else None,
        "event_id": origin.event_id,
        "correlation_id": origin.correlation_id,
        "traceparent": origin.traceparent,
    }


async def save_sent(connection: AsyncConnection, sent: Sequence[MessageSent]) -> None:
    """Messages that left."""
    if sent:
        rows = {name: [getattr(message, name) for message in sent] for name in _MESSAGE_COLUMNS}
        await connection.execute(_SAVE_SENT, rows)


async def save_credits(connection: AsyncConnection, credits_: Sequence[Credit]) -> None:
    """Money that belongs to no invoice; the highest version stays."""
    if credits_:
        rows = {name: [getattr(credit, name) for credit in credits_] for name in _CREDIT_COLUMNS}
        await connection.execute(_SAVE_CREDITS, rows)


async def save_holds(connection: AsyncConnection, holds: Sequence[Hold]) -> None:
    """Reasons not to remind; the highest version stays."""
    if holds:
        rows = {name: [getattr(hold, name) for hold in holds] for name in _HOLD_COLUMNS}
        await connection.execute(_SAVE_HOLDS, rows)


async def save_cases(connection: AsyncConnection, cases: Sequence[CaseTold]) -> None:
    """What was said about cases; the latest stays."""
    if cases:
        rows = {
            name: [getattr(case, "to" if name == "handed_to" else name) for case in cases] for name in _CASE_COLUMNS
        }
        await connection.execute(_SAVE_CASES, rows)


async def save_outcomes(connection: AsyncConnection, outcomes: Sequence[OutcomeTold]) -> None:
    """What became of answers; the latest stays."""
    if outcomes:
        names = ("tenant", "response_id", "outcome", "version")
        rows = {name: [getattr(outcome, name) for outcome in outcomes] for name in names}
        await connection.execute(_SAVE_OUTCOMES, rows)


async def erase(connection: AsyncConnection, erased: Sequence[CustomerErased]) -> None:
    """Forget everything personal about customers: names, their own words, addresses that they gave, their mails."""
    for one in erased:
        about = {"tenant": one.tenant, "customer_id": one.customer_id}
        await connection.execute(_ERASE_CUSTOMER, about | {"version": one.version, "erased_on": one.erased_on})
        await connection.execute(_ERASE_ANSWERS, about | {"personal": list(PERSONAL)})
        await connection.execute(_ERASE_MAILS, about)
