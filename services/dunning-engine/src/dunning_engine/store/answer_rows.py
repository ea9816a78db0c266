"""Answers of customers as rows and back: one table for all kinds, each row with what became of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from dunning_engine.domain.answers import (
    About,
    Case,
    Dispute,
    DisputeDecision,
    PaymentClaim,
    Preference,
    Promise,
    Question,
    Refusal,
    Represented,
    Stood,
)
from dunning_engine.domain.learned import Answer
from dunning_engine.store import tables
from dunning_engine.store.bulk import Row

_KINDS: Mapping[type[Answer], str] = {
    Promise: "promise",
    PaymentClaim: "claim",
    Dispute: "dispute",
    Question: "question",
    Refusal: "refusal",
    Preference: "preference",
    Represented: "represented",
}
_EMPTY: Mapping[str, Any] = {column.name: None for column in tables.answer.columns} | {"is_noted": False}


def row_of(key: str, answer: Answer) -> Row:
    """An answer as it is first written down."""
    about = About() if isinstance(answer, Represented) else answer.about
    return {
        **_EMPTY,
        "key": key,
        "response_id": answer.response_id,
        "kind": _KINDS[type(answer)],
        "said_at": answer.said_at,
        "item_id": about.item_id,
        "invoice_id": about.invoice_id,
        "currency": about.currency,
        "reminder_id": about.reminder_id,
        **_said(answer),
    }


def _said(answer: Answer) -> Row:
    match answer:
        case Promise():
            return {"named_on": answer.on, "amount_minor": answer.amount_minor}
        case PaymentClaim():
            return {"named_on": answer.paid_on, "amount_minor": answer.amount_minor}
        case Dispute():
            return {"what": answer.reason, "amount_minor": answer.amount_minor}
        case Question():
            return {"what": answer.kind}
        case Refusal():
            return {"channel": answer.channel, "contact_id": answer.contact_id}
        case Preference():
            return {"what": answer.kind, "channel": answer.channel}
        case Represented():
            return {}


def answers_of(rows: Sequence[Any], cases: Mapping[Any, Case]) -> dict[str, Any]:
    """Rows as the tuples of `Facts`; `cases`: those on whose record an answer may be, by id."""
    if not rows:  # most customers never answer
        return {}

    def each(kind: str) -> list[Any]:
        return [row for row in rows if row.kind == kind]

    return {
        "promises": tuple(_promise(row, cases) for row in each("promise")),
        "claims": tuple(_claim(row) for row in each("claim")),
        "disputes": tuple(_dispute(row) for row in each("dispute")),
        "questions": tuple(
            Question(row.response_id, row.what, row.said_at, _about(row), row.answered_at) for row in each("question")
        ),
        "refusals": tuple(
            Refusal(row.response_id, row.said_at, row.channel, row.contact_id, _about(row)) for row in each("refusal")
        ),
        "preferences": tuple(
            Preference(row.response_id, row.what, row.said_at, row.channel, _about(row)) for row in each("preference")
        ),
        "represented": tuple(Represented(row.response_id, row.said_at) for row in each("represented")),
    }


def stood_as_json(stood: Stood) -> list[list[str | int]]:
    """What was open, as a column holds it: invoice, item, minor units."""
    return [[invoice_id, item_id, minor] for (invoice_id, item_id), minor in sorted(stood.items())]


def _stood(value: Sequence[Any] | None) -> Stood | None:
    return None if value is None else {(invoice_id, item_id): minor for invoice_id, item_id, minor in value}


def _about(row: Any) -> About:
    return About(row.item_id, row.currency, row.reminder_id, row.invoice_id)


def _promise(row: Any, cases: Mapping[Any, Case]) -> Promise:
    return Promise(
        response_id=row.response_id,
        said_at=row.said_at,
        on=row.named_on,
        about=_about(row),
        amount_minor=row.amount_minor,
        is_noted=row.is_noted,
        case=cases.get(row.case_id),
        stood=_stood(row.stood),
        ended=row.ended,
    )


def _claim(row: Any) -> PaymentClaim:
    return PaymentClaim(row.response_id, row.said_at, _about(row), row.named_on, row.amount_minor, _stood(row.stood))


def _dispute(row: Any) -> Dispute:
    decision = DisputeDecision(row.outcome, row.decided_at, row.accepted_minor) if row.outcome else None
    return Dispute(
        response_id=row.response_id,
        said_at=row.said_at,
        about=_about(row),
        amount_minor=row.amount_minor,
        reason=row.what,
        decision=decision,
        is_noted=row.is_noted,
        stood=_stood(row.stood),
    )
