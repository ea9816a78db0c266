"""What a replica knows about its partitions, and whose records it applies in one transaction."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from aiokafka import ConsumerRecord, TopicPartition

from kulant_chassis.pacing import Backoff
from kulant_chassis.positions import Stretch
from kulant_chassis.suspects import Suspicion

FEW_RECORDS = 20
"""So many records of a partition, or fewer, share a transaction with those of others. What a batch costs whatever its
size, some twenty statements, is then borne by many facts where they come one by one; twenty bear it alone."""


@dataclass(slots=True)
class Partition:
    """What this replica knows about a partition that was given to it; `held_until`: of the monotonic clock."""

    next_offset: int
    backoff: Backoff = field(default_factory=Backoff)
    held_until: float = 0.0
    work: asyncio.Task[None] | None = None
    suspicion: Suspicion = field(default_factory=Suspicion)

    def is_idle(self, now: float) -> bool:
        """May the next records be fetched?"""
        return self.work is None and self.held_until <= now


@dataclass(frozen=True, slots=True)
class Part:
    """Records of a partition that are to be applied, and the stretch of its log that they lie in."""

    stretch: Stretch
    partition: Partition
    records: Sequence[ConsumerRecord]

    @property
    def place(self) -> TopicPartition:
        """Which partition it is."""
        return self.stretch.place

    @property
    def may_share(self) -> bool:
        """May others' records be applied with these? What failed before is done alone."""
        return 0 < len(self.records) <= FEW_RECORDS and self.partition.backoff.failures == 0


def groups(parts: Iterable[Part]) -> list[list[Part]]:
    """Which parts are applied in one transaction: those of the same topic that have few records."""
    alone, shared = [], defaultdict(list)
    for part in parts:
        if part.may_share:
            shared[part.place.topic].append(part)
        else:
            alone.append([part])
    return [*alone, *shared.values()]
