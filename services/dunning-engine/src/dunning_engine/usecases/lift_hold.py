"""A person says that a reason not to remind is gone."""

from dataclasses import replace

from dunning_engine.domain.answers import Hold
from dunning_engine.domain.learned import HoldLearned
from dunning_engine.usecases.asked import NotThere, Whose, known_of
from dunning_engine.usecases.evaluate_customers import evaluate_customers
from dunning_engine.usecases.ports import Engine, Work
from dunning_engine.usecases.set_hold import FIRST_VERSION


async def lift_hold(work: Work, engine: Engine, whose: Whose, hold_id: str) -> Hold:
    """Lift a hold that a person set. Raises NotThere for one that is lifted, over, or the ERP's own."""
    known = await known_of(work, whose)
    hold = next((h for h in known.facts.holds if h.hold_id == hold_id and h.source == "api" and h.is_set), None)
    if hold is None:
        raise NotThere
    lifted = replace(hold, is_set=False)
    await work.take([HoldLearned(whose.key, lifted, is_set=False, version=FIRST_VERSION + 1)])
    await evaluate_customers(work, engine, [whose.occasion("hold_lifted", hold_id)])
    return lifted
