"""What the customer said, on any channel, as one of a few intents."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from kulant_contracts import topics
from kulant_contracts.envelope import EventData
from kulant_contracts.money import Money
from kulant_contracts.party import Address, Channel
from kulant_contracts.wire import Code, Day, Id, Instant, Line, OpenEnum, Text

DisputeReason = Annotated[
    Literal["not_received", "defective", "wrong_amount", "already_cancelled", "unknown_claim", "not_due", "other"],
    OpenEnum(unknown="other"),
]


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


class AboutItem(ResponseEventData):
    """Something said about one item, or about all of a reminder."""

    item_id: Id | None = Field(default=None, description="absent: all items of the reminder")
    invoice_id: Id | None = Field(default=None, description="The item's invoice; absent: every item of that id")


class ResponsePaymentClaimedV1(AboutItem):
    """The customer says to have paid."""

    TYPE: ClassVar[str] = "kulant.response.payment_claimed.v1"

    money: Money | None = Field(default=None, description="absent: all that the reminder asks for")
    on: Day | None = Field(default=None, description="The day on which the customer says to have paid")
    method: Code | None = Field(default=None, description="How the customer says to have paid")


class ResponsePromiseMadeV1(AboutItem):
    """The customer says to pay on a day to come."""

    TYPE: ClassVar[str] = "kulant.response.promise_made.v1"

    money: Money | None = Field(default=None, description="absent: all that the reminder asks for")
    on: Day = Field(description="The day on which the customer will pay")


class ResponseDisputedV1(AboutItem):
    """The customer says that something is not owed, or not all of it."""

    TYPE: ClassVar[str] = "kulant.response.disputed.v1"

    money: Money | None = Field(default=None, description="The part that is contested; absent: all of it")
    reason: DisputeReason


class ResponseQuestionAskedV1(AboutItem):
    """The customer asks something; a person answers."""

    TYPE: ClassVar[str] = "kulant.response.question_asked.v1"


class ResponseDocumentRequestedV1(AboutItem):
    """The customer asks for a copy of an invoice or another document."""

    TYPE: ClassVar[str] = "kulant.response.document_requested.v1"


class ResponseExtensionRequestedV1(AboutItem):
    """The customer asks for a later due date; a person decides."""

    TYPE: ClassVar[str] = "kulant.response.extension_requested.v1"

    on: Day | None = Field(default=None, description="Until when; absent: not said")


class ResponsePlanRequestedV1(AboutItem):
    """The customer asks to pay in instalments; a person decides."""

    TYPE: ClassVar[str] = "kulant.response.plan_requested.v1"


class ResponseHardshipSignalledV1(ResponseEventData):
    """The customer cannot pay for now; a person looks."""

    TYPE: ClassVar[str] = "kulant.response.hardship_signalled.v1"


class ResponseContactRefusedV1(ResponseEventData):
    """The customer does not want to be written to on a channel, or at one contact of it."""

    TYPE: ClassVar[str] = "kulant.response.contact_refused.v1"

    refused_channel: Channel
    contact_id: Id | None = Field(default=None, description="absent: all contacts of that channel")


class ResponseContactCorrectedV1(ResponseEventData):
    """The customer gives another address for a channel."""

    TYPE: ClassVar[str] = "kulant.response.contact_corrected.v1"

    corrected_channel: Channel
    contact_id: Id | None = Field(default=None, description="The contact that it replaces; absent: a new one")
    address: Line | None = Field(default=None, description="E-mail address or phone number; for every channel but post")
    postal: Address | None = Field(default=None, description="For channel post")


class ResponseWrongPersonV1(ResponseEventData):
    """Whoever was reached is not the customer: nothing more goes to that contact."""

    TYPE: ClassVar[str] = "kulant.response.wrong_person.v1"

    reached_channel: Channel
    contact_id: Id | None = None


class ResponseRepresentedV1(ResponseEventData):
    """Somebody speaks for the customer from now on: a lawyer, a guardian, an administrator. Nothing more is sent."""

    TYPE: ClassVar[str] = "kulant.response.represented.v1"

    by: Line | None = None


class ResponseChannelPreferredV1(ResponseEventData):
    """The customer would rather be written to on this channel."""

    TYPE: ClassVar[str] = "kulant.response.channel_preferred.v1"

    preferred_channel: Channel


class ResponseRatedV1(ResponseEventData):
    """The customer says how it was to deal with us."""

    TYPE: ClassVar[str] = "kulant.response.rated.v1"

    stars: Annotated[int, Field(strict=True, ge=1, le=5)]
