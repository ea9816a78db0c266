"""What customers said: one row for each response, the parts of one answer side by side."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from feedback_service.domain.answer import Answer, RecordedAnswer
from feedback_service.domain.clearance import ContactWord, Known
from feedback_service.domain.party import Customer
from feedback_service.store import page
from feedback_service.store.rows import COLUMNS, record, recorded_answer, rows_of
from feedback_service.usecases.ports import ResponseFilter, ResponseRecord
from kulant_chassis.transaction import Published
from kulant_contracts.topics import RESPONSE, partition_key

_VALUES = ", ".join(
    f"CAST(:{name} AS jsonb)" if name == "details" else f":{name}" for name in COLUMNS.replace(" ", "").split(",")
)
_INSERT = text(f"INSERT INTO response ({COLUMNS}) VALUES ({_VALUES})")  # noqa: S608 -- constants
_ANSWER = text(
    f"SELECT {COLUMNS}, outcome FROM response WHERE answer_id = :answer_id ORDER BY part"  # noqa: S608 -- constants
)
_LATEST = text(
    f"SELECT {COLUMNS}, outcome FROM response WHERE answer_id IN ("  # noqa: S608 -- constants
    " SELECT answer_id FROM response WHERE tenant = :tenant AND customer_id = :customer_id"
    " AND creditor_id = :creditor_id AND part = 0 ORDER BY said_at DESC, sequence DESC LIMIT 50)"
    " ORDER BY said_at DESC, answer_id DESC, part"
)
_LIST = text(
    f"SELECT {COLUMNS} FROM response WHERE tenant = :tenant"  # noqa: S608 -- constants
    " AND (CAST(:customer_id AS text) IS NULL OR customer_id = :customer_id)"
    " AND (CAST(:intent AS text) IS NULL OR intent = :intent)"
    " AND (CAST(:via AS text) IS NULL OR via = :via)"
    " AND (CAST(:reminder_id AS uuid) IS NULL OR reminder_id = :reminder_id)"
    " AND (CAST(:case_id AS text) IS NULL OR case_id = :case_id)"
    " AND (CAST(:invoice_id AS text) IS NULL OR invoice_id = :invoice_id)"
    " AND (CAST(:since AS timestamptz) IS NULL OR said_at >= :since)"
    " AND (CAST(:until AS timestamptz) IS NULL OR said_at < :until)"
    " AND (CAST(:said_at AS timestamptz) IS NULL OR (said_at, response_id) > (:said_at, CAST(:response_id AS uuid)))"
    " ORDER BY said_at, response_id LIMIT :limit"
)
# The sequences given stand in the row that is locked for giving them; one transaction sees one moment of what is
# committed.
_GIVEN = text(
    "SELECT key, CAST(given ->> :topic AS bigint) AS given FROM key_row"
    " WHERE key = ANY(CAST(:keys AS text[])) AND jsonb_exists(given, :topic)"
)
_BINDING = text(
    "SELECT customer_id, max(sequence) AS binding FROM response"
    " WHERE tenant = :tenant AND customer_id = ANY(CAST(:customers AS text[])) AND intent <> 'rated'"
    " GROUP BY customer_id"
)
_CONTACT_WORDS = text(
    "SELECT customer_id, intent, said_at, sequence, details FROM response"
    " WHERE tenant = :tenant AND customer_id = ANY(CAST(:customers AS text[]))"
    " AND intent IN ('contact_refused', 'wrong_person', 'contact_corrected', 'channel_preferred', 'represented')"
)


async def insert(connection: AsyncConnection, answer: Answer, published: Sequence[Published]) -> None:
    """One row for each part, with the sequence of the event that it became."""
    await connection.execute(_INSERT, rows_of(answer, [event.sequence for event in published]))


async def answer(connection: AsyncConnection, answer_id: UUID) -> RecordedAnswer | None:
    """An answer by its id."""
    rows = (await connection.execute(_ANSWER, {"answer_id": answer_id})).mappings().all()
    return recorded_answer(rows) if rows else None


async def latest(
    connection: AsyncConnection, tenant: str, customer_id: str, creditor_id: str
) -> Sequence[RecordedAnswer]:
    """The latest fifty answers of a customer to a creditor, newest first."""
    parameters = {"tenant": tenant, "customer_id": customer_id, "creditor_id": creditor_id}
    rows = (await connection.execute(_LATEST, parameters)).mappings()
    return [recorded_answer(list(parts)) for _, parts in groupby(rows, key=lambda row: row["answer_id"])]


async def list_responses(
    connection: AsyncConnection, wanted: ResponseFilter, after: tuple[datetime, UUID] | None, limit: int
) -> Sequence[ResponseRecord]:
    """Responses after a place in the order of (said_at, response_id)."""
    said_at, response_id = after or (None, None)
    parameters = {
        "tenant": wanted.tenant,
        "customer_id": wanted.customer_id,
        "intent": wanted.intent,
        "via": wanted.via,
        "reminder_id": wanted.reminder_id,
        "case_id": wanted.case_id,
        "invoice_id": wanted.invoice_id,
        "since": wanted.since,
        "until": wanted.until,
        "said_at": said_at,
        "response_id": response_id,
        "limit": limit,
    }
    return [record(row) for row in (await connection.execute(_LIST, parameters)).mappings()]


async def known(connection: AsyncConnection, tenant: str, customer_ids: Iterable[str]) -> Mapping[str, Known]:
    """What is recorded about those customers, as of one moment."""
    customers = list(dict.fromkeys(customer_ids))
    keys = {partition_key(tenant, customer_id): customer_id for customer_id in customers}
    parameters = {"tenant": tenant, "customers": customers}
    rows = await connection.execute(_GIVEN, {"keys": list(keys), "topic": RESPONSE})
    given: dict[str, int] = {keys[row.key]: row.given for row in rows}
    binding: dict[str, int] = {row.customer_id: row.binding for row in await connection.execute(_BINDING, parameters)}
    words: dict[str, list[ContactWord]] = {}
    for row in await connection.execute(_CONTACT_WORDS, parameters):
        word = ContactWord(
            row.intent, row.said_at, row.sequence, row.details.get("channel"), row.details.get("contact_id")
        )
        words.setdefault(row.customer_id, []).append(word)
    parties: Mapping[str, Customer] = await page.customers(connection, tenant, customers)
    return {
        one: Known(given.get(one, 0), binding.get(one, 0), tuple(words.get(one, ())), parties.get(one))
        for one in customers
    }
