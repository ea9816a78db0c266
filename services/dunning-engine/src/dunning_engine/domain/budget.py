"""The contact budget: so many messages a day and in seven days, of all cases and creditors of a customer together."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from dunning_engine.domain.calendar import ONE_DAY
from dunning_engine.domain.policy import Budget
from dunning_engine.domain.progress import RECEIPTS, Progress, Told
from dunning_engine.domain.scene import Scene

EXEMPT = frozenset({"service", "promise_note"})
"""What answers the customer or is owed to it; everything else counts."""
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Spent:
    """How many messages that count left, or may leave, on each of the customer's days."""

    by_day: Counter[date]
    budget: Budget

    def free_on(self, day: date) -> int:
        """How many more may leave on a day, by its own limit and by that of the seven days that end with it.

        Nothing has left later than that: a day that is asked about is today or to come.
        """
        in_week = sum(count for spent_on, count in self.by_day.items() if day - WEEK < spent_on <= day)
        return min(self.budget.per_day - self.by_day[day], self.budget.per_seven_days - in_week)

    def next_free_day(self, after: date) -> date:
        """The first day after one on which a message may leave."""
        day = after + ONE_DAY
        while self.free_on(day) <= 0:
            day += ONE_DAY
        return day


def spent(scene: Scene) -> Spent:
    """What counts against the budget: what was sent, on the day of its delivery, and what is under way."""
    return Spent(
        Counter(
            _day(told, scene)
            for told in scene.history.reminders
            if told.reminder.kind not in EXEMPT and (told.progress is Progress.UNDER_WAY or _may_have_left(told))
        ),
        scene.policy.budget,
    )


def _may_have_left(told: Told) -> bool:
    """Also what came back later was sent, and may have been seen."""
    return any(delivery.kind in RECEIPTS or delivery.kind == "unknown" for delivery in told.deliveries)


def _day(told: Told, scene: Scene) -> date:
    handed_over = [d.at for d in told.deliveries if d.kind in RECEIPTS or d.kind == "unknown"]
    return scene.zone.day_of(min(handed_over, default=told.reminder.requested_at))
