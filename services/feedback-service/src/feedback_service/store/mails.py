"""Mails that came back to us, each once."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from feedback_service.domain.mail import KeptMail, Mail, MailState
from feedback_service.usecases.ports import InboundFilter

_SENT_AS = text(
    "SELECT delivery_id, reminder_id FROM message_sent WHERE delivery_id = ANY(CAST(:deliveries AS text[]))"
)
_TENANTS = text("SELECT tenant FROM tenant_clock LIMIT 2")
_HAS = text("SELECT 1 FROM inbound_mail WHERE mail_id = :mail_id")
_KEEP = text(
    "INSERT INTO inbound_mail (mail_id, mail_key, tenant, state, reason, reminder_id, customer_id, response_id,"
    " received_at, sender, subject, words, attachments, size_bytes) VALUES (:mail_id, :mail_key, :tenant, :state,"
    " :reason, :reminder_id, :customer_id, :response_id, :received_at, :sender, :subject, :words,"
    " CAST(:attachments AS jsonb), :size_bytes) ON CONFLICT DO NOTHING"
)
_LIST = text(
    "SELECT mail_id, mail_key, tenant, state, reason, reminder_id, customer_id, response_id, received_at, sender,"
    " subject, words, attachments, size_bytes FROM inbound_mail"
    " WHERE (tenant = :tenant OR (tenant IS NULL AND CAST(:sees_all AS boolean)))"
    " AND (CAST(:state AS text) IS NULL OR state = :state)"
    " AND (CAST(:received_at AS timestamptz) IS NULL"
    " OR (received_at, mail_id) > (:received_at, CAST(:mail_id AS uuid)))"
    " ORDER BY received_at, mail_id LIMIT :limit"
)


async def sent_as(connection: AsyncConnection, deliveries: Sequence[str]) -> Mapping[str, UUID]:
    """The reminders that left as these deliveries."""
    rows = await connection.execute(_SENT_AS, {"deliveries": list(deliveries)})
    return {row.delivery_id: row.reminder_id for row in rows}


async def only_tenant(connection: AsyncConnection) -> str | None:
    """The tenant of an installation that has one only."""
    tenants = [row.tenant for row in await connection.execute(_TENANTS)]
    return tenants[0] if len(tenants) == 1 else None


async def has_mail(connection: AsyncConnection, mail_id: UUID) -> bool:
    """Is it kept already?"""
    return (await connection.execute(_HAS, {"mail_id": mail_id})).first() is not None


async def keep(connection: AsyncConnection, kept: KeptMail) -> None:
    """Keep a mail. Who sent what stays only where a person may have to look: a response has its words itself."""
    is_recorded = kept.state is MailState.RECORDED
    row = {
        "mail_id": kept.mail_id,
        "mail_key": kept.mail.key,
        "tenant": kept.tenant,
        "state": kept.state,
        "reason": kept.reason,
        "reminder_id": kept.reminder_id,
        "customer_id": kept.customer_id,
        "response_id": kept.response_id,
        "received_at": kept.received_at,
        "sender": None if is_recorded else kept.mail.sender,
        "subject": None if is_recorded else kept.mail.subject,
        "words": kept.words,
        "attachments": json.dumps(kept.mail.attachments),
        "size_bytes": kept.mail.size_bytes,
    }
    await connection.execute(_KEEP, row)


async def list_mails(
    connection: AsyncConnection, wanted: InboundFilter, after: tuple[datetime, UUID] | None, limit: int
) -> Sequence[KeptMail]:
    """Mails after a place in the order of (received_at, mail_id)."""
    received_at, mail_id = after or (None, None)
    parameters = {
        "tenant": wanted.tenant,
        "sees_all": wanted.sees_all,
        "state": wanted.state,
        "received_at": received_at,
        "mail_id": mail_id,
        "limit": limit,
    }
    return [_kept(row) for row in (await connection.execute(_LIST, parameters)).mappings()]


def _kept(row: RowMapping) -> KeptMail:
    mail = Mail(
        key=row["mail_key"],
        size_bytes=row["size_bytes"],
        sender=row["sender"],
        subject=row["subject"],
        attachments=tuple(row["attachments"]),
    )
    return KeptMail(
        mail_id=row["mail_id"],
        mail=mail,
        state=MailState(row["state"]),
        reason=row["reason"],
        received_at=row["received_at"],
        tenant=row["tenant"],
        reminder_id=row["reminder_id"],
        customer_id=row["customer_id"],
        response_id=row["response_id"],
        words=row["words"],
    )
