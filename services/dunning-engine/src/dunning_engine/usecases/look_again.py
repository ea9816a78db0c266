"""The moment has come at which the clock alone may change a decision."""

from collections.abc import Sequence

from dunning_engine.usecases.evaluate_customers import evaluate_customers
from dunning_engine.usecases.ports import Engine, Occasion, Work


async def look_again(work: Work, engine: Engine, due: Sequence[tuple[str, str]]) -> None:
    """Look at customers (key and tenant) whose next look is due, or that are behind their tenant."""
    await evaluate_customers(work, engine, [Occasion(key, tenant) for key, tenant in due])
