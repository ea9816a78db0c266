"""Work that no customer's alarm is for: checked payments behind the barrier, and restatements."""

from collections.abc import Awaitable, Callable

import structlog

from invoice_service.bus.broker_barrier import BrokerBarrier
from invoice_service.bus.subscriptions import UnitOfWorkOf
from invoice_service.usecases.ports import CannotKnow, Goals
from invoice_service.usecases.restate import restate
from invoice_service.usecases.tell_freshness import tell_freshness
from kulant_chassis.database import Database
from kulant_chassis.failures import is_transient
from kulant_chassis.loop import Loop

_log = structlog.get_logger(__name__)

POLL_SECONDS = 0.05
LONGEST_POLL_SECONDS = 0.5

Step = Callable[[], Awaitable[bool]]
"""Does some of the work; True where there may be more."""


class Watch(Loop):
    """A component of the timers' processes that takes one step after the other for as long as there is work."""

    def __init__(self, name: str, step: Step, database: Database) -> None:
        super().__init__(
            name,
            news=database.news.listen(),
            idle_seconds=POLL_SECONDS,
            longest_seconds=LONGEST_POLL_SECONDS,
            at_least=POLL_SECONDS,
        )
        self._step = step

    async def turn(self) -> bool:
        """Take a step; see `Loop.turn`."""
        return await self._step()

    async def failed(self, error: Exception) -> None:
        """Whatever it was, the next step is tried; see `Loop.failed`."""
        if is_transient(error) or isinstance(error, CannotKnow):
            _log.warning("a watch must wait", action="watch.waits", watch=self.name, error=type(error).__name__)
        else:
            _log.error("a watch failed", action="watch.failed", watch=self.name, exc_info=error)


def payments_watch(database: Database, unit_of_work: UnitOfWorkOf, barrier: BrokerBarrier) -> Watch:
    """Lets checked payments pass once all partitions are read up to ends that were read after the fact was.

    The ends are stored with the check, so a process that dies in between leaves nothing half done.
    """

    async def step() -> bool:
        async with database.begin() as transaction:
            waiting = await unit_of_work(transaction).freshness.waiting()
        if not waiting:
            return False
        new = [one.check for one in waiting if one.goals is None]
        if new:
            goals = await barrier.goals()
            async with database.begin() as transaction:
                await unit_of_work(transaction).freshness.set_goals(new, goals)
        positions = await barrier.positions()
        for tenant in sorted({one.check.tenant for one in waiting}):
            async with database.begin() as transaction:
                await transaction.lock([tenant])
                uow = unit_of_work(transaction)
                passed = [
                    one.check
                    for one in await uow.freshness.waiting()
                    if one.check.tenant == tenant and one.goals and _are_reached(one.goals, positions)
                ]
                if passed:
                    await tell_freshness(uow, tenant, passed)
        return False

    return Watch("payments-watch", step, database)


def restating(database: Database, unit_of_work: UnitOfWorkOf) -> Watch:
    """Works through the orders to tell current state again, some customers at a time."""

    async def step() -> bool:
        async with database.begin() as transaction:
            return await restate(unit_of_work(transaction))

    return Watch("restating", step, database)


def _are_reached(goals: Goals, positions: Goals) -> bool:
    return all(positions.get(partition, -1) >= offset for partition, offset in goals.items())
