"""An answer as the responses that the other services read."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from feedback_service.domain import answer as said
from feedback_service.domain.answer import Answer, Part
from feedback_service.domain.reminder import Reminder
from kulant_chassis.transaction import Cause, Draft
from kulant_contracts import response as wire
from kulant_contracts.money import Money
from kulant_contracts.party import Address
from kulant_contracts.topics import partition_key

_EVENTS: Mapping[type, type[wire.ResponseEventData]] = {
    said.PaymentClaimed: wire.ResponsePaymentClaimedV1,
    said.PromiseMade: wire.ResponsePromiseMadeV1,
    said.Disputed: wire.ResponseDisputedV1,
    said.QuestionAsked: wire.ResponseQuestionAskedV1,
    said.DocumentRequested: wire.ResponseDocumentRequestedV1,
    said.ExtensionRequested: wire.ResponseExtensionRequestedV1,
    said.PlanRequested: wire.ResponsePlanRequestedV1,
    said.HardshipSignalled: wire.ResponseHardshipSignalledV1,
    said.ContactRefused: wire.ResponseContactRefusedV1,
    said.ContactCorrected: wire.ResponseContactCorrectedV1,
    said.WrongPerson: wire.ResponseWrongPersonV1,
    said.Represented: wire.ResponseRepresentedV1,
    said.ChannelPreferred: wire.ResponseChannelPreferredV1,
    said.Rated: wire.ResponseRatedV1,
}


def drafts(answer: Answer, reminder: Reminder, traceparent: str | None) -> list[Draft]:
    """One event for each part, in the order of the parts, continuing the chain of the reminder."""
    cause = Cause(
        traceparent=traceparent,
        correlationid=reminder.origin.correlation_id,
        causationid=reminder.origin.event_id,
    )
    key = partition_key(answer.tenant, answer.customer_id)
    return [
        Draft(key, answer.tenant, answer.said_at, _data(answer, answer.response_id(number), part), cause)
        for number, part in enumerate(answer.statement.parts)
    ]


def _data(answer: Answer, response_id: UUID, part: Part) -> wire.ResponseEventData:
    event = _EVENTS[type(answer.statement)]
    fields: dict[str, Any] = {
        "response_id": str(response_id),
        "customer_id": answer.customer_id,
        "case_id": answer.case_id,
        "reminder_id": str(answer.reminder_id),
        "channel": answer.via.value,
        "said_at": answer.said_at,
        "quote": answer.quote,
    }
    if part.key is not None:
        fields |= {"item_id": part.key.item_id, "invoice_id": part.key.invoice_id}
    if part.money is not None:
        fields |= {"money": Money.from_minor(part.money.amount_minor, part.money.currency)}
    return event(**fields, **_own(answer.statement))


def _own(statement: said.Statement) -> dict[str, Any]:
    """What an intent says beyond item, sum and words."""
    own: dict[str, Any] = {}
    match statement:
        case said.PaymentClaimed(on=on, method=method):
            own = {"on": on, "method": method.value if method else None}
        case said.PromiseMade(on=on) | said.ExtensionRequested(on=on):
            own = {"on": on}
        case said.Disputed(reason=reason):
            own = {"reason": reason.value}
        case said.ContactRefused(refused=channel, contact_id=contact_id):
            own = {"refused_channel": channel.value, "contact_id": contact_id}
        case said.ContactCorrected(corrected=channel, contact_id=contact_id, address=address, postal=postal):
            own = {"corrected_channel": channel.value, "contact_id": contact_id}
            own |= {"address": address, "postal": _address(postal) if postal else None}
        case said.WrongPerson(reached=channel, contact_id=contact_id):
            own = {"reached_channel": channel.value, "contact_id": contact_id}
        case said.Represented(by=by):
            own = {"by": by}
        case said.ChannelPreferred(preferred=channel):
            own = {"preferred_channel": channel.value}
        case said.Rated(stars=stars):
            own = {"stars": stars}
    return own


def _address(postal: said.Postal) -> Address:
    return Address(lines=postal.lines, postal_code=postal.postal_code, city=postal.city, country=postal.country)
