"""One message per creditor and currency for all items to be spoken about; who may share one, and who goes first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from dunning_engine.domain.answers import ItemKey
from dunning_engine.domain.budget import EXEMPT, Spent
from dunning_engine.domain.credits import asked_minor, lines_of
from dunning_engine.domain.decision import CaseKey, Request
from dunning_engine.domain.progress import Progress
from dunning_engine.domain.requests import request_of
from dunning_engine.domain.verdict import Situation, Verdict, Word

MAX_ITEMS = 500
"""So many items go into one message; the oldest first, the others into the next one."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A message that could be sent now, with the verdicts that it rests on."""

    case: CaseKey
    word: Word
    verdicts: tuple[Verdict, ...]

    @property
    def since_on(self) -> date:
        """Since when the longest waiting of its items waits."""
        return min(verdict.word.since_on for verdict in self.verdicts if verdict.word)

    @property
    def order(self) -> tuple[date, int, CaseKey, str, str]:
        """Who waits longest goes first, so nothing waits for ever; then the heavier word."""
        return self.since_on, -self.word.number, self.case, self.word.kind, self.word.together


def drafts_of(
    case: CaseKey, verdicts: Sequence[Verdict], taken: frozenset[ItemKey], situation: Situation
) -> tuple[list[Draft], list[Verdict]]:
    """What could be said in a case now, and the verdicts on all items of which nothing can be said.

    `taken`: items that another message names at this moment.
    """
    wanting = [verdict for verdict in verdicts if verdict.word is not None]
    silent = [verdict for verdict in verdicts if verdict.word is None]
    if wanting and situation.scene.calendars[case[0]].opening_at(situation.scene.now) is None:
        return [], silent + [_outside_window(verdict, situation) for verdict in wanting]
    is_busy = _is_busy(case, situation)
    drafts: list[Draft] = []
    for group in _groups(verdict for verdict in wanting if verdict.item.key not in taken):
        leading = max((verdict.word for verdict in group if verdict.word), key=lambda word: word.number)
        if is_busy and leading.kind not in EXEMPT:
            silent += waiting("one_at_a_time", group, situation)
            continue
        silent += waiting("one_at_a_time", group[MAX_ITEMS:], situation)
        draft = Draft(case, leading, tuple(group[:MAX_ITEMS]))
        reason = _not_worth_it(draft, situation)
        if reason is None:
            drafts.append(draft)
        else:
            silent += [replace(verdict, rule=reason, word=None) for verdict in draft.verdicts]
    silent += waiting("one_at_a_time", [v for v in wanting if v.item.key in taken], situation)
    return drafts, silent


def chosen(
    drafts: Sequence[Draft], free: Spent, situation: Situation
) -> tuple[list[tuple[Draft, Request]], list[Verdict]]:
    """Which drafts are sent now: one per case as far as the budget goes, and all that are exempt from it."""
    scene = situation.scene
    left = free.free_on(scene.today) if drafts else 0
    busy: set[CaseKey] = set()
    sent: list[tuple[Draft, Request]] = []
    silent: list[Verdict] = []
    for draft in sorted(drafts, key=lambda draft: draft.order):
        if draft.word.kind not in EXEMPT:
            if draft.case in busy:
                silent += waiting("one_at_a_time", draft.verdicts, situation)
                continue
            if left <= 0:
                silent += [_over_budget(verdict, free, situation) for verdict in draft.verdicts]
                continue
            busy.add(draft.case)
            left -= 1
        sent.append((draft, request_of(draft.case, draft.verdicts, situation)))
    return sent, silent


def waiting(rule: str, verdicts: Iterable[Verdict], situation: Situation) -> list[Verdict]:
    """The verdicts of items that have to wait for another message, looked at again with the next opening."""
    return [
        replace(verdict, rule=rule, word=None, look_at=situation.next_opening_at(verdict.item)) for verdict in verdicts
    ]


def _groups(wanting: Iterable[Verdict]) -> list[list[Verdict]]:
    groups: dict[tuple[str, str], list[Verdict]] = {}
    for verdict in wanting:
        assert verdict.word is not None
        groups.setdefault((verdict.word.kind, verdict.word.together), []).append(verdict)
    return [groups[key] for key in sorted(groups)]


def _is_busy(case: CaseKey, situation: Situation) -> bool:
    """Is a message of this case under way that asks for something? One at a time."""
    return any(
        told.progress is Progress.UNDER_WAY
        and told.reminder.kind not in EXEMPT
        and (told.reminder.creditor_id, told.reminder.currency) == case
        for told in situation.scene.history.reminders
    )


def _not_worth_it(draft: Draft, situation: Situation) -> str | None:
    """The rule by which nothing is asked: the customer's own money covers it, or it is too little by itself."""
    if draft.word.kind in EXEMPT:
        return None
    items = [verdict.item for verdict in draft.verdicts]
    asked = asked_minor(items, lines_of(draft.case, items, situation))
    if asked <= 0:
        return "credit_covers"
    is_little = asked < situation.scene.policy.minimum_minor.get(draft.case[1], 0)
    return "below_minimum" if is_little else None


def _outside_window(verdict: Verdict, situation: Situation) -> Verdict:
    opens_at: datetime = situation.next_opening_at(verdict.item)
    words = {**verdict.facts, "opens_at": opens_at.isoformat()}
    return replace(verdict, rule="outside_window", word=None, look_at=opens_at, facts=words)


def _over_budget(verdict: Verdict, free: Spent, situation: Situation) -> Verdict:
    day = free.next_free_day(situation.scene.today)
    words = {**verdict.facts, "from_on": day.isoformat()}
    look_at = situation.opening_from(verdict.item, day)
    return replace(verdict, rule="budget_spent", word=None, look_at=look_at, facts=words)
