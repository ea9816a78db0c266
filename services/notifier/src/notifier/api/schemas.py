"""What the API answers with."""

from datetime import date, datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel, Field

from kulant_contracts.money import Money
from notifier.domain.amount import Amount
from notifier.usecases.views import DeliveryView, ReminderView, TaskView


def money(amount: Amount) -> Money:
    """An amount on the wire."""
    return Money.from_minor(amount.amount_minor, amount.currency)


class DeliveryResponse(BaseModel):
    """One attempt to bring a reminder over one channel to one contact."""

    delivery_id: UUID
    reminder_id: UUID
    customer_id: str
    case_id: str
    outcome: str = Field(description="handing_over, deferred, sent, suppressed, failed, unknown, bounced, delivered.")
    channel: str
    contact_id: str | None
    address: str | None = Field(description="Masked.")
    gateway: str | None
    provider_id: str | None
    reason: str | None
    content_sha256: str | None = Field(description="Of the exact bytes handed over.")
    total: Money
    deadline_on: date | None
    asked_at: datetime | None = Field(description="First question to the gate, wall clock.")
    cleared_at: datetime | None = Field(description="When all owners had said clear, wall clock.")
    at: datetime = Field(description="The tenant's clock.")
    recorded_at: datetime = Field(description="Wall clock.")

    @classmethod
    def of(cls, view: DeliveryView) -> Self:
        """From what the store knows."""
        fields = {name: getattr(view, name) for name in cls.model_fields if name != "total"}
        return cls(total=money(view.total), **fields)


class ReminderItemResponse(BaseModel):
    """One item that the reminder speaks of."""

    item_id: str
    invoice_id: str
    number: str
    due_on: date
    open: Money


class ReminderResponse(BaseModel):
    """A reminder, where it stands, and its attempts."""

    reminder_id: UUID
    customer_id: str
    creditor_id: str
    case_id: str
    kind: str
    stage: str
    state: str = Field(
        description="requested, claimed, handing_over, sent, suppressed, failed, unknown, bounced or delivered."
    )
    withdrawn_because: str | None
    waiting_for: str | None = Field(description="Why it was given back last, while it is not ended.")
    items: list[ReminderItemResponse]
    total: Money
    deadline_on: date | None
    not_before_at: datetime
    not_after_at: datetime
    received_at: datetime
    ended_at: datetime | None
    deliveries: list[DeliveryResponse]

    @classmethod
    def of(cls, view: ReminderView) -> Self:
        """From what the store knows."""
        reminder = view.reminder
        return cls(
            reminder_id=reminder.reminder_id,
            customer_id=reminder.customer_id,
            creditor_id=reminder.creditor_id,
            case_id=reminder.case_id,
            kind=reminder.kind,
            stage=reminder.stage,
            state=view.state,
            withdrawn_because=view.withdrawn_because,
            waiting_for=view.waiting_for,
            items=[
                ReminderItemResponse(
                    item_id=line.item_id,
                    invoice_id=line.invoice_id,
                    number=line.number,
                    due_on=line.due_on,
                    open=money(line.open),
                )
                for line in reminder.lines
            ],
            total=money(reminder.total),
            deadline_on=reminder.deadline_on,
            not_before_at=reminder.not_before_at,
            not_after_at=reminder.not_after_at,
            received_at=view.received_at,
            ended_at=view.ended_at,
            deliveries=[DeliveryResponse.of(one) for one in view.deliveries],
        )


class DeliveriesResponse(BaseModel):
    """A page of deliveries, oldest first."""

    items: list[DeliveryResponse]
    next: str | None = Field(description="Cursor of the next page; null at the end.")


class TaskResponse(BaseModel):
    """Something that a person is to do."""

    task_id: UUID = Field(description="Also the delivery that it is about.")
    kind: str = Field(description="unknown: was it sent? no_contact: there was nobody to write to.")
    state: str = Field(description="open or done.")
    reason: str | None = Field(description="Why the delivery ended so.")
    customer_id: str
    reminder_id: UUID
    case_id: str
    message: str = Field(description="Kind and stage of the reminder.")
    total: Money
    deadline_on: date | None
    contact_id: str | None
    address: str | None = Field(description="Masked.")
    opened_at: datetime = Field(description="The tenant's clock.")
    outcome: str | None = Field(description="sent, not_sent, closed, done; settled: it became clear by itself.")
    note: str | None
    finished_by: str | None = Field(description="Name of the token.")
    finished_at: datetime | None

    @classmethod
    def of(cls, view: TaskView) -> Self:
        """From what the store knows."""
        reminder = view.reminder
        own = ("task_id", "kind", "state", "reason", "contact_id", "address", "opened_at")
        end = ("outcome", "note", "finished_by", "finished_at")
        return cls(
            customer_id=reminder.customer_id,
            reminder_id=reminder.reminder_id,
            case_id=reminder.case_id,
            message=f"{reminder.kind}/{reminder.stage}",
            total=money(reminder.total),
            deadline_on=reminder.deadline_on,
            **{name: getattr(view, name) for name in (*own, *end)},
        )


class TasksResponse(BaseModel):
    """A page of tasks, oldest first."""

    items: list[TaskResponse]
    next: str | None = Field(description="Cursor of the next page; null at the end.")
