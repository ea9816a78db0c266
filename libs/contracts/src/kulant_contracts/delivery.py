"""What became of an attempt to bring a reminder to a customer."""

from typing import ClassVar

from pydantic import Field

from kulant_contracts import topics
from kulant_contracts.envelope import EventData
from kulant_contracts.money import Money
from kulant_contracts.party import Channel
from kulant_contracts.wire import Code, Day, Id, Instant, Line, Seen, Sha256


class DeliveryEventData(EventData):
    """A fact about one attempt over one channel to one contact. Addresses appear nowhere but masked."""

    TOPIC: ClassVar[str] = topics.DELIVERY

    delivery_id: Id
    reminder_id: Id
    case_id: Id
    customer_id: Id
    channel: Channel
    at: Instant = Field(description="When it happened, on the tenant's clock")
    provider_id: Line | None = Field(default=None, description="The provider's own name for the message")
    reason: Code | None = None
    content_sha256: Sha256 | None = Field(default=None, description="Of the bytes handed over, lower-case hex")
    deadline_on: Day | None = Field(default=None, description="The last day to pay that the message names")
    total: Money | None = Field(default=None, description="The sum that the message names")
    asked_at: Instant | None = Field(default=None, description="First question to the gate, wall clock")
    cleared_at: Instant | None = Field(
        default=None, description="The earlier of the last two owners' answers, wall clock: a clearance ages from there"
    )


class DeliverySentV1(DeliveryEventData):
    """The channel took the message over: SMTP 250, the provider's acceptance."""

    TYPE: ClassVar[str] = "kulant.delivery.sent.v1"

    contact_id: Id
    gateway: Code


class DeliveryDeliveredV1(DeliveryEventData):
    """The channel says that the message arrived."""

    TYPE: ClassVar[str] = "kulant.delivery.delivered.v1"

    contact_id: Id
    gateway: Code


class DeliveryReadV1(DeliveryEventData):
    """The channel says that the message was opened."""

    TYPE: ClassVar[str] = "kulant.delivery.read.v1"

    contact_id: Id
    gateway: Code


class DeliverySuppressedV1(DeliveryEventData):
    """The message was not sent because it must not be: withdrawn, expired, stale or stopped."""

    TYPE: ClassVar[str] = "kulant.delivery.suppressed.v1"

    reason: Code
    contact_id: Id | None = Field(default=None, description="absent: it ended before a contact was chosen")
    gateway: Code | None = Field(default=None, description="absent: it ended before a gateway was chosen")
    seen: Seen = Field(
        default_factory=dict, description="Service to the sequence that it had when it said stale or stop"
    )


class DeliveryFailedV1(DeliveryEventData):
    """The message could not be sent, and will not be: refused for good, no usable contact."""

    TYPE: ClassVar[str] = "kulant.delivery.failed.v1"

    reason: Code
    contact_id: Id | None = Field(default=None, description="absent: there was no usable contact")
    gateway: Code | None = Field(default=None, description="absent: there was no usable contact")


class DeliveryUnknownV1(DeliveryEventData):
    """Hand-over had begun, and nobody knows whether it was done. A person looks; never sent again silently."""

    TYPE: ClassVar[str] = "kulant.delivery.unknown.v1"

    reason: Code
    contact_id: Id
    gateway: Code


class DeliveryBouncedV1(DeliveryEventData):
    """A message that was taken over came back."""

    TYPE: ClassVar[str] = "kulant.delivery.bounced.v1"

    reason: Code
    contact_id: Id
    gateway: Code
