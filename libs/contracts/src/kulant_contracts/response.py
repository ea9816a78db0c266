"""What the customer said, on any channel, as one of a few intents."""

from typing import ClassVar

from pydantic import Field

from kulant_contracts import topics
from kulant_contracts.envelope import EventData
from kulant_contracts.money import Money
from kulant_contracts.wire import Code, Day, Id, Instant, Text


class ResponseEventData(EventData):
    """Something that a customer said."""

    TOPIC: ClassVar[str] = topics.RESPONSE

    response_id: Id
    customer_id: Id
    case_id: Id | None = None
    reminder_id: Id | None = Field(default=None, description="The reminder that it answers")
    channel: Code = Field(json_schema_extra={"x-open-enum": ["page", "email", "sms", "whatsapp", "phone", "post"]})
    said_at: Instant = Field(description="On the tenant's clock")
    quote: Text | None = Field(default=None, description="The customer's own words")


class ResponsePaymentClaimedV1(ResponseEventData):
    """The customer says to have paid."""

    TYPE: ClassVar[str] = "kulant.response.payment_claimed.v1"

    item_id: Id | None = Field(default=None, description="absent: all items of the reminder")
    money: Money | None = Field(default=None, description="absent: all that the reminder asks for")
    on: Day | None = Field(default=None, description="The day on which the customer says to have paid")


class ResponsePromiseMadeV1(ResponseEventData):
    """The customer says to pay on a day to come."""

    TYPE: ClassVar[str] = "kulant.response.promise_made.v1"

    item_id: Id | None = Field(default=None, description="absent: all items of the reminder")
    money: Money | None = Field(default=None, description="absent: all that the reminder asks for")
    on: Day = Field(description="The day on which the customer will pay")
