"""What may happen to any service at any moment, brought about at one line: the process stands still there, or dies.

Each is chosen by an environment variable that holds the key of a customer, so that it happens at a fact about that one.
"""

import asyncio
import os
import signal
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final
from uuid import UUID

from aiokafka import ConsumerRecord, TopicPartition

from kulant_chassis.batch import BatchProcessor
from kulant_chassis.consumer import _Rebalance
from kulant_chassis.outbox import Relay, Row
from kulant_chassis.positions import Stretch
from notifier.domain.decision import Answer
from notifier.domain.reminder import Reminder
from notifier.gateways.clearance import ClearanceClient
from notifier.sender import Sender, _Lane

DIES_WHILE_SENDING: Final = "KULANT_DIES_WHILE_SENDING"
STOPS_BEFORE_APPLYING: Final = "KULANT_STOPS_BEFORE_APPLYING"
STOPS_BEFORE_ASKING: Final = "KULANT_STOPS_BEFORE_ASKING"


def install() -> None:
    """Bring about what the environment asks for."""
    if key := os.environ.get(DIES_WHILE_SENDING):
        _die_while_sending(key)
    if key := os.environ.get(STOPS_BEFORE_APPLYING):
        _stop_before_applying(key.encode())
    if key := os.environ.get(STOPS_BEFORE_ASKING):
        _stop_before_asking(key)


def _die_while_sending(key: str) -> None:
    """The relay dies with an event about the key in hand, before the broker has it."""
    send = Relay._send

    async def dying(self: Relay, rows: Sequence[Row]) -> None:
        if any(row.key == key for row in rows):
            os.kill(os.getpid(), signal.SIGKILL)
        await send(self, rows)

    Relay._send = dying  # type: ignore[method-assign]


def _stop_before_applying(key: bytes) -> None:
    """The process stands still with a fact about the key in hand until it is continued, as a machine that was asleep.

    Then it applies that batch, if it may, before it hears that its partition went to another, and dies.
    """
    process, together = BatchProcessor.process, BatchProcessor.process_together
    revoked = _Rebalance.on_partitions_revoked
    is_over = asyncio.Event()
    is_over.set()

    @contextmanager
    def stopping(records: Sequence[ConsumerRecord]) -> Iterator[None]:
        if not any(record.key == key for record in records):
            yield
            return
        is_over.clear()
        os.kill(os.getpid(), signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(os.getpid(), signal.SIGKILL)

    async def stopping_alone(
        self: BatchProcessor, partition: TopicPartition, records: Sequence[ConsumerRecord], *, start: int, end: int
    ) -> None:
        with stopping(records):
            await process(self, partition, records, start=start, end=end)

    async def stopping_together(
        self: BatchProcessor, stretches: Sequence[Stretch], records: Sequence[ConsumerRecord]
    ) -> bool:
        with stopping(records):
            return await together(self, stretches, records)

    async def hearing_late(self: _Rebalance, places: Iterable[TopicPartition]) -> None:
        await is_over.wait()
        await revoked(self, places)

    BatchProcessor.process = stopping_alone  # type: ignore[method-assign]
    BatchProcessor.process_together = stopping_together  # type: ignore[method-assign]
    _Rebalance.on_partitions_revoked = hearing_late  # type: ignore[method-assign]


def _stop_before_asking(key: str) -> None:
    """The sender stands still with a claim on a reminder to the key until it is continued.

    Then it asks the gate and goes on with the batch, and dies after it.
    """
    ask, close = ClearanceClient.ask, Sender._close_lane
    stopped: set[str] = set()

    async def stopping(
        self: ClearanceClient, service: str, tenant: str, reminders: Sequence[Reminder]
    ) -> Mapping[UUID, Answer]:
        if tenant not in stopped and any(one.key == key for one in reminders):
            stopped.add(tenant)
            os.kill(os.getpid(), signal.SIGSTOP)
        return await ask(self, service, tenant, reminders)

    def closing(self: Sender, lane: _Lane) -> None:
        close(self, lane)
        if lane.tenant in stopped and any(one.command.reminder.key == key for one in lane.batch.claimed):
            os.kill(os.getpid(), signal.SIGKILL)

    ClearanceClient.ask = stopping  # type: ignore[method-assign]
    Sender._close_lane = closing  # type: ignore[method-assign]
