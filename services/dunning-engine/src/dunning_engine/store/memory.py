"""The engine's memory as one thing: what the use cases ask for, each part in its own module."""

from collections.abc import Iterable, Mapping, Sequence

from dunning_engine.domain.learned import Learned
from dunning_engine.store import knowledge, learning, outcome
from dunning_engine.usecases.ports import Decided, Known, News
from kulant_chassis.transaction import Transaction


class Memory:
    """Facts, cases, reminders and decisions in PostgreSQL, inside the caller's transaction."""

    async def take(self, transaction: Transaction, learned: Sequence[Learned]) -> News:
        """Take facts in; the highest version of an entity stays."""
        return await learning.take(transaction, learned)

    async def incomplete(self, transaction: Transaction, tenants: Iterable[str]) -> frozenset[str]:
        """Those of the tenants of which a tenant-wide fact was missing when this transaction began."""
        return await knowledge.incomplete(transaction, tenants)

    async def load(self, transaction: Transaction, keys: Sequence[str]) -> Mapping[str, Known]:
        """All that is known about these customers."""
        return await knowledge.load(transaction, keys)

    async def save(self, transaction: Transaction, decided: Sequence[Decided]) -> None:
        """Write what was decided and put every decision on record."""
        await outcome.save(transaction, decided)
