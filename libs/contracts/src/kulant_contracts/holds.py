"""A reason not to remind, as the ERP and invoice-service tell it alike."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from kulant_contracts.envelope import EventData
from kulant_contracts.money import Owed
from kulant_contracts.wire import Day, Id, OpenEnum, Text

HoldScope = Literal["customer", "invoice", "item"]
HoldReason = Annotated[
    Literal[
        "insolvency",
        "deceased",
        "legal",
        "agency",
        "assigned",
        "direct_debit",
        "dispute",
        "hardship",
        "manual",
        "unread_fact",
        "balance_differs",
        "other",
    ],
    OpenEnum(unknown="other"),
]


class HoldEventData(EventData):
    """A hold was set or lifted."""

    customer_id: Id
    hold_id: Id
    state: Literal["set", "lifted"]
    scope: HoldScope
    scope_id: Id | None = Field(default=None, description="The invoice or item; absent: the customer as a whole")
    invoice_id: Id | None = Field(default=None, description="Scope item: its invoice; absent: every item of that id")
    money: Owed | None = Field(default=None, description="absent: everything in scope")
    note: Text | None = None
    reason: HoldReason = Field(
        description="unread_fact: a fact about this customer could not be read; "
        "balance_differs: the ERP states another balance than Kulant knows"
    )
    until_on: Day | None = Field(default=None, description="Last day of the hold; absent: until lifted")

    @model_validator(mode="after")
    def _says_what_is_held(self) -> Self:
        if self.scope != "customer" and self.scope_id is None:
            raise PydanticCustomError("scope_id", "an invoice or an item is named by scope_id")
        return self
