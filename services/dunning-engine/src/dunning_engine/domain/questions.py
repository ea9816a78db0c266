"""What a person has to answer: a question rests a few working days at most, a request until somebody answers."""

from collections.abc import Iterator
from datetime import date, datetime

from dunning_engine.domain.about import meant
from dunning_engine.domain.answers import ItemKey, Question
from dunning_engine.domain.facts import Item
from dunning_engine.domain.rests import Rest
from dunning_engine.domain.scene import Scene

QUESTION, HARDSHIP = "question", "hardship"


def asked_about(question: Question, scene: Scene) -> tuple[Item, ...]:
    """The owed items that it is about; who cannot pay is left alone altogether."""
    return scene.items if question.kind == HARDSHIP else meant(question.about, question.said_at, scene)


def rests(scene: Scene) -> Iterator[tuple[ItemKey, Rest]]:
    """What rests because an answer is owed to the customer."""
    for question in scene.facts.questions:
        if question.answered_at is not None:
            continue
        for item in asked_about(question, scene):
            until_at = _until(question, item, scene)
            if until_at is None or scene.now < until_at:
                words: dict[str, str | int] = {"response_id": question.response_id, "kind": question.kind}
                yield item.key, Rest("question_open", until_at, words)


def goes_on_from(item: Item, scene: Scene) -> date | None:
    """After a request was answered: the day from which the ladder may go on, with the usual pause.

    A mere question delays nothing once it is answered.
    """
    calendar, pause = scene.calendar(item), scene.policy.pause_working_days
    days = [
        calendar.working_days_after(calendar.day_of(question.answered_at), pause)
        for question in scene.facts.questions
        if question.answered_at is not None and question.kind != QUESTION and item in asked_about(question, scene)
    ]
    return max(days, default=None)


def _until(question: Question, item: Item, scene: Scene) -> datetime | None:
    if question.kind != QUESTION:
        return None
    calendar = scene.calendar(item)
    said_on = calendar.day_of(question.said_at)
    return scene.end_of(calendar.working_days_after(said_on, scene.policy.rests.question_working_days))
