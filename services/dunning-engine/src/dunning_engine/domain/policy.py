"""The rules of dunning as versioned data: stages, when messages may leave, over which channels."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time
from typing import Literal

from dunning_engine.domain.facts import Customer

LegalEffect = Literal["notice", "demand", "final"]
MONDAY_TO_SATURDAY = frozenset(range(6))


@dataclass(frozen=True, slots=True)
class SendingWindow:
    """When a message may leave, in the customer's own time; never on a holiday of the customer's region."""

    weekdays: frozenset[int] = MONDAY_TO_SATURDAY
    opens_at: time = time(8)
    closes_at: time = time(20)

    def __post_init__(self) -> None:
        if not self.weekdays or not self.weekdays <= frozenset(range(7)):
            raise ValueError("a sending window needs weekdays from 0 (Monday) to 6 (Sunday)")
        if self.opens_at >= self.closes_at:
            raise ValueError("a sending window opens before it closes")


@dataclass(frozen=True, slots=True)
class Stage:
    """One rung of the ladder: so many calendar days after the due date, in this tone, of this legal effect."""

    number: int
    code: str
    offset_days: int
    tone: str
    legal_effect: LegalEffect
    deadline_days: int


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of one policy; a changed rule is a new version."""

    code: str
    version: int
    stages: tuple[Stage, ...]
    channels: tuple[str, ...]
    window: SendingWindow
    promise_grace_days: int
    claim_rest_days: int

    def stage_after(self, number: int) -> Stage | None:
        """The next rung above `number` (0: none was reached); None at the end of the ladder."""
        above = (stage for stage in self.stages if stage.number > number)
        return min(above, key=lambda stage: stage.number, default=None)


STANDARD = Policy(
    code="standard",
    version=1,
    stages=(Stage(number=1, code="friendly", offset_days=5, tone="friendly", legal_effect="notice", deadline_days=7),),
    channels=("email",),
    window=SendingWindow(),
    promise_grace_days=3,
    claim_rest_days=7,
)


def policy_for(customer: Customer, policies: Sequence[Policy]) -> Policy:
    """The policy that the customer's own facts name, else the first."""
    return next((policy for policy in policies if policy.code == customer.policy_code), policies[0])
