"""Outcomes as events for the bus; an address appears in none of them."""

from typing import Any

from kulant_chassis.transaction import Cause, Draft
from kulant_contracts.delivery import (
    DeliveryBouncedV1,
    DeliveryDeliveredV1,
    DeliveryEventData,
    DeliveryFailedV1,
    DeliverySentV1,
    DeliverySuppressedV1,
    DeliveryUnknownV1,
)
from kulant_contracts.money import Money
from notifier.domain.attempt import State
from notifier.domain.outcome import Outcome
from notifier.usecases.ports import Trace

_EVENTS: dict[State, type[DeliveryEventData]] = {
    State.SENT: DeliverySentV1,
    State.SUPPRESSED: DeliverySuppressedV1,
    State.FAILED: DeliveryFailedV1,
    State.UNKNOWN: DeliveryUnknownV1,
    State.BOUNCED: DeliveryBouncedV1,
    State.DELIVERED: DeliveryDeliveredV1,
}


def draft_of(outcome: Outcome, trace: Trace) -> Draft:
    """The event of an outcome, ready for the outbox."""
    reminder, clearance = outcome.reminder, outcome.clearance
    fields: dict[str, Any] = {
        "delivery_id": str(outcome.delivery_id),
        "reminder_id": str(reminder.reminder_id),
        "case_id": reminder.case_id,
        "customer_id": reminder.customer_id,
        "channel": outcome.channel or reminder.channels[0],
        "contact_id": outcome.contact_id,
        "at": outcome.at,
        "gateway": outcome.gateway,
        "provider_id": outcome.provider_id,
        "reason": outcome.reason,
        "content_sha256": outcome.content_sha256,
        "deadline_on": reminder.deadline_on,
        "total": Money.from_minor(reminder.total.amount_minor, reminder.total.currency),
        "asked_at": clearance.asked_at if clearance else None,
        "cleared_at": clearance.cleared_at if clearance else None,
    }
    if outcome.state is State.SUPPRESSED:
        fields["seen"] = dict(outcome.seen)
    return Draft(
        key=reminder.key,
        tenant=reminder.tenant,
        time=outcome.at,
        data=_EVENTS[outcome.state].model_validate(fields),
        cause=Cause(trace.traceparent, trace.tracestate, trace.correlationid, trace.causationid),
    )
