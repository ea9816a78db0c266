"""The moment has come at which the clock alone may change a decision."""

from collections.abc import Sequence

from dunning_engine.usecases.evaluate_customers import evaluate_customers
from dunning_engine.usecases.ports import Engine, Occasion
from kulant_chassis.timers import Due
from kulant_chassis.transaction import Transaction


async def look_again(transaction: Transaction, engine: Engine, due: Sequence[Due]) -> None:
    """Look at customers whose next look is due, or that are behind their tenant."""
    await evaluate_customers(transaction, engine, [Occasion(one.key, one.tenant) for one in due])
