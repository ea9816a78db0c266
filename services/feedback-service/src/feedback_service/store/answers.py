"""What customers said: one row for each response, the parts of one answer side by side."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from feedback_service.domain.answer import (
    Answer,
    Money,
    Part,
    PaymentClaimed,
    PaymentMethod,
    PromiseMade,
    RecordedAnswer,
    Statement,
)
from feedback_service.usecases.ports import ResponseRecord
from kulant_chassis.transaction import Published
from kulant_contracts.topics import RESPONSE, partition_key

PAYMENT_CLAIMED = "payment_claimed"
PROMISE_MADE = "promise_made"

_COLUMNS = (
    "response_id, answer_id, part, tenant, customer_id, creditor_id, case_id, reminder_id, intent, item_id,"
    " amount_minor, currency, named_on, method, said_at, sequence"
)
_INSERT = text(
    f"INSERT INTO response ({_COLUMNS}) VALUES (:response_id, :answer_id, :part, :tenant, :customer_id, :creditor_id,"  # noqa: S608 -- constants
    " :case_id, :reminder_id, :intent, :item_id, :amount_minor, :currency, :named_on, :method, :said_at,"
    " :sequence)"
)
_ANSWER = text(
    f"SELECT {_COLUMNS}, is_taken_up FROM response WHERE answer_id = :answer_id ORDER BY part"  # noqa: S608 -- constants
)
_LATEST = text(
    f"SELECT {_COLUMNS}, is_taken_up FROM response WHERE answer_id IN ("  # noqa: S608 -- constants
    " SELECT answer_id FROM response WHERE tenant = :tenant AND customer_id = :customer_id"
    " AND creditor_id = :creditor_id AND part = 0 ORDER BY said_at DESC, sequence DESC LIMIT 50)"
    " ORDER BY said_at DESC, answer_id DESC, part"
)
_LIST = text(
    f"SELECT {_COLUMNS} FROM response WHERE tenant = :tenant"  # noqa: S608 -- constants
    " AND (CAST(:customer_id AS text) IS NULL OR customer_id = :customer_id)"
    " AND (CAST(:said_at AS timestamptz) IS NULL OR (said_at, response_id) > (:said_at, CAST(:response_id AS uuid)))"
    " ORDER BY said_at, response_id LIMIT :limit"
)
# The sequences given stand in the row that is locked for giving them; one statement sees one moment of what is
# committed.
_LAST_SEQUENCES = text(
    "SELECT key, CAST(given ->> :topic AS bigint) AS given FROM key_row"
    " WHERE key = ANY(CAST(:keys AS text[])) AND jsonb_exists(given, :topic)"
)


async def insert(connection: AsyncConnection, answer: Answer, published: Sequence[Published]) -> None:
    """One row for each part, with the sequence of the event that it became."""
    statement = answer.statement
    is_claim = isinstance(statement, PaymentClaimed)
    rows = [
        {
            "response_id": answer.response_id(number),
            "answer_id": answer.answer_id,
            "part": number,
            "tenant": answer.tenant,
            "customer_id": answer.customer_id,
            "creditor_id": answer.creditor_id,
            "case_id": answer.case_id,
            "reminder_id": answer.reminder_id,
            "intent": PAYMENT_CLAIMED if is_claim else PROMISE_MADE,
            "item_id": part.item_id,
            "amount_minor": part.money.amount_minor,
            "currency": part.money.currency,
            "named_on": statement.on,
            "method": statement.method if isinstance(statement, PaymentClaimed) else None,
            "said_at": answer.said_at,
            "sequence": event.sequence,
        }
        for number, (part, event) in enumerate(zip(statement.parts, published, strict=True))
    ]
    await connection.execute(_INSERT, rows)


async def answer(connection: AsyncConnection, answer_id: UUID) -> RecordedAnswer | None:
    """An answer by its id."""
    rows = (await connection.execute(_ANSWER, {"answer_id": answer_id})).mappings().all()
    return _answer(rows) if rows else None


async def latest(
    connection: AsyncConnection, tenant: str, customer_id: str, creditor_id: str
) -> Sequence[RecordedAnswer]:
    """The latest fifty answers of a customer to a creditor, newest first."""
    parameters = {"tenant": tenant, "customer_id": customer_id, "creditor_id": creditor_id}
    rows = (await connection.execute(_LATEST, parameters)).mappings()
    return [_answer(list(parts)) for _, parts in groupby(rows, key=lambda row: row["answer_id"])]


async def list_responses(
    connection: AsyncConnection, tenant: str, customer_id: str | None, after: tuple[datetime, UUID] | None, limit: int
) -> Sequence[ResponseRecord]:
    """Responses after a place in the order of (said_at, response_id)."""
    said_at, response_id = after or (None, None)
    parameters = {
        "tenant": tenant,
        "customer_id": customer_id,
        "said_at": said_at,
        "response_id": response_id,
        "limit": limit,
    }
    return [_record(row) for row in (await connection.execute(_LIST, parameters)).mappings()]


async def last_sequences(connection: AsyncConnection, tenant: str, customer_ids: Iterable[str]) -> Mapping[str, int]:
    """The last sequence given on the response topic, for those customers who have one."""
    customers = {partition_key(tenant, customer_id): customer_id for customer_id in customer_ids}
    rows = await connection.execute(_LAST_SEQUENCES, {"keys": list(customers), "topic": RESPONSE})
    return {customers[row.key]: row.given for row in rows}


def _answer(rows: Sequence[RowMapping]) -> RecordedAnswer:
    first = rows[0]
    parts = tuple(_part(row) for row in rows)
    statement: Statement
    if first["intent"] == PAYMENT_CLAIMED:
        method = PaymentMethod(first["method"]) if first["method"] else None
        statement = PaymentClaimed(parts, first["named_on"], method)
    else:
        statement = PromiseMade(parts, first["named_on"])
    recorded = Answer(
        answer_id=first["answer_id"],
        tenant=first["tenant"],
        customer_id=first["customer_id"],
        creditor_id=first["creditor_id"],
        case_id=first["case_id"],
        reminder_id=first["reminder_id"],
        said_at=first["said_at"],
        statement=statement,
    )
    return RecordedAnswer(recorded, all(row["is_taken_up"] for row in rows))


def _part(row: RowMapping) -> Part:
    return Part(row["item_id"], Money(row["amount_minor"], row["currency"]))


def _record(row: RowMapping) -> ResponseRecord:
    return ResponseRecord(
        response_id=row["response_id"],
        customer_id=row["customer_id"],
        case_id=row["case_id"],
        reminder_id=row["reminder_id"],
        intent=row["intent"],
        said_at=row["said_at"],
        part=_part(row),
        on=row["named_on"],
        method=row["method"],
        sequence=row["sequence"],
    )
