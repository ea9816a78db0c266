"""What dunning-engine asks the notifier to say, and what it takes back."""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from kulant_contracts import topics
from kulant_contracts.envelope import EventData
from kulant_contracts.money import Currency, Money, check_one_currency
from kulant_contracts.party import Channel
from kulant_contracts.wire import (
    Code,
    Day,
    Flag,
    Id,
    Instant,
    Language,
    Line,
    Seen,
    Stage,
    Text,
    Version,
    Wire,
)

ReminderKind = Literal["reminder", "notice", "promise_note", "promise_resume", "plan", "service"]


class PolicyVersion(Wire):
    """Which policy, and which version of it, led to this."""

    code: Code
    version: Version


class ReminderStage(Wire):
    """The leading stage of a reminder, or what a message outside of the ladder is about."""

    number: Stage = Field(description="0: no rung of the ladder")
    code: Code = Field(description="The rung's name in the policy; outside of the ladder: what the message is about")
    tone: Annotated[Code, Field(json_schema_extra={"x-open-enum": ["service", "friendly", "factual", "firm", "final"]})]
    legal_effect: Literal["notice", "demand", "final"] = Field(description="What the message means in law")


class ReminderItem(Wire):
    """One item of a reminder, as it stood when the reminder was decided."""

    item_id: Id
    invoice_id: Id
    number: Line
    issued_on: Day
    due_on: Day
    amount: Money
    open: Money
    days_overdue: Annotated[int, Field(strict=True, ge=-36_500, le=200_000)] = Field(
        description="Days since due_on; negative before it"
    )
    stage: Stage = Field(description="This item's own stage, at most the leading one")
    default_since_on: Day | None = None


class Cost(Wire):
    """Something that the law or the contract adds to what is owed."""

    cost_id: Id
    item_id: Id | None = None
    kind: Code = Field(json_schema_extra={"x-open-enum": ["interest", "lump_sum", "fee"]})
    money: Money
    basis: Line = Field(description="The rule that gives it")
    explanation: Text = Field(description="How it was worked out, for the customer")
    tax: Money | None = None


class Credit(Wire):
    """Something that makes what is asked for less than what is open: money of the customer's, or a part that rests."""

    money: Money
    note: Line
    code: (
        Annotated[
            Code, Field(json_schema_extra={"x-open-enum": ["unallocated", "disputed", "promised", "claimed", "held"]})
        ]
        | None
    ) = Field(default=None, description="What kind of thing it is, for the reader's own language")
    item_id: Id | None = None
    invoice_id: Id | None = None


class NextStep(Wire):
    """What happens if nothing happens."""

    code: Code
    not_before_on: Day


class SaidBefore(Wire):
    """What the customer said that this message is about."""

    response_id: Id
    said_on: Day
    on: Day | None = Field(default=None, description="The day that the customer named: pays on, paid on")
    money: Money | None = Field(default=None, description="The sum that the customer named; absent: all of it")


class ReturnedPayment(Wire):
    """The payment that came back, for the message about it."""

    on: Day
    is_direct_debit: Flag
    bank_fee: Money | None = None
    recollect_on: Day | None = None


class Experiment(Wire):
    """The arm of a comparison of policies that this reminder belongs to."""

    code: Code
    arm: Code


class ReminderRequestedV1(EventData):
    """One message of one creditor in one currency is to be sent. Its id is for life."""

    TYPE: ClassVar[str] = "kulant.reminder.requested.v1"
    TOPIC: ClassVar[str] = topics.REMINDER

    reminder_id: Id
    customer_id: Id
    creditor_id: Id
    case_id: Id
    kind: ReminderKind
    policy: PolicyVersion
    stage: ReminderStage
    channels: Annotated[tuple[Channel, ...], Field(min_length=1, max_length=10)] = Field(
        description="In the order in which they are tried"
    )
    language: Language = Field(description="BCP 47")
    currency: Currency
    items: Annotated[tuple[ReminderItem, ...], Field(max_length=500)]
    items_total: Money = Field(description="Sum of what is open on the items")
    costs: Annotated[tuple[Cost, ...], Field(max_length=1_000)] = ()
    credits: Annotated[tuple[Credit, ...], Field(max_length=1_000)] = ()
    total: Money = Field(description="items_total plus costs less credits")
    deadline_on: Day = Field(
        description="Last day to pay, for channels[0] and a sending until not_after_at; any other is requested anew"
    )
    next_step: NextStep
    not_before_at: Instant
    not_after_at: Instant
    seen: Seen = Field(description="Service to the highest sequence up to which the decision had everything")
    about: SaidBefore | None = Field(default=None, description="What a message of kind promise_* or service answers")
    payment_returned: ReturnedPayment | None = None
    contact_id: Id | None = Field(default=None, description="To this contact alone; absent: as channels say")
    experiment: Experiment | None = None

    @model_validator(mode="after")
    def _is_of_one_currency(self) -> Self:
        owed = [money for item in self.items for money in (item.amount, item.open)]
        added = [cost.money for cost in self.costs] + [credit.money for credit in self.credits]
        check_one_currency(self.currency, [self.items_total, self.total, *owed, *added])
        return self


class ReminderWithdrawnV1(EventData):
    """The reminder must not leave any more. Wins until hand-over has begun, even if it is read first."""

    TYPE: ClassVar[str] = "kulant.reminder.withdrawn.v1"
    TOPIC: ClassVar[str] = topics.REMINDER

    reminder_id: Id
    customer_id: Id
    reason: Code
