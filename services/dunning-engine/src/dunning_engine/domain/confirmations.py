"""Every answer is confirmed with one message: what we understood, and what a person decided about it."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from dunning_engine.domain.about import meant
from dunning_engine.domain.answers import About, ItemKey
from dunning_engine.domain.credits import lines_of
from dunning_engine.domain.decision import CaseKey, Kind, NextStep, Request, SaidBefore
from dunning_engine.domain.facts import Item, Reminder
from dunning_engine.domain.progress import Progress
from dunning_engine.domain.requests import REVIEW, closes_at, language_of, reminder_item, usual_deadline
from dunning_engine.domain.scene import Scene, case_of
from dunning_engine.domain.verdict import Situation

MAX_ITEMS = 500
USUAL_DAYS = 7
"""A confirmation demands nothing; the date that every message has lies a week ahead."""


@dataclass(frozen=True, slots=True)
class Confirmation:
    """An answer that is still to be confirmed."""

    kind: Kind
    code: str
    at: datetime
    """When it was said, or decided."""
    said: SaidBefore
    about: About
    items: tuple[Item, ...]


def confirmations_due(scene: Scene) -> tuple[Confirmation, ...]:
    """What is to be confirmed and was not, in the order in which it was said; nothing that is stale."""
    oldest_at = scene.now - timedelta(days=scene.policy.confirm_within_days)
    in_order = sorted(_all(scene), key=lambda one: (one.at, one.said.response_id, one.code))
    breaths: dict[tuple[object, ...], list[Confirmation]] = {}
    for one in in_order:
        if one.at >= oldest_at:
            breaths.setdefault((one.code, one.at, one.said.on, _case_for(one, scene)), []).append(one)
    due = ([one for one in said if not _was_confirmed(one, said, scene)] for said in breaths.values())
    return tuple(_together(said) for said in due if said)


def _together(said: Sequence[Confirmation]) -> Confirmation:
    """What was said in one breath is confirmed in one: one form about several invoices is several responses."""
    first = said[0]
    if len(said) == 1:
        return first
    amounts = [one.said.amount_minor for one in said]
    known = [amount for amount in amounts if amount is not None]
    items = {item.key: item for one in said for item in one.items}
    total = sum(known) if len(known) == len(amounts) else None
    return replace(first, items=tuple(items.values()), said=replace(first.said, amount_minor=total))


def confirmation_request(one: Confirmation, situation: Situation) -> Request | None:
    """The message, where a sending window is open and no message about the same items is under way."""
    scene = situation.scene
    case = _case_for(one, scene)
    if case is None or scene.calendars[case[0]].opening_at(scene.now) is None:
        return None
    items = _nameable(one, case)[:MAX_ITEMS]
    if any(told.progress is Progress.UNDER_WAY for item in items for told in scene.history.about(item.key)):
        return None
    usual_on = usual_deadline(case, USUAL_DAYS, scene)
    deadline_on = one.said.on if one.kind == "promise_note" and one.said.on else usual_on
    return Request(
        case=case,
        kind=one.kind,
        code=one.code,
        number=0,
        tone="service",
        legal_effect="notice",
        items=tuple(reminder_item(item, 0, scene) for item in items),
        language=language_of(case, scene),
        channels=situation.channels,
        deadline_on=deadline_on,
        next_step=NextStep(REVIEW, deadline_on),
        not_before_at=scene.now,
        not_after_at=closes_at(case, scene),
        credits=tuple(line for line in lines_of(case, items, situation) if line.item is not None),
        about=one.said,
    )


def _nameable(one: Confirmation, case: CaseKey | None) -> tuple[Item, ...]:
    """The items that a message of a case can name: one that is not due until somebody says when is none."""
    return tuple(item for item in one.items if case_of(item) == case and item.due_on is not None)


def _all(scene: Scene) -> Iterator[Confirmation]:
    facts, day_of = scene.facts, scene.zone.day_of

    def noted(kind: Kind, code: str, response_id: str, said_at: datetime, about: About) -> Confirmation:
        said = SaidBefore(response_id, day_of(said_at))
        return Confirmation(kind, code, said_at, said, about, meant(about, said_at, scene))

    for promise in facts.promises:
        said = SaidBefore(promise.response_id, day_of(promise.said_at), promise.on, promise.amount_minor)
        items = meant(promise.about, promise.said_at, scene)
        yield Confirmation("promise_note", "promise_noted", promise.said_at, said, promise.about, items)
    for claim in facts.claims:
        said = SaidBefore(claim.response_id, day_of(claim.said_at), claim.paid_on, claim.amount_minor)
        items = meant(claim.about, claim.said_at, scene)
        yield Confirmation("service", "claim_noted", claim.said_at, said, claim.about, items)
    for question in facts.questions:
        yield noted("service", "question_noted", question.response_id, question.said_at, question.about)
    for refusal in facts.refusals:
        yield noted("service", "contact_noted", refusal.response_id, refusal.said_at, refusal.about)
    for wish in facts.preferences:
        yield noted("service", "contact_noted", wish.response_id, wish.said_at, wish.about)
    yield from _of_disputes(scene)


def _of_disputes(scene: Scene) -> Iterator[Confirmation]:
    """Once that it is noted, once what was decided; what was not noted yet is just decided."""
    for dispute in scene.facts.disputes:
        decision = dispute.decision
        said = SaidBefore(dispute.response_id, scene.zone.day_of(dispute.said_at), None, dispute.amount_minor)
        items = meant(dispute.about, dispute.said_at, scene)
        if decision is None:
            yield Confirmation("service", "dispute_noted", dispute.said_at, said, dispute.about, items)
        elif decision.outcome != "withdrawn":
            yield Confirmation(
                "service", f"dispute_{decision.outcome}", decision.decided_at, said, dispute.about, items
            )


def _was_confirmed(one: Confirmation, breath: Sequence[Confirmation], scene: Scene) -> bool:
    """Was it confirmed by itself, or with what was said in one breath with it?

    A message that named none of its items was about the others alone: on a clock that stands still, answers that
    were given one after the other look like one breath.
    """
    keys = {item.key for item in _nameable(one, _case_for(one, scene))}
    others = {other.said.response_id for other in breath}
    return any(
        told.reminder.code == one.code
        and told.progress is not Progress.SUPPRESSED
        and (
            told.reminder.about_response_id == one.said.response_id
            or (told.reminder.about_response_id in others and _names_any(told.reminder, keys))
        )
        for told in scene.history.reminders
    )


def _names_any(reminder: Reminder, keys: Collection[ItemKey]) -> bool:
    return not keys or any(asked.key in keys for asked in reminder.items)


def _case_for(one: Confirmation, scene: Scene) -> CaseKey | None:
    """The case of the message that was answered, else of the first item, else the first that there is.

    Cases that are not open yet count as well: another confirmation may open one at this very moment, and deciding again
    must find nothing new.
    """
    answered = scene.answered(one.about)
    keys = [(answered.creditor_id, answered.currency)] if answered else []
    keys += [case_of(item) for item in one.items]
    keys += sorted((case.creditor_id, case.currency) for case in scene.facts.cases)
    keys += sorted({*map(case_of, scene.items), *((r.creditor_id, r.currency) for r in scene.facts.reminders)})
    return next((key for key in keys if key[0] in scene.calendars), None)
