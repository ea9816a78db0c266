"""What one page shows, read in a few statements."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from feedback_service.domain.item import Item, ItemKey
from feedback_service.domain.party import BankAccount, Creditor, Customer
from feedback_service.domain.reminder import Message, NextStep, Origin, Reminder
from feedback_service.domain.standing import CaseTold, Credit, Hold

_REMINDER = text(
    "SELECT reminder_id, tenant, customer_id, creditor_id, case_id, currency, item_ids, invoice_ids, not_before_at,"
    " kind, stage_code, language, total_minor, channels, deadline_on, next_step_code, next_step_on, event_id,"
    " correlation_id, traceparent, is_revoked FROM reminder WHERE reminder_id = :reminder_id"
)
_CREDITOR = text("SELECT document FROM creditor WHERE tenant = :tenant AND creditor_id = :creditor_id")
_CUSTOMERS = text(
    "SELECT tenant, customer_id, version, kind, name, time_zone, language, consents, erased_on FROM customer"
    " WHERE tenant = :tenant AND customer_id = ANY(CAST(:customers AS text[]))"
)
_OPEN_ITEMS = text(
    "SELECT tenant, customer_id, item_id, invoice_id, creditor_id, number, issued_on, due_on, currency, amount_minor,"
    " open_minor, state, version, reference, account_id FROM item WHERE tenant = :tenant"
    " AND customer_id = :customer_id AND creditor_id = :creditor_id AND open_minor > 0"
)
_MESSAGES = text(
    "SELECT DISTINCT ON (reminder.reminder_id) reminder.reminder_id, sent.sent_at, sent.channel, sent.contact_id,"
    " reminder.kind, reminder.stage_code, reminder.currency, coalesce(sent.total_minor, reminder.total_minor) AS"
    " total_minor, coalesce(sent.deadline_on, reminder.deadline_on) AS deadline_on,"
    " reminder.next_step_code, reminder.next_step_on"
    " FROM reminder JOIN message_sent AS sent ON sent.reminder_id = reminder.reminder_id"
    " AND sent.tenant = reminder.tenant WHERE reminder.tenant = :tenant AND reminder.customer_id = :customer_id"
    " AND reminder.creditor_id = :creditor_id ORDER BY reminder.reminder_id, sent.sent_at DESC, sent.delivery_id"
)
_CREDITS = text(
    "SELECT tenant, customer_id, creditor_id, currency, amount_minor, version FROM credit WHERE tenant = :tenant"
    " AND customer_id = :customer_id AND creditor_id = :creditor_id AND amount_minor > 0 ORDER BY currency"
)
_HOLDS = text(
    "SELECT tenant, customer_id, source, hold_id, version, is_set, scope, reason, creditor_id, scope_id, invoice_id,"
    " amount_minor, currency, until_on FROM hold WHERE tenant = :tenant AND customer_id = :customer_id AND is_set"
    " AND coalesce(creditor_id, :creditor_id) = :creditor_id ORDER BY source, hold_id"
)
_CASE = text(
    'SELECT tenant, case_id, customer_id, creditor_id, version, at, state, handed_to AS "to" FROM case_told'
    " WHERE tenant = :tenant AND case_id = :case_id"
)
_CHANNELS = text(
    "SELECT reminder_id, channels FROM reminder WHERE tenant = :tenant"
    " AND reminder_id = ANY(CAST(:reminders AS uuid[]))"
)
_REVOKE = text("UPDATE reminder SET is_revoked = true WHERE reminder_id = :reminder_id")


async def reminder(connection: AsyncConnection, reminder_id: UUID) -> Reminder | None:
    """The reminder of a link, of whichever tenant: the link's signature is the proof."""
    row = (await connection.execute(_REMINDER, {"reminder_id": reminder_id})).mappings().first()
    if row is None:
        return None
    return Reminder(
        reminder_id=row["reminder_id"],
        tenant=row["tenant"],
        customer_id=row["customer_id"],
        creditor_id=row["creditor_id"],
        case_id=row["case_id"],
        currency=row["currency"],
        keys=tuple(map(ItemKey, row["invoice_ids"], row["item_ids"])),
        not_before_at=row["not_before_at"],
        kind=row["kind"],
        stage_code=row["stage_code"],
        language=row["language"],
        total_minor=row["total_minor"],
        channels=tuple(row["channels"]),
        deadline_on=row["deadline_on"],
        next_step=_next_step(row),
        origin=Origin(row["event_id"], row["correlation_id"], row["traceparent"]),
        is_revoked=row["is_revoked"],
    )


