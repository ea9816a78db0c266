"""Writes what people look for: how cases stand, tasks, and who waits for payments; only what has changed."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from dunning_engine.domain.decision import CaseKey, Task
from dunning_engine.store import decided_tables as tables
from dunning_engine.store.bulk import Row, append, arrays_of, insert_many
from dunning_engine.usecases.ports import CaseMark, Decided
from kulant_chassis.ids import uuid7
from kulant_chassis.json_columns import as_json
from kulant_chassis.transaction import Transaction

AWAIT_PAYMENTS = frozenset({"payments_unknown", "promised", "payment_claimed"})
"""Rules that may decide otherwise as soon as more payments are known."""
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""The ERP never said up to when payments are known."""

WOKEN = (
    "FROM key_row WHERE key IN (SELECT awaited.key FROM payments_checked AS checked"
    " JOIN payments_awaited AS awaited USING (tenant, creditor_id) WHERE awaited.knew_until_at < checked.seen_until_at)"
)
"""Customers for whom payments are known further than at their last decision, where that waited for them."""

_MARK = text(
    "UPDATE dunning_case SET stage = given.stage, open_minor = given.open_minor, rules = CAST(given.rules AS jsonb)"
    " FROM unnest(CAST(:case_ids AS uuid[]), CAST(:stages AS integer[]), CAST(:open_minor AS bigint[]),"
    " CAST(:rules AS text[])) AS given(case_id, stage, open_minor, rules) WHERE dunning_case.case_id = given.case_id"
)
_GONE = text(
    "UPDATE task SET gone_at = given.at FROM unnest(CAST(:task_ids AS uuid[]), CAST(:ats AS timestamptz[]))"
    " AS given(task_id, at) WHERE task.task_id = given.task_id"
)
_AWAIT = insert_many(
    tables.payments_awaited, "ON CONFLICT (key, creditor_id) DO UPDATE SET knew_until_at = excluded.knew_until_at"
)
_AWAIT_NO_MORE = text(
    "DELETE FROM payments_awaited USING unnest(CAST(:keys AS text[]), CAST(:creditor_ids AS text[]))"
    " AS given(key, creditor_id) WHERE payments_awaited.key = given.key"
    " AND payments_awaited.creditor_id = given.creditor_id"
)


async def save_marks(
    transaction: Transaction, decided: Sequence[Decided], marks: Sequence[Mapping[UUID, CaseMark]]
) -> None:
    """Bring lists of cases, of tasks and of those who wait up to date; `marks`: by decision, those that changed.

    A case that was opened just now was written with its mark.
    """
    opened = {one.case_ids[key] for one in decided for key in one.decision.opened}
    marked = [(case_id, mark) for changed in marks for case_id, mark in changed.items() if case_id not in opened]
    if marked:
        parameters = {
            "case_ids": [case_id for case_id, _ in marked],
            "stages": [mark.stage for _, mark in marked],
            "open_minor": [mark.open_minor for _, mark in marked],
            "rules": [as_json(mark.rules) for _, mark in marked],
        }
        await transaction.connection.execute(_MARK, parameters)
    await _save_tasks(transaction, decided)
    await _save_awaited(transaction, decided)


async def _save_tasks(transaction: Transaction, decided: Sequence[Decided]) -> None:
    await append(transaction, tables.task, [row for one in decided for row in _called(one)])
    gone = [(task_id, one.now) for one in decided for task_id in _gone(one)]
    if gone:
        parameters = {"task_ids": [task_id for task_id, _ in gone], "ats": [at for _, at in gone]}
        await transaction.connection.execute(_GONE, parameters)


