"""A person answered what a customer asked; the answer itself went another way."""

from dataclasses import replace

from dunning_engine.domain.answers import Question
from dunning_engine.usecases.asked import NotThere, Refused, Whose, known_of
from dunning_engine.usecases.evaluate_customers import evaluate_customers
from dunning_engine.usecases.ports import Engine, Work


async def answer_question(work: Work, engine: Engine, whose: Whose, question_id: str) -> Question:
    """Note that it is answered: its items go on. Raises NotThere, or Refused where it was answered before."""
    known = await known_of(work, whose)
    question = next((one for one in known.facts.questions if one.response_id == question_id), None)
    if question is None:
        raise NotThere
    if question.answered_at is not None:
        raise Refused("already-answered", "It was answered before.")
    now = await work.now(whose.tenant)
    await work.answer_question(whose.key, question_id, now)
    await evaluate_customers(work, engine, [whose.occasion("question_answered", question_id)])
    return replace(question, answered_at=now)