def _next_step(row: RowMapping) -> NextStep | None:
    return NextStep(row["next_step_code"], row["next_step_on"]) if row["next_step_code"] else None


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
    return (await customers(connection, tenant, [customer_id])).get(customer_id)


async def customers(connection: AsyncConnection, tenant: str, customer_ids: Sequence[str]) -> Mapping[str, Customer]:
    """Those of them who are known."""
    rows = await connection.execute(_CUSTOMERS, {"tenant": tenant, "customers": list(customer_ids)})
    return {row["customer_id"]: _customer(row) for row in rows.mappings()}


def _customer(row: RowMapping) -> Customer:
    consents = tuple((channel, datetime.fromisoformat(at)) for channel, at in row["consents"])
    return Customer(**(dict(row) | {"consents": consents}))


async def messages(connection: AsyncConnection, tenant: str, customer_id: str, creditor_id: str) -> Sequence[Message]:
    """Every message that left, newest first."""
    parameters = {"tenant": tenant, "customer_id": customer_id, "creditor_id": creditor_id}
    found = []
    for row in (await connection.execute(_MESSAGES, parameters)).mappings():
        fields: dict[str, Any] = {name: value for name, value in row.items() if not name.startswith("next_step")}
        found.append(Message(**fields, next_step=_next_step(row)))
    return sorted(found, key=lambda message: (message.sent_at, message.reminder_id), reverse=True)


async def credits_of(connection: AsyncConnection, tenant: str, customer_id: str, creditor_id: str) -> Sequence[Credit]:
    """Money of the customer's that belongs to no invoice yet."""
    parameters = {"tenant": tenant, "customer_id": customer_id, "creditor_id": creditor_id}
    return [Credit(**row) for row in (await connection.execute(_CREDITS, parameters)).mappings()]


async def holds(connection: AsyncConnection, tenant: str, customer_id: str, creditor_id: str) -> Sequence[Hold]:
    """Reasons not to remind that stand."""
    parameters = {"tenant": tenant, "customer_id": customer_id, "creditor_id": creditor_id}
    return [Hold(**row) for row in (await connection.execute(_HOLDS, parameters)).mappings()]


async def case(connection: AsyncConnection, tenant: str, case_id: str) -> CaseTold | None:
    """What dunning-engine said last about a case."""
    row = (await connection.execute(_CASE, {"tenant": tenant, "case_id": case_id})).mappings().first()
    return CaseTold(**row) if row else None


async def channels_of(
    connection: AsyncConnection, tenant: str, reminder_ids: Sequence[UUID]
) -> Mapping[UUID, Sequence[str]]:
    """The channels of those reminders that are known here."""
    if not reminder_ids:
        return {}
    rows = await connection.execute(_CHANNELS, {"tenant": tenant, "reminders": list(reminder_ids)})
    return {row.reminder_id: row.channels for row in rows}


async def open_items(connection: AsyncConnection, tenant: str, customer_id: str, creditor_id: str) -> Sequence[Item]:
    """All items of which something is open."""
    parameters = {"tenant": tenant, "customer_id": customer_id, "creditor_id": creditor_id}
    return [Item(**row) for row in (await connection.execute(_OPEN_ITEMS, parameters)).mappings()]


async def revoke(connection: AsyncConnection, reminder_id: UUID) -> None:
    """End the link of a reminder."""
    await connection.execute(_REVOKE, {"reminder_id": reminder_id})
