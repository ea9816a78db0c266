"""Statements as rows and back: the one place that knows both."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import RowMapping

from feedback_service.domain import answer as said
from feedback_service.domain.answer import (
    Answer,
    Channel,
    Money,
    Outcome,
    Part,
    PaymentMethod,
    Postal,
    Reason,
    RecordedAnswer,
    Statement,
    Via,
)
from feedback_service.domain.item import ItemKey
from feedback_service.usecases.ports import ResponseRecord

COLUMNS = (
    "response_id, answer_id, part, tenant, customer_id, creditor_id, case_id, reminder_id, intent, invoice_id, item_id,"
    " amount_minor, currency, named_on, method, details, quote, via, said_at, sequence"
)

_INTENTS: Mapping[type, str] = {
    said.PaymentClaimed: "payment_claimed",
    said.PromiseMade: "promise_made",
    said.Disputed: "disputed",
    said.QuestionAsked: "question_asked",
    said.DocumentRequested: "document_requested",
    said.ExtensionRequested: "extension_requested",
    said.PlanRequested: "plan_requested",
    said.HardshipSignalled: "hardship_signalled",
    said.ContactRefused: "contact_refused",
    said.ContactCorrected: "contact_corrected",
    said.WrongPerson: "wrong_person",
    said.Represented: "represented",
    said.ChannelPreferred: "channel_preferred",
    said.Rated: "rated",
}
PERSONAL = ("address", "postal", "by")
"""Details that only people who answer customers may read, and that erasure removes."""


def rows_of(answer: Answer, sequences: Sequence[int]) -> list[dict[str, Any]]:
    """One row for each part, with the sequence of the event that it became."""
    statement = answer.statement
    return [
        {
            "response_id": answer.response_id(number),
            "answer_id": answer.answer_id,
            "part": number,
            "tenant": answer.tenant,
            "customer_id": answer.customer_id,
            "creditor_id": answer.creditor_id,
            "case_id": answer.case_id,
            "reminder_id": answer.reminder_id,
            "intent": _INTENTS[type(statement)],
            "invoice_id": part.key.invoice_id if part.key else None,
            "item_id": part.key.item_id if part.key else None,
            "amount_minor": part.money.amount_minor if part.money else None,
            "currency": part.money.currency if part.money else None,
            "named_on": getattr(statement, "on", None),
            "method": getattr(statement, "method", None),
            "details": json.dumps(_details(statement)),
            "quote": answer.quote,
            "via": answer.via,
            "said_at": answer.said_at,
            "sequence": sequence,
        }
        for number, (part, sequence) in enumerate(zip(statement.parts, sequences, strict=True))
    ]


def _details(statement: Statement) -> dict[str, Any]:
    details: dict[str, Any] = {}
    match statement:
        case said.Disputed(reason=reason):
            details = {"reason": reason}
        case said.ContactRefused(refused=channel, contact_id=contact_id):
            details = {"channel": channel, "contact_id": contact_id}
        case said.ContactCorrected(corrected=channel, contact_id=contact_id, address=address, postal=postal):
            details = {"channel": channel, "contact_id": contact_id, "address": address, "postal": _postal_row(postal)}
        case said.WrongPerson(reached=channel, contact_id=contact_id):
            details = {"channel": channel, "contact_id": contact_id}
        case said.ChannelPreferred(preferred=channel):
            details = {"channel": channel}
        case said.Represented(by=by):
            details = {"by": by}
        case said.Rated(stars=stars):
            details = {"stars": stars}
    return {name: value for name, value in details.items() if value is not None}


def _postal_row(postal: Postal | None) -> dict[str, Any] | None:
    if postal is None:
        return None
    return {
        "lines": list(postal.lines),
        "postal_code": postal.postal_code,
        "city": postal.city,
        "country": postal.country,
    }


def recorded_answer(rows: Sequence[RowMapping]) -> RecordedAnswer:
    """The rows of one answer, in the order of its parts."""
    first = rows[0]
    answer = Answer(
        answer_id=first["answer_id"],
        tenant=first["tenant"],
        customer_id=first["customer_id"],
        creditor_id=first["creditor_id"],
        case_id=first["case_id"],
        reminder_id=first["reminder_id"],
        said_at=first["said_at"],
        statement=_statement(first, tuple(_part(row) for row in rows)),
        quote=first["quote"],
        via=Via(first["via"]),
    )
    return RecordedAnswer(answer, _outcome([row["outcome"] for row in rows]))


def _outcome(words: Sequence[str | None]) -> Outcome | None:
    """That of all parts; a broken one speaks for the rest, else what not all parts share counts for none."""
    if Outcome.BROKEN in words:
        return Outcome.BROKEN
    shared = words[0] if len(set(words)) == 1 else None
    return Outcome(shared) if shared else None


def _statement(row: RowMapping, parts: tuple[Part, ...]) -> Statement:
    match row["intent"]:
        case "payment_claimed":
            method = PaymentMethod(row["method"]) if row["method"] else None
            return said.PaymentClaimed(parts, row["named_on"], method)
        case "promise_made":
            return said.PromiseMade(parts, row["named_on"])
        case "disputed":
            return said.Disputed(parts, Reason(row["details"]["reason"]))
        case "extension_requested":
            return said.ExtensionRequested(row["named_on"], parts)
    simple = _SIMPLE.get(row["intent"])
    return simple(parts) if simple else _about_contact(row["intent"], row["details"])


_SIMPLE: Mapping[str, Callable[[tuple[Part, ...]], Statement]] = {
    "question_asked": said.QuestionAsked,
    "document_requested": said.DocumentRequested,
    "plan_requested": said.PlanRequested,
    "hardship_signalled": said.HardshipSignalled,
}


def _about_contact(intent: str, details: Mapping[str, Any]) -> Statement:
    channel, contact_id = details.get("channel", ""), details.get("contact_id")
    match intent:
        case "contact_refused":
            return said.ContactRefused(Channel(channel), contact_id)
        case "contact_corrected":
            postal = details.get("postal")
            read = Postal(**(postal | {"lines": tuple(postal["lines"])})) if postal else None
            return said.ContactCorrected(Channel(channel), details.get("address"), read, contact_id)
        case "wrong_person":
            return said.WrongPerson(Channel(channel), contact_id)
        case "channel_preferred":
            return said.ChannelPreferred(Channel(channel))
        case "represented":
            return said.Represented(details.get("by"))
    return said.Rated(details["stars"])


def _part(row: RowMapping) -> Part:
    key = ItemKey(row["invoice_id"] or "", row["item_id"]) if row["item_id"] else None
    money = Money(row["amount_minor"], row["currency"]) if row["currency"] else None
    return Part(key, money)


def record(row: RowMapping) -> ResponseRecord:
    """One row as it is listed."""
    return ResponseRecord(
        response_id=row["response_id"],
        customer_id=row["customer_id"],
        case_id=row["case_id"],
        reminder_id=row["reminder_id"],
        intent=row["intent"],
        via=row["via"],
        said_at=row["said_at"],
        part=_part(row),
        on=row["named_on"],
        method=row["method"],
        details={name: value for name, value in row["details"].items() if name not in PERSONAL},
        personal={name: value for name, value in row["details"].items() if name in PERSONAL},
        quote=row["quote"],
        sequence=row["sequence"],
    )
