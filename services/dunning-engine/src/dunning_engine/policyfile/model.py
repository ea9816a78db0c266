"""What a policy file may say: strict, nothing unknown, nothing guessed."""

from datetime import time
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from dunning_engine.domain import policy as domain
from kulant_contracts.money import Money

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
Channel = Literal["email", "sms", "whatsapp", "phone", "post"]
Tone = Literal["service", "friendly", "factual", "firm", "final"]
Code = Annotated[str, StringConstraints(strict=True, pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Clock = Annotated[str, StringConstraints(strict=True, pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Days = Annotated[int, Field(strict=True, ge=0, le=400)]
Positive = Annotated[int, Field(strict=True, ge=1, le=400)]
TONES: tuple[Tone, ...] = ("service", "friendly", "factual", "firm", "final")
WEEKDAYS: tuple[Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class WindowPart(_Part):
    """When messages may leave, in the customer's own time."""

    weekdays: Annotated[tuple[Weekday, ...], Field(min_length=1)]
    opens_at: Clock
    closes_at: Clock

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> Self:
        if self.opens_at >= self.closes_at:
            raise ValueError("the window has to open before it closes")
        return self


class ProfilePart(_Part):
    """What the ERP's profile of a customer has to say."""

    key: Annotated[str, StringConstraints(strict=True, min_length=1)]
    value: Annotated[str, StringConstraints(strict=True, min_length=1)]


class NoticePart(_Part):
    """One notice, before the due date or on it."""

    offset_days: Annotated[int, Field(strict=True, ge=-60, le=0)]
    code: Literal["due_soon", "due_today"]


class NoticesPart(_Part):
    """Notices, and for whom."""

    profile: ProfilePart
    days: tuple[NoticePart, ...]

    @model_validator(mode="after")
    def _each_has_its_day(self) -> Self:
        if len({part.offset_days for part in self.days}) < len(self.days):
            raise ValueError("two notices have the same day")
        return self


class StagePart(_Part):
    """One rung of the ladder."""

    number: Positive
    code: Code
    offset_days: Days
    tone: Tone
    legal_effect: domain.LegalEffect
    deadline_days: Positive
    carries_from: Positive = 1


class LadderPart(_Part):
    """The rungs, and what lies between them."""

    pause_working_days: Days
    delivered_after_hours: Annotated[int, Field(strict=True, ge=0, le=24 * 30)]
    stages: Annotated[tuple[StagePart, ...], Field(min_length=1, max_length=20)]

    @model_validator(mode="after")
    def _climbs(self) -> Self:
        if [stage.number for stage in self.stages] != list(range(1, len(self.stages) + 1)):
            raise ValueError("stages are numbered 1, 2, 3 and so on, in this order")
        if len({stage.code for stage in self.stages}) < len(self.stages):
            raise ValueError("two stages have the same code")
        for lower, upper in zip(self.stages, self.stages[1:], strict=False):
            if upper.offset_days <= lower.offset_days:
                raise ValueError(f"stage {upper.number} has to begin later than stage {lower.number}")
            if TONES.index(upper.tone) < TONES.index(lower.tone):
                raise ValueError(f"stage {upper.number} must not be gentler than stage {lower.number}")
        for stage in self.stages:
            if stage.carries_from > stage.number:
                raise ValueError(f"stage {stage.number} has to carry items of its own stage")
        return self


class BudgetPart(_Part):
    """How many messages a customer gets."""

    per_day: Positive
    per_seven_days: Positive


class FreshnessPart(_Part):
    """How far payments must be known."""

    from_stage: Positive
    working_days: Days | None


class RestsPart(_Part):
    """How long things rest."""

    promise_grace_days: Days
    promise_blind_days: Days
    claim_bank_days: Days
    claim_most_days: Days
    question_working_days: Days
    debit_wait_days: Days


class SoftlyPart(_Part):
    """The friendly word after something that the customer said did not come true."""

    tone: Literal["service", "friendly"]
    deadline_days: Positive


class PolicyFile(_Part):
    """One version of one policy."""

    code: Code
    version: Positive
    channels: Annotated[tuple[Channel, ...], Field(min_length=1)]
    window: WindowPart
    notices: NoticesPart
    ladder: LadderPart
    budget: BudgetPart
    freshness: FreshnessPart
    rests: RestsPart
    softly: SoftlyPart
    confirm_within_days: Positive
    minimum: dict[str, Annotated[str, StringConstraints(strict=True)]] = Field(default_factory=dict)

    @field_validator("minimum")
    @classmethod
    def _amounts_are_exact(cls, minimum: dict[str, str]) -> dict[str, str]:
        for currency, amount in minimum.items():
            Money(amount=amount, currency=currency)
        return minimum

    def minimum_minor(self) -> dict[str, int]:
        """The least sums in minor units."""
        return {
            currency: Money(amount=amount, currency=currency).amount_minor for currency, amount in self.minimum.items()
        }

    def to_domain(self) -> domain.Policy:
        """The same as the domain's own types."""
        return domain.Policy(
            code=self.code,
            version=self.version,
            stages=tuple(domain.Stage(**stage.model_dump()) for stage in self.ladder.stages),
            channels=self.channels,
            window=domain.SendingWindow(
                frozenset(WEEKDAYS.index(day) for day in self.window.weekdays),
                time.fromisoformat(self.window.opens_at),
                time.fromisoformat(self.window.closes_at),
            ),
            pause_working_days=self.ladder.pause_working_days,
            delivered_after_hours=self.ladder.delivered_after_hours,
            notices=domain.Notices(
                tuple((part.offset_days, part.code) for part in self.notices.days),
                self.notices.profile.key,
                self.notices.profile.value,
            ),
            budget=domain.Budget(**self.budget.model_dump()),
            freshness=domain.Freshness(**self.freshness.model_dump()),
            rests=domain.RestRules(**self.rests.model_dump()),
            softly=domain.Softly(**self.softly.model_dump()),
            confirm_within_days=self.confirm_within_days,
            minimum_minor=self.minimum_minor(),
        )
