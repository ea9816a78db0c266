"""The rules of dunning as versioned data: stages, when messages may leave, over which channels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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
    """One rung of the ladder: so many calendar days after the due date, in this tone, of this legal effect.

    `carries_from`: the lowest stage at which an item may be spoken about in a message that this stage leads.
    """

    number: int
    code: str
    offset_days: int
    tone: str
    legal_effect: LegalEffect
    deadline_days: int
    carries_from: int = 1


@dataclass(frozen=True, slots=True)
class Notices:
    """Friendly words before the due date, only where the customer's terms ask for them (its profile says so)."""

    offsets: tuple[tuple[int, str], ...] = ((-3, "due_soon"), (0, "due_today"))
    """Days from the due date, and the notice's code."""
    profile_key: str = "notices"
    profile_value: str = "yes"


@dataclass(frozen=True, slots=True)
class Budget:
    """So many messages a day, and in any seven days, of all creditors and cases of a customer together."""

    per_day: int = 1
    per_seven_days: int = 3


@dataclass(frozen=True, slots=True)
class Freshness:
    """From this stage on, payments must be known through the day so many working days ago."""

    from_stage: int = 2
    working_days: int | None = 2
    """None: never mind."""


@dataclass(frozen=True, slots=True)
class RestRules:
    """How long things rest for what the customer said, and for a debit."""

    promise_grace_days: int = 3
    """Calendar days after the promised one, for the bank."""
    promise_blind_days: int = 7
    """So many days more where the ERP never says up to when payments are known."""
    claim_bank_days: int = 3
    """Working days after the claimed payment, through which payments must be known."""
    claim_most_days: int = 7
    """Calendar days after the word, at most."""
    question_working_days: int = 5
    debit_wait_days: int = 14
    """Calendar days after a debit was to be collected, until a person is asked what became of it."""


@dataclass(frozen=True, slots=True)
class Softly:
    """The one friendly message outside of the ladder, after a promise or a claimed payment did not come."""

    tone: str = "friendly"
    deadline_days: int = 7


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of one policy; a changed rule is a new version."""

    code: str
    version: int
    stages: tuple[Stage, ...]
    channels: tuple[str, ...]
    window: SendingWindow = SendingWindow()
    pause_working_days: int = 3
    """Between the deadline that a message named and the next rung."""
    delivered_after_hours: int = 72
    """An e-mail counts as delivered when it was sent so long ago and has not come back."""
    notices: Notices = Notices()
    budget: Budget = Budget()
    freshness: Freshness = Freshness()
    rests: RestRules = RestRules()
    softly: Softly = Softly()
    confirm_within_days: int = 7
    """An answer that is read later than this is not confirmed any more."""
    minimum_minor: Mapping[str, int] = field(default_factory=dict)
    """By currency: less than this is not asked for by itself."""

    def stage_after(self, number: int) -> Stage | None:
        """The next rung above `number` (0: none was reached); None at the end of the ladder."""
        above = (stage for stage in self.stages if stage.number > number)
        return min(above, key=lambda stage: stage.number, default=None)


def policy_for(customer: Customer, policies: Sequence[Policy]) -> Policy:
    """The policy that the customer's own facts name, else the first."""
    return next((policy for policy in policies if policy.code == customer.policy_code), policies[0])
