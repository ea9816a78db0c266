"""A person was promised a payment, on the phone, say."""

from dunning_engine.domain.answers import Promise
from dunning_engine.domain.learned import AnswerLearned
from dunning_engine.usecases.asked import PromiseAsked, Refused, Whose, known_of, require_owed, today_of
from dunning_engine.usecases.evaluate_customers import evaluate_customers
from dunning_engine.usecases.ports import Engine, Work
from kulant_chassis.ids import uuid7


async def note_promise(work: Work, engine: Engine, whose: Whose, asked: PromiseAsked) -> Promise:
    """Note it as if the customer had said it on the page. Raises NotThere, or Refused for a day that is over."""
    known = await known_of(work, whose)
    now = await work.now(whose.tenant)
    if asked.on < today_of(known, now):
        raise Refused("day-over", "The day of a promise is today or later.")
    require_owed(known.facts.items, asked.invoice_id, asked.item_id, asked.about.currency)
    minor = asked.money.amount_minor if asked.money else None
    promise = Promise(str(uuid7()), now, asked.on, asked.about, minor)
    await work.take([AnswerLearned(whose.key, promise)])
    await evaluate_customers(work, engine, [whose.occasion("promise_noted", promise.response_id)])
    return promise
