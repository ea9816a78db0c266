"""What was said to whom, day by day: sent messages joined with what they were asked to say."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from kulant_contracts.delivery import DeliverySentV1
from kulant_contracts.envelope import Event
from kulant_contracts.reminder import ReminderRequestedV1

BERLIN = ZoneInfo("Europe/Berlin")


@dataclass(frozen=True, slots=True)
class Sent:
    """One message that left: the customer's day, what kind, about which invoices at which stage, for how much."""

    on: date
    kind: str
    code: str
    customer_id: str
    creditor_id: str
    currency: str
    stages: tuple[tuple[str, int], ...]
    total: str
    deadline_on: date
    reminder_id: str

    @property
    def said(self) -> tuple[date, str]:
        """The day and the code of the message: what most stories are about."""
        return self.on, self.code

    @property
    def invoices(self) -> frozenset[str]:
        """The invoices that it names."""
        return frozenset(invoice_id for invoice_id, _ in self.stages)


def chronicle(events: Iterable[Event], zone: ZoneInfo = BERLIN) -> list[Sent]:
    """All messages that left, in order of their sending."""
    told = list(events)
    requests = {event.data.reminder_id: event.data for event in told if isinstance(event.data, ReminderRequestedV1)}
    deliveries = sorted(
        (event.data for event in told if isinstance(event.data, DeliverySentV1)), key=lambda sent: sent.at
    )
    return [_sent(delivery, requests[delivery.reminder_id], zone) for delivery in deliveries]


def _sent(delivery: DeliverySentV1, request: ReminderRequestedV1, zone: ZoneInfo) -> Sent:
    return Sent(
        on=delivery.at.astimezone(zone).date(),
        kind=request.kind,
        code=request.stage.code,
        customer_id=request.customer_id,
        creditor_id=request.creditor_id,
        currency=request.currency,
        stages=tuple((item.invoice_id, item.stage) for item in request.items),
        total=request.total.amount,
        deadline_on=delivery.deadline_on or request.deadline_on,
        reminder_id=request.reminder_id,
    )
