"""What dunning-engine says about a case: what an ERP needs to write back."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from kulant_contracts import topics
from kulant_contracts.envelope import EventData
from kulant_contracts.holds import HoldReason, HoldScope
from kulant_contracts.money import Currency, Money
from kulant_contracts.party import Channel
from kulant_contracts.wire import Code, Day, Id, Instant, Line, Stage, Text, Wire


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


class CostEventData(CaseEventData):
    """A fact about something that the law or the contract adds to what is owed."""

    cost_id: Id
    item_id: Id | None = None
    invoice_id: Id | None = None
    kind: Code = Field(json_schema_extra={"x-open-enum": ["interest", "lump_sum", "fee"]})
    money: Money
    tax: Money | None = None


class CaseCostClaimedV1(CostEventData):
    """A message asked for it for the first time."""

    TYPE: ClassVar[str] = "kulant.case.cost_claimed.v1"


class CaseCostWaivedV1(CostEventData):
    """It is not asked for any more."""

    TYPE: ClassVar[str] = "kulant.case.cost_waived.v1"


class CaseCostSettledV1(CostEventData):
    """It was paid."""

    TYPE: ClassVar[str] = "kulant.case.cost_settled.v1"


class PromiseEventData(CaseEventData):
    """A fact about the customer's word to pay on a day."""

    promise_id: Id
    money: Money
    on: Day = Field(description="The day on which the customer will pay")


class CasePromiseMadeV1(PromiseEventData):
    """A promise to pay was taken on; reminders rest until its day has passed."""

    TYPE: ClassVar[str] = "kulant.case.promise_made.v1"


class CasePromiseKeptV1(PromiseEventData):
    """What was promised came."""

    TYPE: ClassVar[str] = "kulant.case.promise_kept.v1"


class CasePromiseBrokenV1(PromiseEventData):
    """The day of the promise has passed, payments are known beyond it, and what was promised did not come."""

    TYPE: ClassVar[str] = "kulant.case.promise_broken.v1"

    missing: Money | None = Field(default=None, description="The part that did not come; absent: all of it")


class DisputeEventData(CaseEventData):
    """A fact about a contested share of an item."""

    dispute_id: Id
    item_id: Id
    invoice_id: Id | None = None
    money: Money | None = Field(default=None, description="The contested part; absent: all that is open")
    reason: Code


class CaseDisputedV1(DisputeEventData):
    """The customer contests an item or a part of it: that part rests until a person decides."""

    TYPE: ClassVar[str] = "kulant.case.disputed.v1"


class CaseDisputeDecidedV1(DisputeEventData):
    """A person decided: accepted rests until the ERP corrects the item, rejected goes on."""

    TYPE: ClassVar[str] = "kulant.case.dispute_decided.v1"

    outcome: Literal["accepted", "partly_accepted", "rejected", "withdrawn"]
    accepted: Money | None = Field(default=None, description="The part that the creditor gives up")


class PlanItem(Wire):
    """One item of an instalment plan."""

    invoice_id: Id
    item_id: Id


class Instalment(Wire):
    """One payment of a plan."""

    due_on: Day
    money: Money


class PlanEventData(CaseEventData):
    """A fact about an instalment plan."""

    plan_id: Id
    items: Annotated[tuple[PlanItem, ...], Field(max_length=500)]
    instalments: Annotated[tuple[Instalment, ...], Field(max_length=120)]


class CasePlanAgreedV1(PlanEventData):
    """A person agreed to instalments: the items rest while they are paid."""

    TYPE: ClassVar[str] = "kulant.case.plan_agreed.v1"


class CasePlanKeptV1(PlanEventData):
    """All instalments were paid."""

    TYPE: ClassVar[str] = "kulant.case.plan_kept.v1"


class CasePlanBrokenV1(PlanEventData):
    """An instalment did not come: the items go on where they stood."""

    TYPE: ClassVar[str] = "kulant.case.plan_broken.v1"


class HeldEventData(CaseEventData):
    """A fact about a reason not to remind."""

    hold_id: Id
    scope: HoldScope
    scope_id: Id | None = None
    reason: HoldReason
    until_on: Day | None = None


class CaseHeldV1(HeldEventData):
    """Something of this case is not reminded of for now."""

    TYPE: ClassVar[str] = "kulant.case.held.v1"


class CaseResumedV1(HeldEventData):
    """That reason is gone."""

    TYPE: ClassVar[str] = "kulant.case.resumed.v1"


class CaseHandedOverV1(CaseEventData):
    """The case is somebody else's now: a lawyer's, an agency's, a court's. Kulant sends nothing more about it."""

    TYPE: ClassVar[str] = "kulant.case.handed_over.v1"

    to: Line
    items: Annotated[tuple[PlanItem, ...], Field(max_length=500)]
    costs: Annotated[tuple[Id, ...], Field(max_length=1_000)] = ()
    statement: Text | None = None
