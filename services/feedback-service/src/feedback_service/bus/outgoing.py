"""An answer as the responses that the other services read."""

from uuid import UUID

from feedback_service.domain.answer import Answer, Part, PaymentClaimed
from feedback_service.domain.reminder import Reminder
from kulant_chassis.transaction import Cause, Draft
from kulant_contracts.envelope import EventData
from kulant_contracts.money import Money
from kulant_contracts.response import ResponsePaymentClaimedV1, ResponsePromiseMadeV1
from kulant_contracts.topics import partition_key

CHANNEL = "page"


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


def _data(answer: Answer, response_id: UUID, part: Part) -> EventData:
    statement = answer.statement
    event = ResponsePaymentClaimedV1 if isinstance(statement, PaymentClaimed) else ResponsePromiseMadeV1
    return event(
        response_id=str(response_id),
        customer_id=answer.customer_id,
        case_id=answer.case_id,
        reminder_id=str(answer.reminder_id),
        channel=CHANNEL,
        said_at=answer.said_at,
        item_id=part.item_id,
        money=Money.from_minor(part.money.amount_minor, part.money.currency),
        on=statement.on,
    )
