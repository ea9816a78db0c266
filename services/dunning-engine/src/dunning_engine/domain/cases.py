"""The cases of a customer: when they open and close, which stages they reached, which promises they hold."""

from dunning_engine.domain.answers import Case, Promise
from dunning_engine.domain.decision import CaseKey, PromiseNoted, StageReached
from dunning_engine.domain.facts import Customer, Facts, Item
from dunning_engine.domain.place import calendar_of
from dunning_engine.domain.policy import Policy
from dunning_engine.domain.progress import Told


def changed_cases(facts: Facts) -> tuple[tuple[CaseKey, ...], tuple[Case, ...]]:
    """The cases to open and to close: there is one while anything of that creditor and currency is overdue."""
    overdue = {_key(item) for item in facts.items if item.is_overdue}
    known = {(case.creditor_id, case.currency): case for case in facts.cases}
    opened = tuple(sorted(overdue - known.keys()))
    closed = tuple(known[key] for key in sorted(known.keys() - overdue))
    return opened, closed


def stages_reached(
    reminders: tuple[Told, ...], customer: Customer, facts: Facts, policy: Policy
) -> tuple[StageReached, ...]:
    """The reminders that were handed over and that the cases do not know of yet."""
    return tuple(
        StageReached(
            reminder_id=one.reminder.reminder_id,
            sent_on=calendar_of(customer, creditor, facts, policy.window).day_of(receipt.at),
            sent_at=receipt.at,
            channel=receipt.channel or policy.channels[0],
            deadline_on=receipt.deadline_on or one.reminder.deadline_on,
        )
        for one in reminders
        if (receipt := one.receipt) is not None
        and not one.reminder.is_noted
        and (creditor := facts.creditors.get(one.reminder.creditor_id)) is not None
    )


def promises_to_note(facts: Facts) -> tuple[PromiseNoted, ...]:
    """The promises that belong to an open case and are not on its record yet."""
    return tuple(
        noted
        for promise in sorted(facts.promises, key=lambda p: (p.said_at, p.response_id))
        if not promise.is_noted and (noted := _noted(promise, facts)) is not None
    )


def _noted(promise: Promise, facts: Facts) -> PromiseNoted | None:
    about = promise.about
    overdue = [item for item in facts.items if item.is_overdue and about.currency in (None, item.currency)]
    meant = [item for item in overdue if about.item_id in (None, item.item_id)]
    answered = [(r.creditor_id, r.currency) for r in facts.reminders if r.reminder_id == about.reminder_id]
    cases = sorted({_key(item) for item in meant}, key=lambda key: (key not in answered, key))
    if not cases:
        return None
    total = sum(item.open_minor for item in meant if _key(item) == cases[0])
    return PromiseNoted(promise, cases[0], total if promise.amount_minor is None else promise.amount_minor)


def _key(item: Item) -> CaseKey:
    return item.creditor_id, item.currency
