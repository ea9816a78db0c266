"""A person has looked at what the engine called for."""

from uuid import UUID

from dunning_engine.usecases.answer_question import answer_question
from dunning_engine.usecases.asked import NotThere, Refused, Whose, known_of
from dunning_engine.usecases.ports import Engine, KnownTask, Work

DECIDE_DISPUTE = "decide_dispute"
ANSWER = "answer_"
"""Codes that begin so are about a question."""


async def finish_task(work: Work, engine: Engine, whose: Whose, task_id: UUID) -> KnownTask:
    """Finish it; one about a question answers that. Raises NotThere, or Refused where more must be said first.

    A finished task does not come back as long as the facts that it is about stay.
    """
    known = await known_of(work, whose)
    task = next((one for one in known.tasks if one.task_id == task_id), None)
    if task is None:
        raise NotThere
    if task.is_finished:
        raise Refused("already-finished", "It was finished before.")
    if task.code == DECIDE_DISPUTE:
        raise Refused("decide-first", "Decide the dispute: POST /v1/disputes/{id}/decide.")
    await work.finish_task(task_id, await work.now(whose.tenant))
    if task.code.startswith(ANSWER):
        await answer_question(work, engine, whose, task.about)
    return task
