"""The cases of a customer: when they open and close, which stages they reached."""

from collections.abc import Iterable, Mapping

from dunning_engine.domain import notices
from dunning_engine.domain.answers import Case
from dunning_engine.domain.budget import EXEMPT
from dunning_engine.domain.decision import CaseKey, StageReached
from dunning_engine.domain.facts import Facts
from dunning_engine.domain.progress import Progress
from dunning_engine.domain.scene import Scene, case_of


def changed_cases(scene: Scene, requested: Iterable[CaseKey]) -> tuple[tuple[CaseKey, ...], tuple[Case, ...]]:
    """The cases to open and to close.

    There is one while anything of that creditor and currency is overdue, or near where notices are wanted, and while
    a message that only answers the customer is on its way.
    """
    wanted = {case_of(item) for item in scene.facts.items if item.is_overdue} | set(requested)
    wanted |= {case_of(item) for item in scene.items if notices.is_near(item, scene)}
    wanted |= {
        (told.reminder.creditor_id, told.reminder.currency)
        for told in scene.history.reminders
        if told.progress is Progress.UNDER_WAY and told.reminder.kind in EXEMPT
    }
    known = known_cases(scene.facts)
    opened = tuple(sorted(wanted - known.keys()))
    closed = tuple(known[key] for key in sorted(known.keys() - wanted))
    return opened, closed


def known_cases(facts: Facts) -> Mapping[CaseKey, Case]:
    """The open cases by creditor and currency."""
    return {(case.creditor_id, case.currency): case for case in facts.cases}


def stages_reached(scene: Scene) -> tuple[StageReached, ...]:
    """The ladder's messages that were handed over and that the cases do not know of yet."""
    return tuple(
        StageReached(
            reminder_id=told.reminder.reminder_id,
            sent_on=scene.zone.day_of(receipt.at),
            sent_at=receipt.at,
            channel=receipt.channel or told.reminder.channels[0],
            deadline_on=receipt.deadline_on or told.reminder.deadline_on,
        )
        for told in scene.history.reminders
        if (receipt := told.receipt) is not None
        and told.reminder.kind == "reminder"
        and not told.reminder.is_noted
        and told.reminder.creditor_id in scene.facts.creditors
    )
