"""The record of decisions: append-only, each with its cause, its rule, its facts and the version of its policy."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import text

from dunning_engine.domain.decision import Reason
from dunning_engine.domain.facts import Facts
from dunning_engine.store import decided_tables as tables
from dunning_engine.usecases.ports import Decided
from kulant_chassis.json_columns import as_json
from kulant_chassis.transaction import Transaction

_COLUMNS = [column.name for column in tables.decision.columns if column.name != "decision_id"]
_LAST_FINGERPRINTS = text(
    "SELECT asked.key, last.fingerprint FROM unnest(CAST(:keys AS text[])) AS asked(key) CROSS JOIN LATERAL"
    " (SELECT fingerprint FROM decision WHERE decision.key = asked.key ORDER BY decision_id DESC LIMIT 1) AS last"
)


async def record(transaction: Transaction, decided: Sequence[Decided]) -> None:
    """Append every decision; a mere step of the clock that changed nothing, not even a reason, is left out."""
    idle = [one.occasion.key for one in decided if _is_idle(one)]
    last: dict[str, str] = {}
    if idle:
        rows = await transaction.connection.execute(_LAST_FINGERPRINTS, {"keys": idle})
        last = {row.key: row.fingerprint for row in rows}
    fresh = [row for one in decided if (row := _row(transaction, one, last.get(one.occasion.key))) is not None]
    if fresh:
        await transaction.copy("decision", _COLUMNS, fresh)


def _is_idle(one: Decided) -> bool:
    return one.occasion.is_clock and one.decision.outcome == "nothing"


def _row(transaction: Transaction, one: Decided, last_fingerprint: str | None) -> tuple[Any, ...] | None:
    fingerprint = _fingerprint(one)
    if _is_idle(one) and fingerprint == last_fingerprint:
        return None
    decision = one.decision
    row = {
        "key": one.occasion.key,
        "case_ids": sorted(set(one.case_ids.values())),
        "at": one.now,
        "recorded_at": transaction.started_at,
        "causes": as_json({"types": list(one.occasion.types) or ["clock"], "events": list(one.occasion.event_ids)}),
        "policy_code": decision.policy.code,
        "policy_version": decision.policy.version,
        "outcome": decision.outcome,
        "effects": as_json(_effects(one)),
        "reasons": as_json([_reason(reason) for reason in decision.reasons]),
        "facts": as_json(_facts(one.facts)),
        "fingerprint": fingerprint,
    }
    return tuple(row[name] for name in _COLUMNS)


def _fingerprint(one: Decided) -> str:
    rules = [(r.rule, r.creditor_id, r.currency, r.invoice_id, r.item_id) for r in one.decision.reasons]
    told = json.dumps([one.decision.policy.code, one.decision.policy.version, rules])
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def _effects(one: Decided) -> dict[str, Any]:
    decision = one.decision
    effects = {
        "opened": [str(one.case_ids[key]) for key in decision.opened],
        "closed": [str(case.case_id) for case in decision.closed],
        "requested": [str(reminder_id) for reminder_id in one.reminder_ids],
        "withdrawn": {str(taken.reminder_id): taken.reason for taken in decision.withdrawals},
        "stages_reached": [str(reached.reminder_id) for reached in decision.stages_reached],
        "promises_noted": [noted.promise.response_id for noted in decision.promises_noted],
        "promises_ended": {ended.promise.response_id: ended.outcome for ended in decision.promises_ended},
        "disputes_noted": [noted.dispute.response_id for noted in decision.disputes_noted],
        "holds_noted": [noted.hold.hold_id for noted in decision.holds_noted],
        "holds_resumed": [over.hold.hold_id for over in decision.holds_resumed],
        "tasks": [[task.code, task.about] for task in decision.tasks],
        "next_look_at": decision.next_look_at.isoformat() if decision.next_look_at else None,
    }
    return {name: value for name, value in effects.items() if value}


def _reason(reason: Reason) -> dict[str, Any]:
    told = {
        "rule": reason.rule,
        "sentence": reason.sentence,
        "creditor_id": reason.creditor_id,
        "currency": reason.currency,
        "invoice_id": reason.invoice_id,
        "item_id": reason.item_id,
        "facts": dict(reason.facts),
    }
    return {name: value for name, value in told.items() if value}


def _facts(facts: Facts) -> dict[str, Any]:
    """What the decision rested on: ids, amounts, states, days, sequences; nothing that tells who it was about."""
    told: dict[str, Iterable[Any]] = {
        "items": [[*i.key, i.state, str(i.due_on), i.open_minor, i.currency, i.version] for i in facts.items],
        "holds": [[h.hold_id, h.scope, h.scope_id, h.reason, str(h.until_on), h.amount_minor] for h in facts.holds],
        "credits": [[c.creditor_id, c.currency, c.amount_minor] for c in facts.credits],
        "payments_known": [
            [c.creditor_id, c.payments_known_until.isoformat()]
            for c in facts.creditors.values()
            if c.payments_known_until is not None
        ],
        "promises": [[p.response_id, p.about.item_id, str(p.on), p.amount_minor] for p in facts.promises],
        "claims": [[c.response_id, c.about.item_id, c.said_at.isoformat()] for c in facts.claims],
        "disputes": [
            [d.response_id, d.about.item_id, d.amount_minor, d.decision.outcome if d.decision else None]
            for d in facts.disputes
        ],
        "questions": [[q.response_id, q.kind, q.about.item_id, q.answered_at is not None] for q in facts.questions],
        "refusals": [[r.response_id, r.channel] for r in facts.refusals],
        "represented": [[r.response_id] for r in facts.represented],
        "reminders": [[str(r.reminder_id), r.stage, r.withdrawn_because] for r in facts.reminders],
        "deliveries": [[str(d.reminder_id), d.kind, d.reason] for d in facts.deliveries],
        "had": dict(facts.had),
    }
    lacking = {} if facts.is_complete else {"is_complete": False}
    lacking |= {"is_erased": True} if facts.is_erased else {}
    return {name: value for name, value in told.items() if value} | lacking
