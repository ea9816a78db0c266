"""For saboteurs: keeps a service from applying some records that it has read, as a slow consumer would."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from aiokafka import ConsumerRecord, TopicPartition

from kulant_chassis.batch import BatchProcessor
from kulant_chassis.positions import Stretch
from kulant_cli.sabotage import sabotaged_tenant
from kulant_contracts.envelope import EventData, decode
from kulant_contracts.registry import EVENTS

ACKNOWLEDGED_LONG_AGO_SECONDS = 2.5
"""A mail whose DATA begins so long after an acknowledgement is no matter of chance."""
HELD_SECONDS = 6.0


class Holding:
    """Facts of one type about the tenant, those that `is_meant` likes, held until `over` is set or their time is up."""

    def __init__(self, type_: type[EventData], is_meant: Callable[[Any], bool] = lambda _: True) -> None:
        self.over = asyncio.Event()
        self._type = type_
        self._is_meant = is_meant

    def install(self) -> None:
        """From now on, this process' consumer holds such records back."""
        holding, process, together = self, BatchProcessor.process, BatchProcessor.process_together

        async def held(
            self: BatchProcessor,
            partition: TopicPartition,
            records: Sequence[ConsumerRecord],
            *,
            start: int,
            end: int,
        ) -> None:
            if holding._holds(records):
                with suppress(TimeoutError):
                    async with asyncio.timeout(HELD_SECONDS):
                        await holding.over.wait()
            await process(self, partition, records, start=start, end=end)

        async def apart(self: BatchProcessor, stretches: Sequence[Stretch], records: Sequence[ConsumerRecord]) -> bool:
            return False if holding._holds(records) else await together(self, stretches, records)

        BatchProcessor.process = held  # type: ignore[method-assign]
        BatchProcessor.process_together = apart  # type: ignore[method-assign]

    def _holds(self, records: Sequence[ConsumerRecord]) -> bool:
        return not self.over.is_set() and any(map(self._is_held, records))

    def _is_held(self, record: ConsumerRecord) -> bool:
        if not record.value or not (record.key or b"").startswith(f"{sabotaged_tenant()}/".encode()):
            return False
        data = decode(record.value, record.headers, EVENTS).data
        return isinstance(data, self._type) and self._is_meant(data)
