"""What is decided about one case: one creditor, one currency, at most one message at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dunning_engine.domain.answers import ItemKey
from dunning_engine.domain.calendar import ONE_DAY
from dunning_engine.domain.decision import CaseKey, NextStep, Reason, ReminderItem, Request, Withdrawal
from dunning_engine.domain.facts import Creditor, Item
from dunning_engine.domain.reasons import sentence
from dunning_engine.domain.verdict import Situation, Verdict, verdict_on
from dunning_engine.domain.withdrawals import withdrawal_of

MAX_ITEMS = 500
"""So many items go into one message; the oldest first, the others into the next one."""


@dataclass(frozen=True, slots=True)
class CaseDecision:
    """One case's share of the decision about its customer."""

    request: Request | None = None
    withdrawals: tuple[Withdrawal, ...] = ()
    looks: tuple[datetime, ...] = ()
    reasons: tuple[Reason, ...] = ()


def decide_case(key: CaseKey, items: Sequence[Item], creditor: Creditor, situation: Situation) -> CaseDecision:
    """Judge each item, put those that are due into one message, take back what must not leave."""
    verdicts = [verdict_on(item, situation) for item in sorted(items, key=_oldest_first)]
    due = [verdict for verdict in verdicts if verdict.is_due]
    asked = due[:MAX_ITEMS]
    others = [verdict for verdict in verdicts if not verdict.is_due]
    others += [
        Verdict(verdict.item, "one_at_a_time", situation.next_opening_at, facts=verdict.facts)
        for verdict in due[MAX_ITEMS:]
    ]
    request = _request(key, asked, creditor, situation) if asked else None
    looks = [verdict.look_at for verdict in others if verdict.look_at is not None]
    if request is not None:
        looks.append(situation.later(request.not_after_at))
    by_key = {item.key: item for item in items}
    of_case = (t for t in situation.history.reminders if (t.reminder.creditor_id, t.reminder.currency) == key)
    return CaseDecision(
        request,
        tuple(found for told in of_case if (found := withdrawal_of(told, by_key, situation)) is not None),
        tuple(looks),
        tuple(reason_of(verdict) for verdict in [*asked, *others]),
    )


def reason_of(verdict: Verdict) -> Reason:
    """A verdict for the record, in words and data."""
    item = verdict.item
    words = {**verdict.facts, "number": item.number, "creditor_id": item.creditor_id}
    return Reason(
        rule=verdict.rule,
        sentence=sentence(verdict.rule, words),
        facts={**verdict.facts, "open_minor": item.open_minor, "version": item.version},
        creditor_id=item.creditor_id,
        currency=item.currency,
        invoice_id=item.invoice_id,
        item_id=item.item_id,
    )


def _request(key: CaseKey, asked: Sequence[Verdict], creditor: Creditor, situation: Situation) -> Request:
    calendar, today = situation.calendar, situation.calendar.day_of(situation.now)
    stages = {verdict.item.key: verdict.stage for verdict in asked if verdict.stage is not None}
    leading = max(stages.values(), key=lambda stage: stage.number)
    opening = calendar.opening_at(situation.now)
    assert opening is not None  # an item is due only inside one
    deadline_on = calendar.working_day_from(today + timedelta(days=leading.deadline_days))
    return Request(
        case=key,
        kind="reminder",
        code=leading.code,
        number=leading.number,
        tone=leading.tone,
        legal_effect=leading.legal_effect,
        items=tuple(ReminderItem(v.item, stages[v.item.key].number, _days_overdue(v.item, today)) for v in asked),
        language=situation.customer.language or creditor.language,
        channels=situation.policy.channels,
        deadline_on=deadline_on,
        next_step=NextStep("review", calendar.working_day_from(deadline_on + ONE_DAY)),
        not_before_at=situation.now,
        not_after_at=opening.closes_at,
    )


def _days_overdue(item: Item, today: date) -> int:
    assert item.due_on is not None  # an item without a due date is never due
    return (today - item.due_on).days


def _oldest_first(item: Item) -> tuple[date, ItemKey]:
    return item.due_on or date.max, item.key
