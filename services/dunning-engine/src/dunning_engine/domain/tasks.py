"""What a person must look at, derived from facts: whoever decides again finds the same."""

from collections.abc import Iterable, Iterator, Sequence

from dunning_engine.domain import debits, disputes, holds, ladder, questions
from dunning_engine.domain.budget import EXEMPT
from dunning_engine.domain.decision import Task
from dunning_engine.domain.facts import Item
from dunning_engine.domain.progress import Progress
from dunning_engine.domain.scene import Scene, case_of
from dunning_engine.domain.verdict import Situation, Verdict, is_of_these_contacts, is_without_contact

BALANCE_DIFFERS = "balance_differs"


def tasks_of(situation: Situation, verdicts: Sequence[Verdict]) -> tuple[Task, ...]:
    """All tasks about a customer, in a fixed order, each once."""
    found = [*_of_answers(situation), *_of_holds(situation.scene), *_of_items(situation, verdicts)]
    found += [*_of_customer(situation), *_of_undelivered(situation.scene, verdicts)]
    return tuple(sorted(dict.fromkeys(found), key=lambda task: (task.code, task.about)))


def _of_answers(situation: Situation) -> Iterator[Task]:
    scene = situation.scene
    for dispute in scene.facts.disputes:
        items = disputes.contested(dispute, scene)
        case = case_of(items[0]) if items else None
        if not items:
            continue
        if dispute.decision is None:
            yield Task("decide_dispute", dispute.response_id, dispute.said_at, case)
        elif disputes.resting_minor(dispute, items) != 0:
            yield Task("correct_item", dispute.response_id, dispute.decision.decided_at, case)
    for question in scene.facts.questions:
        if question.answered_at is None:
            items = questions.asked_about(question, scene)
            case = case_of(items[0]) if items else None
            yield Task(f"answer_{question.kind}", question.response_id, question.said_at, case)


def _of_holds(scene: Scene) -> Iterator[Task]:
    for hold in scene.facts.holds:
        if hold.reason == BALANCE_DIFFERS and holds.is_lasting(hold, scene):
            yield Task(BALANCE_DIFFERS, hold.hold_id, hold.set_at)


def _of_items(situation: Situation, verdicts: Iterable[Verdict]) -> Iterator[Task]:
    for verdict in verdicts:
        item = verdict.item
        about = "/".join(item.key)
        if verdict.rule == "credit_covers":
            yield Task("credit_covers_debt", "/".join(case_of(item)), None, case_of(item))
        if verdict.rule == "ladder_done" and _is_up_for_review(item, situation.scene):
            yield Task("ladder_done", about, None, case_of(item), item.key)
        if verdict.rule == "direct_debit" and debits.is_overdue_debit(item, situation.scene):
            yield Task("debit_missing", about, None, case_of(item), item.key)


def _of_customer(situation: Situation) -> Iterator[Task]:
    scene = situation.scene
    customer_id = scene.customer.customer_id
    for represented in scene.facts.represented:
        yield Task("represented", represented.response_id, represented.said_at)
    if not situation.channels and scene.items:
        yield Task("no_channel", customer_id, max((r.said_at for r in scene.facts.refusals), default=None))
    refused = scene.history.refused_unexplained
    if refused is not None:
        yield Task("refused_unexplained", str(refused.reminder.reminder_id), refused.suppressions[-1].at)


def _of_undelivered(scene: Scene, verdicts: Iterable[Verdict]) -> Iterator[Task]:
    """Messages that found no way, or came back from everybody they were tried at, and that nobody is called for yet."""
    stuck = {verdict.facts["reminder_id"] for verdict in verdicts if verdict.rule == "not_delivered"}
    for told in scene.history.reminders:
        asks_no_more = told.reminder.kind not in EXEMPT and not any(i.key in scene.by_key for i in told.reminder.items)
        has_failed = told.progress is Progress.FAILED and is_of_these_contacts(told, scene) and not asks_no_more
        about = str(told.reminder.reminder_id)
        if (has_failed or about in stuck) and not is_without_contact(told):
            case = (told.reminder.creditor_id, told.reminder.currency)
            yield Task("not_delivered", about, told.deliveries[-1].at, case)


def _is_up_for_review(item: Item, scene: Scene) -> bool:
    """Has the last deadline passed, and the pause after it?"""
    deadline_on = ladder.rung_of(item, scene).deadline_on
    return deadline_on is None or scene.today >= ladder.rests_after(deadline_on, item, scene)
