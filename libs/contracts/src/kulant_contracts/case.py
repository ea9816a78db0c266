"""What dunning-engine says about a case: what an ERP needs to write back."""

from typing import Annotated, ClassVar

from pydantic import Field

from kulant_contracts import topics
from kulant_contracts.envelope import EventData
from kulant_contracts.money import Currency, Money
from kulant_contracts.party import Channel
from kulant_contracts.wire import Code, Day, Id, Instant, Stage, Wire


class CaseEventData(EventData):
    """A fact about the open items of one customer with one creditor in one currency."""

    TOPIC: ClassVar[str] = topics.CASE

    case_id: Id
    customer_id: Id
    creditor_id: Id
    at: Instant = Field(description="When it became so, on the tenant's clock")


class CaseOpenedV1(CaseEventData):
    """A step is near, due or past for the first time."""

    TYPE: ClassVar[str] = "kulant.case.opened.v1"

    currency: Currency


class CaseClosedV1(CaseEventData):
    """Nothing is left to remind of."""

    TYPE: ClassVar[str] = "kulant.case.closed.v1"

    reason: Code


class StageReached(Wire):
    """The stage that one item has reached with a delivered reminder."""

    invoice_id: Id
    item_id: Id
    stage: Stage
    sent_on: Day
    received_on: Day | None = None
    deadline_on: Day = Field(description="The last day to pay that the message named")


class CaseStageReachedV1(CaseEventData):
    """A reminder was delivered; its items stand at these stages now."""

    TYPE: ClassVar[str] = "kulant.case.stage_reached.v1"

    reminder_id: Id
    channel: Channel
    items: Annotated[tuple[StageReached, ...], Field(max_length=500)]


class CasePromiseMadeV1(CaseEventData):
    """A promise to pay was taken on; reminders rest until its day has passed."""

    TYPE: ClassVar[str] = "kulant.case.promise_made.v1"

    promise_id: Id
    money: Money
    on: Day = Field(description="The day on which the customer will pay")
