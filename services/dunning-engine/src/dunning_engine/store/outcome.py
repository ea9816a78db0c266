"""Writes what was decided: cases, reminders, what is noted, and the record of every decision."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import TextClause, text

from dunning_engine.domain.decision import Request
from dunning_engine.store import tables
from dunning_engine.store.bulk import Row, arrays_of, insert_many
from dunning_engine.store.journal import record
from dunning_engine.usecases.ports import Decided
from kulant_chassis.transaction import Transaction

_OPEN_CASES = insert_many(tables.dunning_case)
_REQUEST = insert_many(tables.reminder)
_CLOSE_CASES = text(
    "UPDATE dunning_case SET closed_at = given.at"
    " FROM unnest(CAST(:case_ids AS uuid[]), CAST(:ats AS timestamptz[])) AS given(case_id, at)"
    " WHERE dunning_case.case_id = given.case_id"
)
_WITHDRAW = text(
    "UPDATE reminder SET withdrawn_because = given.reason"
    " FROM unnest(CAST(:reminder_ids AS uuid[]), CAST(:reasons AS text[])) AS given(reminder_id, reason)"
    " WHERE reminder.reminder_id = given.reminder_id"
)
_NOTE_STAGES = text("UPDATE reminder SET is_noted = true WHERE reminder_id = ANY(CAST(:reminder_ids AS uuid[]))")
_NOTE_PROMISES = text(
    "UPDATE answer SET is_noted = true FROM unnest(CAST(:keys AS text[]), CAST(:response_ids AS text[]))"
    " AS given(key, response_id) WHERE answer.key = given.key AND answer.response_id = given.response_id"
)


async def save(transaction: Transaction, decided: Sequence[Decided]) -> None:
    """Write the new state that decisions made, and put all of them on record."""
    opened = [row for one in decided for row in _opened(one)]
    if opened:
        await transaction.connection.execute(_OPEN_CASES, arrays_of(tables.dunning_case, opened))
    requested = [row for one in decided for row in _requested(one)]
    if requested:
        await transaction.connection.execute(_REQUEST, arrays_of(tables.reminder, requested))
    await _update(transaction, _CLOSE_CASES, "case_ids ats", _closed(decided))
    await _update(transaction, _WITHDRAW, "reminder_ids reasons", _withdrawn(decided))
    await _update(transaction, _NOTE_STAGES, "reminder_ids", _stages(decided))
    await _update(transaction, _NOTE_PROMISES, "keys response_ids", _promises(decided))
    await record(transaction, decided)


async def _update(transaction: Transaction, statement: TextClause, names: str, rows: Sequence[tuple[Any, ...]]) -> None:
    if rows:
        arrays = dict(zip(names.split(), map(list, zip(*rows, strict=True)), strict=True))
        await transaction.connection.execute(statement, arrays)


def _opened(one: Decided) -> Iterable[Row]:
    for creditor_id, currency in one.decision.opened:
        yield {
            "case_id": one.case_ids[creditor_id, currency],
            "key": one.occasion.key,
            "tenant": one.occasion.tenant,
            "customer_id": one.occasion.customer_id,
            "creditor_id": creditor_id,
            "currency": currency,
            "opened_at": one.now,
            "closed_at": None,
        }


def _requested(one: Decided) -> Iterable[Row]:
    for reminder_id, request in zip(one.reminder_ids, one.decision.requests, strict=True):
        assert one.known.customer is not None  # nothing is requested of somebody unknown
        yield {
            "reminder_id": reminder_id,
            "key": one.occasion.key,
            "case_id": one.case_ids[request.case],
            "creditor_id": request.case[0],
            "currency": request.case[1],
            "stage": request.number,
            "items": json.dumps(_items(request)),
            "requested_at": one.now,
            "not_after_at": request.not_after_at,
            "deadline_on": request.deadline_on,
            "customer_version": one.known.customer.version,
            "seen": json.dumps(dict(one.facts.had)),
            "withdrawn_because": None,
            "is_noted": False,
        }


def _items(request: Request) -> list[dict[str, str | int]]:
    return [
        {
            "item_id": asked.item.item_id,
            "invoice_id": asked.item.invoice_id,
            "due_on": str(asked.item.due_on),
            "open_minor": asked.item.open_minor,
            "stage": asked.stage,
        }
        for asked in request.items
    ]


def _closed(decided: Iterable[Decided]) -> list[tuple[Any, ...]]:
    return [(case.case_id, one.now) for one in decided for case in one.decision.closed]


def _withdrawn(decided: Iterable[Decided]) -> list[tuple[Any, ...]]:
    return [(taken.reminder_id, taken.reason) for one in decided for taken in one.decision.withdrawals]


def _stages(decided: Iterable[Decided]) -> list[tuple[Any, ...]]:
    return [(reached.reminder_id,) for one in decided for reached in one.decision.stages_reached]


def _promises(decided: Iterable[Decided]) -> list[tuple[Any, ...]]:
    return [(one.occasion.key, noted.promise.response_id) for one in decided for noted in one.decision.promises_noted]
