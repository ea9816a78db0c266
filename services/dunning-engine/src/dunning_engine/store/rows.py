"""Facts and reminders as rows and back: the one place where columns and decisions' types meet."""

from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import date, datetime
from typing import Any

from dunning_engine.domain.answers import Hold, PriorDunning, ReturnedPayment
from dunning_engine.domain.decision import Request
from dunning_engine.domain.facts import CreditLine, Customer, Delivery, Item, Reminder, RequestedItem
from dunning_engine.store.bulk import Row
from kulant_chassis.json_columns import as_json


def columns(fact: Any) -> Row:
    """The fields of a fact by name, as they are: `asdict` would copy whatever they hold."""
    return {field.name: getattr(fact, field.name) for field in fields(fact)}


def customer_row(key: str, customer: Customer) -> Row:
    """A customer as columns."""
    consented_at = {channel: at.isoformat() for channel, at in customer.consented_at.items()}
    return {
        **columns(customer),
        "key": key,
        "profile": as_json(dict(customer.profile)),
        "consented_at": as_json(consented_at),
    }


def customer_of(row: Any) -> Customer:
    """The reverse of `customer_row`."""
    return Customer(
        customer_id=row.customer_id,
        version=row.version,
        time_zone=row.time_zone,
        country=row.country,
        region=row.region,
        language=row.language,
        policy_code=row.policy_code,
        kind=row.kind,
        profile=row.profile,
        consented_at={channel: datetime.fromisoformat(at) for channel, at in row.consented_at.items()},
    )


def item_row(key: str, item: Item) -> Row:
    """An item as columns."""
    return {
        **columns(item),
        "key": key,
        "returned": _dumped(item.returned),
        "prior": _dumped(item.prior),
    }


def item_of(row: Any) -> Item:
    """The reverse of `item_row`."""
    return Item(
        item_id=row.item_id,
        invoice_id=row.invoice_id,
        creditor_id=row.creditor_id,
        number=row.number,
        issued_on=row.issued_on,
        due_on=row.due_on,
        currency=row.currency,
        amount_minor=row.amount_minor,
        open_minor=row.open_minor,
        state=row.state,
        version=row.version,
        direct_debit_on=row.direct_debit_on,
        returned=ReturnedPayment(**_with_days(row.returned)) if row.returned else None,
        prior=PriorDunning(**_with_days(row.prior)) if row.prior else None,
        is_opening=row.is_opening,
        corrected_minor=row.corrected_minor,
    )


def hold_row(key: str, hold: Hold, *, is_set: bool, version: int) -> Row:
    """A hold as columns; whether it is on record is the store's own affair."""
    return {
        **columns(hold),
        "key": key,
        "is_set": is_set,
        "version": version,
        "note": None,
        "is_noted": False,
        "is_resumed": False,
    }


def hold_of(row: Any) -> Hold:
    """The reverse of `hold_row`."""
    return Hold(
        hold_id=row.hold_id,
        scope=row.scope,
        scope_id=row.scope_id,
        reason=row.reason,
        until_on=row.until_on,
        invoice_id=row.invoice_id,
        amount_minor=row.amount_minor,
        currency=row.currency,
        set_at=row.set_at,
        source=row.source,
        is_set=row.is_set,
        is_noted=row.is_noted,
        is_resumed=row.is_resumed,
    )


def delivery_row(key: str, delivery_id: str, delivery: Delivery) -> Row:
    """A delivery fact as columns."""
    return {**columns(delivery), "key": key, "delivery_id": delivery_id, "seen": as_json(dict(delivery.seen))}


def delivery_of(row: Any) -> Delivery:
    """The reverse of `delivery_row`."""
    return Delivery(
        row.reminder_id,
        row.kind,
        row.at,
        row.channel,
        row.reason,
        row.deadline_on,
        row.seen,
        row.delivery_id,
        row.contact_id,
    )


def request_row(request: Request) -> Row:
    """What was requested as columns; ids and moments are the store's own affair."""
    return {
        "creditor_id": request.case[0],
        "currency": request.case[1],
        "stage": request.number,
        "kind": request.kind,
        "code": request.code,
        "tone": request.tone,
        "channels": as_json(request.channels),
        "items": as_json([_asked(asked) for asked in request.items]),
        "not_after_at": request.not_after_at,
        "deadline_on": request.deadline_on,
        "about_response_id": request.about.response_id if request.about else None,
        "returned_payment_id": request.returned.payment_id if request.returned else None,
        "credits": as_json([[line.code, line.amount_minor, line.item] for line in request.credits]),
    }


def reminder_of(row: Any) -> Reminder:
    """A reminder as it was requested and as it stands."""
    return Reminder(
        reminder_id=row.reminder_id,
        case_id=row.case_id,
        creditor_id=row.creditor_id,
        currency=row.currency,
        stage=row.stage,
        items=tuple(RequestedItem(**{**item, "due_on": date.fromisoformat(item["due_on"])}) for item in row.items),
        requested_at=row.requested_at,
        not_after_at=row.not_after_at,
        deadline_on=row.deadline_on,
        customer_version=row.customer_version,
        seen=row.seen,
        withdrawn_because=row.withdrawn_because,
        is_noted=row.is_noted,
        kind=row.kind,
        code=row.code,
        tone=row.tone,
        channels=tuple(row.channels),
        about_response_id=row.about_response_id,
        returned_payment_id=row.returned_payment_id,
        credits=tuple(CreditLine(code, minor, tuple(item) if item else None) for code, minor, item in row.credits),
    )


def _asked(asked: Any) -> Row:
    return {
        "item_id": asked.item.item_id,
        "invoice_id": asked.item.invoice_id,
        "due_on": str(asked.item.due_on),
        "open_minor": asked.item.open_minor,
        "stage": asked.stage,
    }


def _dumped(value: ReturnedPayment | PriorDunning | None) -> str | None:
    return as_json(asdict(value)) if value is not None else None


def _with_days(value: Mapping[str, Any]) -> dict[str, Any]:
    """Columns that hold JSON know no dates: their names end in `on`."""
    is_day = {name: isinstance(found, str) and name.split("_")[-1] == "on" for name, found in value.items()}
    return {name: date.fromisoformat(found) if is_day[name] else found for name, found in value.items()}
