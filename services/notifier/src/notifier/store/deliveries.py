"""Deliveries in PostgreSQL: one row per attempt, and the exact bytes of those that were begun."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.domain.address import masked
from notifier.domain.outcome import Outcome
from notifier.domain.reminder import Reminder
from notifier.usecases.ports import HandOver

_TYPES = {
    "delivery_id": "uuid",
    "reminder_id": "uuid",
    "tenant": "text",
    "customer_id": "text",
    "case_id": "text",
    "outcome": "text",
    "channel": "text",
    "contact_id": "text",
    "address": "text",
    "gateway": "text",
    "provider_id": "text",
    "reason": "text",
    "content_sha256": "text",
    "total_minor": "bigint",
    "currency": "text",
    "deadline_on": "date",
    "asked_at": "timestamptz",
    "cleared_at": "timestamptz",
    "at": "timestamptz",
}
_RECORD = text(
    f"INSERT INTO delivery ({', '.join(_TYPES)}, recorded_at)"  # noqa: S608 -- our own column names
    f" SELECT e.*, CAST(:recorded_at AS timestamptz) FROM unnest("
    + ", ".join(f"CAST(:{name} AS {kind}[])" for name, kind in _TYPES.items())
    + ") AS e ON CONFLICT (delivery_id) DO UPDATE SET outcome = excluded.outcome, provider_id = excluded.provider_id,"
    " reason = excluded.reason, at = excluded.at, recorded_at = excluded.recorded_at"
)
_KEEP = text(
    "INSERT INTO content (delivery_id, content) SELECT * FROM unnest(CAST(:ids AS uuid[]), CAST(:contents AS bytea[]))"
)
_DEFER = text(
    "UPDATE delivery SET outcome = 'deferred', reason = :reason"
    " WHERE delivery_id = ANY(CAST(:ids AS uuid[])) AND outcome = 'handing_over' RETURNING delivery_id"
)
_FORGET = text("DELETE FROM content WHERE delivery_id = ANY(CAST(:ids AS uuid[]))")


async def record_outcomes(connection: AsyncConnection, outcomes: Sequence[Outcome], recorded_at: datetime) -> None:
    """Write how deliveries ended; one that was begun before gets its end."""
    rows = [
        _row(
            one.reminder,
            one.delivery_id,
            outcome=one.state.value,
            at=one.at,
            channel=one.channel or one.reminder.channels[0],
            contact_id=one.contact_id,
            address=one.address,
            gateway=one.gateway,
            provider_id=one.provider_id,
            reason=one.reason,
            content_sha256=one.content_sha256,
            asked_at=one.clearance.asked_at if one.clearance else None,
            cleared_at=one.clearance.cleared_at if one.clearance else None,
        )
        for one in outcomes
    ]
    await _write(connection, rows, recorded_at)


async def record_begun(
    connection: AsyncConnection, mails: Sequence[HandOver], gateway: str, marked_at: datetime
) -> None:
    """Write deliveries whose hand-over begins; what is needed to end them should this process die."""
    rows = [
        _row(
            mail.claimed.command.reminder,
            mail.claimed.delivery_id,
            outcome="handing_over",
            at=mail.letter.as_of_at,
            channel=mail.letter.recipient.channel,
            contact_id=mail.letter.recipient.contact.contact_id,
            address=masked(mail.letter.recipient.address),
            gateway=gateway,
            content_sha256=mail.mail.sha256,
            asked_at=mail.clearance.asked_at,
            cleared_at=mail.clearance.cleared_at,
        )
        for mail in mails
    ]
    await _write(connection, rows, marked_at)


async def keep_contents(connection: AsyncConnection, mails: Sequence[HandOver]) -> None:
    """Keep the exact bytes of mails whose hand-over begins."""
    if mails:
        parameters = {
            "ids": [mail.claimed.delivery_id for mail in mails],
            "contents": [mail.mail.content for mail in mails],
        }
        await connection.execute(_KEEP, parameters)


async def forget_contents(connection: AsyncConnection, delivery_ids: Collection[UUID], reason: str) -> None:
    """A mail that was not taken is no evidence of anything: its delivery is `deferred`, its bytes go."""
    parameters = {"ids": list(delivery_ids), "reason": reason}
    deferred = list((await connection.execute(_DEFER, parameters)).scalars())
    await connection.execute(_FORGET, {"ids": deferred})


def _row(reminder: Reminder, delivery_id: UUID, **given: str | datetime | date | None) -> dict[str, Any]:
    return (
        dict.fromkeys(_TYPES)
        | given
        | {
            "delivery_id": delivery_id,
            "reminder_id": reminder.reminder_id,
            "tenant": reminder.tenant,
            "customer_id": reminder.customer_id,
            "case_id": reminder.case_id,
            "total_minor": reminder.total.amount_minor,
            "currency": reminder.total.currency,
            "deadline_on": reminder.deadline_on,
        }
    )


async def _write(connection: AsyncConnection, rows: Sequence[dict[str, Any]], recorded_at: datetime) -> None:
    if rows:
        columns: dict[str, Any] = {name: [row[name] for row in rows] for name in _TYPES}
        await connection.execute(_RECORD, columns | {"recorded_at": recorded_at})
