"""The gate: the question whether reminders may leave now, and the answer of one owner."""

from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from kulant_contracts.money import Money
from kulant_contracts.reminder import ReminderKind
from kulant_contracts.wire import GREATEST_INTEGER, Code, Id, Seen, Wire

Answer = Literal["clear", "stale", "stop"]


class ClearanceItem(Wire):
    """An item of the reminder with the balance that the reminder states."""

    item_id: Id
    invoice_id: Id | None = Field(default=None, description="absent: every item of that id must be as stated")
    open: Money


class ClearanceQuestion(Wire):
    """May this reminder leave now?"""

    reminder_id: Id
    customer_id: Id
    kind: ReminderKind
    items: Annotated[tuple[ClearanceItem, ...], Field(max_length=500)]
    seen: Annotated[Seen, Field(max_length=20)] = Field(
        description="Service to the highest sequence up to which the decision had everything; missing counts as 0"
    )


class ClearanceRequest(Wire):
    """Up to 1,000 questions, asked just before sending."""

    model_config = ConfigDict(defer_build=False)  # FastAPI builds what its routes take when it is started

    reminders: Annotated[tuple[ClearanceQuestion, ...], Field(min_length=1, max_length=1_000)]


class ClearanceResult(Wire):
    """One owner's answer for one reminder."""

    reminder_id: Id
    answer: Answer = Field(description="clear; stale: decided on what is no longer so; stop: must not leave")
    reason: Code | None = Field(default=None, description="Always with stop")
    sequence: Annotated[int, Field(strict=True, ge=0, le=GREATEST_INTEGER)] = Field(
        description="The highest sequence that this owner has given about the customer; 0: none"
    )

    @model_validator(mode="after")
    def _stops_for_a_reason(self) -> Self:
        if self.answer == "stop" and self.reason is None:
            raise PydanticCustomError("stop_without_reason", "stop needs a reason")
        return self


class ClearanceResponse(Wire):
    """One result per question, in the order of the questions."""

    model_config = ConfigDict(defer_build=False)  # FastAPI builds what its routes take when it is started

    results: Annotated[tuple[ClearanceResult, ...], Field(max_length=1_000)]