async def _save_awaited(transaction: Transaction, decided: Sequence[Decided]) -> None:
    waiting, over = [], []
    for one in decided:
        awaited = awaited_payments(one)
        waiting += [
            {"key": one.occasion.key, "creditor_id": name, "tenant": one.occasion.tenant, "knew_until_at": at}
            for name, at in awaited.items()
            if one.known.awaits.get(name) != at
        ]
        over += [(one.occasion.key, name) for name in one.known.awaits.keys() - awaited.keys()]
    if waiting:
        await transaction.connection.execute(_AWAIT, arrays_of(tables.payments_awaited, waiting))
    if over:
        parameters = {"keys": [key for key, _ in over], "creditor_ids": [name for _, name in over]}
        await transaction.connection.execute(_AWAIT_NO_MORE, parameters)


def changed_marks(one: Decided) -> dict[UUID, CaseMark]:
    """How the cases stand after the decision, where that is not how they stood."""
    by_case: dict[Any, set[str]] = {}
    for reason in one.decision.reasons:
        by_case.setdefault((reason.creditor_id, reason.currency), set()).add(reason.rule)
    of_all = by_case.get((None, None), set())
    reached = _reached(one)
    marks: dict[UUID, CaseMark] = {}
    for key, case_id in one.case_ids.items():
        before = one.known.marks.get(case_id, CaseMark())
        mark = CaseMark(
            stage=max(before.stage, reached.get(case_id, 0)),
            open_minor=sum(i.open_minor for i in one.facts.items if i.is_overdue and _case_of(i) == key),
            rules=tuple(sorted(by_case.get(key, set()) | of_all)),
        )
        if mark != before:
            marks[case_id] = mark
    return marks


def awaited_payments(one: Decided) -> Mapping[str, datetime]:
    """Creditors whose payments the decision waits for, with up to when they are known now."""
    facts = one.facts
    awaited = {r.creditor_id for r in one.decision.reasons if r.rule in AWAIT_PAYMENTS and r.creditor_id is not None}
    ended = {over.promise.response_id for over in one.decision.promises_ended}
    rests_since = one.now - timedelta(days=one.decision.policy.rests.claim_most_days + 1)
    if any(promise.ended is None and promise.response_id not in ended for promise in facts.promises) or any(
        claim.amount_minor is not None and claim.said_at >= rests_since for claim in facts.claims
    ):
        # A part that was promised, or is said to be paid, rests no whole item, and waits all the same.
        awaited |= {item.creditor_id for item in facts.items if item.is_owed}
    # A creditor whose own facts are missing is waited for in another way; here it would be looked at for ever.
    known = sorted(awaited & facts.creditors.keys())
    return {name: facts.creditors[name].payments_known_until or NEVER for name in known}


def _reached(one: Decided) -> dict[Any, int]:
    reached: dict[Any, int] = {}
    now_said = {stage.reminder_id for stage in one.decision.stages_reached}
    for reminder in one.facts.reminders:
        if reminder.reminder_id in now_said:
            stage = max((item.stage for item in reminder.items), default=reminder.stage)
            reached[reminder.case_id] = max(reached.get(reminder.case_id, 0), stage)
    return reached


def _case_of(item: Any) -> CaseKey:
    return item.creditor_id, item.currency


def _called(one: Decided) -> Iterable[Row]:
    known = {(task.code, task.about) for task in one.known.tasks}
    for task in one.decision.tasks:
        if (task.code, task.about) not in known:
            yield _task_row(one, task)


def _gone(one: Decided) -> list[Any]:
    # Where a fact is missing nothing was decided: what had to be looked at then still has to.
    if not one.facts.is_complete:
        return []
    wanted = {(task.code, task.about) for task in one.decision.tasks}
    return [task.task_id for task in one.known.tasks if (task.code, task.about) not in wanted]


def _task_row(one: Decided, task: Task) -> Row:
    invoice_id, item_id = task.item or (None, None)
    return {
        "task_id": uuid7(),
        "key": one.occasion.key,
        "tenant": one.occasion.tenant,
        "customer_id": one.occasion.customer_id,
        "code": task.code,
        "about": task.about,
        "case_id": one.case_ids.get(task.case) if task.case is not None else None,
        "invoice_id": invoice_id,
        "item_id": item_id,
        "since_at": task.since or one.now,
        "finished_at": None,
        "gone_at": None,
    }
