"""Everything about one customer at once."""

from collections.abc import Sequence
from dataclasses import dataclass

from dunning_engine.domain.answers import ItemKey
from dunning_engine.domain.facts import Reminder
from dunning_engine.usecases.asked import NotThere
from dunning_engine.usecases.case_views import CaseReader, CaseView, DecisionView, ReminderView, Wanted
from dunning_engine.usecases.ports import Decided, Engine
from dunning_engine.usecases.show_case import decide_again
from dunning_engine.usecases.views import AnswerView, Asked, HoldView, Readings, TaskView

MOST = 100
"""Of each thing at most; the lists have pages."""
LAST_DECISIONS = 20


@dataclass(frozen=True, slots=True)
class CustomerFile:
    """What is known about a customer, what was said on both sides, and what would be decided now."""

    decided: Decided
    stages: dict[ItemKey, int]
    """The highest stage on record for each item that is still owed."""
    cases: Sequence[CaseView]
    holds: Sequence[HoldView]
    promises: Sequence[AnswerView]
    disputes: Sequence[AnswerView]
    questions: Sequence[AnswerView]
    tasks: Sequence[TaskView]
    messages: Sequence[ReminderView]
    decisions: Sequence[DecisionView]


async def show_customer(
    reader: CaseReader, readings: Readings, engine: Engine, tenant: str, customer_id: str
) -> CustomerFile:
    """One customer's file. Raises NotThere where nothing was heard of that customer."""
    looked = await readings.look(tenant, customer_id)
    if looked is None:
        raise NotThere
    asked = Asked(tenant, MOST, customer_id=customer_id)
    return CustomerFile(
        decided=decide_again(engine, tenant, customer_id, looked),
        stages=_stages(looked.known.facts.reminders),
        cases=await reader.cases(Wanted(tenant, MOST, customer_id=customer_id, sort="-opened_at")),
        holds=await readings.holds(asked),
        promises=await readings.answers("promise", asked),
        disputes=await readings.answers("dispute", asked),
        questions=await readings.answers("question", asked),
        tasks=await readings.tasks(asked),
        messages=await reader.messages(tenant, customer_id, MOST),
        decisions=await reader.decisions(tenant, customer_id, LAST_DECISIONS),
    )


def _stages(reminders: Sequence[Reminder]) -> dict[ItemKey, int]:
    stages: dict[ItemKey, int] = {}
    for reminder in reminders:
        if reminder.is_noted:
            for item in reminder.items:
                stages[item.key] = max(stages.get(item.key, 0), item.stage)
    return stages
