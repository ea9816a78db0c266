"""Writes what was decided: cases, reminders, what is noted, and the record of every decision."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, text

from dunning_engine.store import decided_tables as tables
from dunning_engine.store.answer_rows import stood_as_json
from dunning_engine.store.bulk import Row, append
from dunning_engine.store.journal import record
from dunning_engine.store.marks import changed_marks, save_marks
from dunning_engine.store.rows import request_row
from dunning_engine.usecases.ports import CaseMark, Decided
from kulant_chassis.json_columns import as_json
from kulant_chassis.transaction import Transaction

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
_NOTE_STAGES = text(
    "UPDATE reminder SET is_noted = true, is_live = false WHERE reminder_id = ANY(CAST(:reminder_ids AS uuid[]))"
)
_NOTE_ANSWERS = text(
    "UPDATE answer SET is_noted = true, case_id = given.case_id, contested = CAST(given.contested AS jsonb)"
    " FROM unnest(CAST(:keys AS text[]), CAST(:response_ids AS text[]), CAST(:case_ids AS uuid[]),"
    " CAST(:contested AS text[])) AS given(key, response_id, case_id, contested)"
    " WHERE answer.key = given.key AND answer.response_id = given.response_id"
)
_KEEP_STOOD = text(
    "UPDATE answer SET stood = CAST(given.stood AS jsonb) FROM unnest(CAST(:keys AS text[]),"
    " CAST(:response_ids AS text[]), CAST(:stood AS text[])) AS given(key, response_id, stood)"
    " WHERE answer.key = given.key AND answer.response_id = given.response_id"
)
_END_PROMISES = text(
    "UPDATE answer SET ended = given.ended FROM unnest(CAST(:keys AS text[]),"
    " CAST(:response_ids AS text[]), CAST(:ends AS text[])) AS given(key, response_id, ended)"
    " WHERE answer.key = given.key AND answer.response_id = given.response_id"
)
_NOTE_HOLDS = text(
    "UPDATE hold SET is_noted = true, is_resumed = given.is_resumed FROM unnest(CAST(:keys AS text[]),"
    " CAST(:hold_ids AS text[]), CAST(:resumed AS boolean[])) AS given(key, hold_id, is_resumed)"
    " WHERE hold.key = given.key AND hold.hold_id = given.hold_id"
)


async def save(transaction: Transaction, decided: Sequence[Decided]) -> None:
    """Write the new state that decisions made, and put all of them on record."""
    marks = [changed_marks(one) for one in decided]
    opened = [row for one, changed in zip(decided, marks, strict=True) for row in _opened(one, changed)]
    await append(transaction, tables.dunning_case, opened)
    await append(transaction, tables.reminder, [row for one in decided for row in _requested(one)])
    await append(transaction, tables.reminder_item, [row for one in decided for row in _spoken(one)])
    await _update(transaction, _CLOSE_CASES, "case_ids ats", _closed(decided))
    await _update(transaction, _WITHDRAW, "reminder_ids reasons", _withdrawn(decided))
    await _update(transaction, _NOTE_STAGES, "reminder_ids", _stages(decided))
    await _update(transaction, _NOTE_ANSWERS, "keys response_ids case_ids contested", _noted(decided))
    await _update(transaction, _KEEP_STOOD, "keys response_ids stood", _stood(decided))
    await _update(transaction, _END_PROMISES, "keys response_ids ends", _ended(decided))
    await _update(transaction, _NOTE_HOLDS, "keys hold_ids resumed", _holds(decided))
    await save_marks(transaction, decided, marks)
    await record(transaction, decided)


async def _update(transaction: Transaction, statement: TextClause, names: str, rows: Sequence[tuple[Any, ...]]) -> None:
    if rows:
        arrays = dict(zip(names.split(), map(list, zip(*rows, strict=True)), strict=True))
        await transaction.connection.execute(statement, arrays)


def _opened(one: Decided, marks: Mapping[UUID, CaseMark]) -> Iterable[Row]:
    for creditor_id, currency in one.decision.opened:
        case_id = one.case_ids[creditor_id, currency]
        mark = marks.get(case_id, CaseMark())
        yield {
            "case_id": case_id,
            "key": one.occasion.key,
            "tenant": one.occasion.tenant,
            "customer_id": one.occasion.customer_id,
            "creditor_id": creditor_id,
            "currency": currency,
            "opened_at": one.now,
            "closed_at": None,
            "stage": mark.stage,
            "open_minor": mark.open_minor,
            "rules": as_json(mark.rules),
        }


def _requested(one: Decided) -> Iterable[Row]:
    for reminder_id, request in zip(one.reminder_ids, one.decision.requests, strict=True):
        assert one.known.customer is not None  # nothing is requested of somebody unknown
        yield {
            **request_row(request),
            "reminder_id": reminder_id,
            "key": one.occasion.key,
            "case_id": one.case_ids[request.case],
            "requested_at": one.now,
            "customer_version": one.known.customer.version,
            "seen": as_json(dict(one.facts.had)),
            "withdrawn_because": None,
            "is_noted": False,
            "is_live": True,
        }


def _spoken(one: Decided) -> Iterable[Row]:
    for reminder_id, request in zip(one.reminder_ids, one.decision.requests, strict=True):
        for asked in request.items:
            invoice_id, item_id = asked.item.key
            yield {
                "key": one.occasion.key,
                "invoice_id": invoice_id,
                "item_id": item_id,
                "reminder_id": reminder_id,
            }


def _closed(decided: Iterable[Decided]) -> list[tuple[Any, ...]]:
    return [(case.case_id, one.now) for one in decided for case in one.decision.closed]


def _withdrawn(decided: Iterable[Decided]) -> list[tuple[Any, ...]]:
    return [(taken.reminder_id, taken.reason) for one in decided for taken in one.decision.withdrawals]


def _stages(decided: Iterable[Decided]) -> list[tuple[Any, ...]]:
    return [(reached.reminder_id,) for one in decided for reached in one.decision.stages_reached]


def _noted(decided: Iterable[Decided]) -> list[tuple[Any, ...]]:
    promises = [
        (one.occasion.key, noted.promise.response_id, one.case_ids[noted.case], None)
        for one in decided
        for noted in one.decision.promises_noted
    ]
    disputes = [
        (
            one.occasion.key,
            noted.dispute.response_id,
            one.case_ids[noted.case],
            as_json(stood_as_json(dict(noted.items))),
        )
        for one in decided
        for noted in one.decision.disputes_noted
    ]
    return promises + disputes


def _stood(decided: Iterable[Decided]) -> list[tuple[Any, ...]]:
    return [
        (one.occasion.key, kept.response_id, as_json(stood_as_json(kept.stood)))
        for one in decided
        for kept in one.decision.answers_stood
    ]


def _ended(decided: Iterable[Decided]) -> list[tuple[Any, ...]]:
    return [
        (one.occasion.key, ended.promise.response_id, ended.outcome)
        for one in decided
        for ended in one.decision.promises_ended
    ]


def _holds(decided: Iterable[Decided]) -> list[tuple[Any, ...]]:
    noted: dict[tuple[str, str], bool] = {}
    for one in decided:
        noted.update({(one.occasion.key, held.hold.hold_id): False for held in one.decision.holds_noted})
        noted.update({(one.occasion.key, over.hold.hold_id): True for over in one.decision.holds_resumed})
    return [(*name, is_resumed) for name, is_resumed in noted.items()]
