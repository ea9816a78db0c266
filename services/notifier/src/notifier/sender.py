"""The role `send`: claims due reminders in batches, two a tenant at a time, and sees that none is left lying.

A tenant whose owners hold a question does not hold the others: each batch goes its own way.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic
from uuid import UUID

import structlog
from opentelemetry.trace import SpanKind

from kulant_chassis.clock import Clock
from kulant_chassis.database import Database
from kulant_chassis.failures import is_transient
from kulant_chassis.ids import uuid7
from kulant_chassis.pacing import Backoff, pause, pause_until
from kulant_chassis.telemetry import INVOICE_IDS, TENANT, span, story, traceparent_of
from notifier.domain.decision import next_batch
from notifier.store.claims import abandoned, beat, claim_due, leave, take_back
from notifier.telemetry import BATCH_FAILED, ENDED_UNKNOWN, SEND_SPAN, TAKEN_BACK, UNREADABLE
from notifier.usecases.hand_over import HandingOver
from notifier.usecases.pace import Pace
from notifier.usecases.places import Places
from notifier.usecases.ports import Claimed, Command, Gate, MailGateway, OpenWork, Renderer, Trace, Work
from notifier.usecases.recover_reminders import recover_reminders
from notifier.usecases.send_reminders import Batch, Sending, give_back, send_reminders

_log = structlog.get_logger(__name__)

POLL_SECONDS = 0.1
LONGEST_POLL_SECONDS = 0.25
RECOVER_SECONDS = 1.0
STOP_SECONDS = 8.0
SILENT_SECONDS = 120.0
FIRST_BATCH = 50
LANES_OF_TENANT = 2
"""One batch is written and asked about while the other is handed over: the server need not wait for the next mail."""


@dataclass(frozen=True, slots=True)
class SenderParts:
    """What the sender is put together from."""

    database: Database
    open_work: OpenWork
    clock: Clock
    gate: Gate
    gateway: MailGateway
    renderer: Renderer
    page_url: Callable[[UUID], str]
    lease_seconds: float
    most_per_batch: int
    most_tenants: int
    per_second: float | None = None
    per_tenant_second: float | None = None


@dataclass(slots=True, eq=False)
class _Lane:
    """A tenant's batch on its way."""

    tenant: str
    batch: Batch
    task: asyncio.Task[None] = field(init=False)


class Sender:
    """Component `send` of a process; `owner` is its name in claims, new with each start."""

    name = "send"

    def __init__(self, parts: SenderParts) -> None:
        self.owner = uuid7()
        self._parts = parts
        self._stopping = asyncio.Event()
        self._news = parts.database.news.listen()
        self._tasks: list[asyncio.Task[None]] = []
        self._lanes: list[_Lane] = []
        # What a pace holds back would be written and asked about in vain.
        is_paced = parts.per_second is not None or parts.per_tenant_second is not None
        self._lanes_of_tenant = 1 if is_paced else LANES_OF_TENANT
        self._batch_size = FIRST_BATCH
        self._turned_at = monotonic()
        self._recovered_at = 0.0
        self._unreadable: set[UUID] = set()
        self._sending = Sending(
            over=HandingOver(
                gateway=parts.gateway,
                open_work=parts.open_work,
                places=Places(parts.gateway.lanes),
                pace=Pace(parts.per_second, parts.per_tenant_second, monotonic),
                now=parts.clock.now,
                ticks=monotonic,
                trace=_traced,
            ),
            gate=parts.gate,
            renderer=parts.renderer,
            page_url=parts.page_url,
            for_sure=self._for_sure,
            is_stopping=self._stopping.is_set,
        )

    async def start(self) -> None:
        """Begin to send in the background."""
        self._tasks = [
            asyncio.create_task(self._run(), name=self.name),
            asyncio.create_task(self._keep_lease(), name="send.lease"),
        ]

    async def stop(self) -> None:
        """Finish what is being handed over, give the rest back and end."""
        self._stopping.set()
        self._news.set()
        running = [lane.task for lane in self._lanes]
        if running:
            _, late = await asyncio.wait(running, timeout=STOP_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._parts.gateway.close()
        await self._parts.gate.close()
        await self._try(self._leave)

    def is_alive(self) -> bool:
        """Does the loop still turn?"""
        is_over = any(task.done() for task in self._tasks) and not self._stopping.is_set()
        return not is_over and monotonic() - self._turned_at < SILENT_SECONDS

    async def _run(self) -> None:
        backoff, idle_seconds = Backoff(), POLL_SECONDS
        while not self._stopping.is_set():
            self._turned_at = monotonic()
            self._news.clear()
            # What goes wrong with one half must not end the other.
            are_well = [await self._survive(half) for half in (self._settle, self._claim)]
            if not all(are_well):
                await pause(self._stopping, backoff.next_seconds())
                continue
            backoff.reset()
            idle_seconds = POLL_SECONDS if self._lanes else min(idle_seconds * 1.5, LONGEST_POLL_SECONDS)
            await pause_until(self._news, idle_seconds, at_least=POLL_SECONDS / 2)

    async def _settle(self) -> None:
        """Now and then: live, and settle what silent senders left."""
        if monotonic() - self._recovered_at > RECOVER_SECONDS:
            await self._beat()
            self._recovered_at = monotonic()
            await self._recover()

    async def _claim(self) -> None:
        """Claim for tenants that have a lane left."""
        lanes = Counter(lane.tenant for lane in self._lanes)
        if len(lanes) >= self._parts.most_tenants:
            return
        async with self._parts.database.begin() as transaction:
            claimed, unreadable = await claim_due(
                transaction.connection,
                owner=self.owner,
                wall=transaction.started_at,
                busy=[tenant for tenant, count in lanes.items() if count >= self._lanes_of_tenant],
                per_tenant=self._batch_size,
                most=self._parts.most_per_batch,
            )
        self._tell_unreadable(unreadable)
        by_tenant: dict[str, list[Claimed]] = defaultdict(list)
        for one in claimed:
            by_tenant[one.command.reminder.tenant].append(one)
        for tenant, batch in by_tenant.items():
            self._open_lane(tenant, batch)

    def _open_lane(self, tenant: str, claimed: Sequence[Claimed]) -> None:
        lane = _Lane(tenant, Batch(claimed))
        self._lanes.append(lane)
        lane.task = asyncio.create_task(self._send(lane), name=f"send.{tenant}")
        lane.task.add_done_callback(lambda _: self._close_lane(lane))

    def _close_lane(self, lane: _Lane) -> None:
        self._lanes.remove(lane)
        tenant, task, batch = lane.tenant, lane.task, lane.batch
        self._batch_size = next_batch(
            self._batch_size, len(batch.claimed), batch.left_over, batch.took, self._parts.most_per_batch
        )
        error = None if task.cancelled() else task.exception()
        if error is not None and is_transient(error):
            _log.warning("a batch was broken off", action="send.waiting", tenant=tenant, error=type(error).__name__)
        elif error is not None:
            BATCH_FAILED.inc()
            _log.error(
                "a batch failed", action="send.failed", tenant=tenant, error=type(error).__name__, exc_info=error
            )

    async def _send(self, lane: _Lane) -> None:
        try:
            await send_reminders(self._sending, lane.batch)
        except BaseException:
            await self._give_back(lane.batch, is_at_fault=True)
            raise
        await self._give_back(lane.batch, is_at_fault=False)

    async def _give_back(self, batch: Batch, *, is_at_fault: bool) -> None:
        """What was not begun goes back to the gate: at once, or, after a failure, like all that waits."""
        if batch.open:
            await self._for_sure(lambda work: give_back(work, batch, is_at_fault=is_at_fault))

    async def _for_sure(self, work: Callable[[Work], Awaitable[None]]) -> None:
        """Run in a transaction until it commits: what the server took must be recorded, however long that takes."""
        backoff = Backoff()

        async def once() -> None:
            async with self._parts.open_work() as opened:
                await work(opened)

        while not await self._try(once):  # noqa: ASYNC110 -- a database that is away sets no event
            await asyncio.sleep(backoff.next_seconds())

    async def _try(self, work: Callable[[], Awaitable[None]]) -> bool:
        try:
            await work()
        except Exception as error:
            if not is_transient(error):
                _log.error("the sender met something unexpected", action="send.unexpected", exc_info=error)
                raise
            _log.warning("the database is away", action="send.waiting", error=type(error).__name__)
            return False
        return True

    async def _survive(self, work: Callable[[], Awaitable[None]]) -> bool:
        """The loops end with the process alone: whatever goes wrong is logged and tried again."""
        try:
            return await self._try(work)
        except Exception:  # noqa: BLE001 -- logged where it came by
            return False

    def _tell_unreadable(self, reminder_ids: Collection[UUID]) -> None:
        """Once each: they come up again and again until somebody repairs them."""
        new = set(reminder_ids) - self._unreadable
        self._unreadable |= new
        if new:
            UNREADABLE.inc(len(new))
            _log.error(
                "reminders that cannot be read are set aside", action="send.unreadable", ids=sorted(map(str, new))
            )

    async def _keep_lease(self) -> None:
        while not self._stopping.is_set() or self._lanes:
            await self._survive(self._beat)
            await asyncio.sleep(self._parts.lease_seconds / 4)

    async def _beat(self) -> None:
        async with self._parts.database.begin() as transaction:
            await beat(transaction.connection, self.owner, self._parts.lease_seconds)

    async def _leave(self) -> None:
        async with self._parts.database.begin() as transaction:
            await leave(transaction.connection, self.owner)

    async def _recover(self) -> None:
        # What this process holds outside any batch is nobody's: a claim whose commit was not seen, a batch's bug.
        held = [one.claim.reminder_id for lane in self._lanes for one in lane.batch.claimed]
        async with self._parts.database.begin() as transaction:
            taken = await take_back(transaction.connection, self.owner, held)
        async with self._parts.database.read() as connection:
            left, unreadable = await abandoned(connection, self.owner, held)
        self._tell_unreadable(unreadable)
        if taken:
            TAKEN_BACK.inc(taken)
            _log.warning("claims of a silent sender go back to the gate", action="send.taken_back", count=taken)
        if left:
            async with self._parts.open_work() as work:
                ended = await recover_reminders(work, left)
            ENDED_UNKNOWN.inc(ended)
            _log.error("nobody knows whether these were sent", action="send.unknown", count=ended)


@contextmanager
def _traced(command: Command) -> Iterator[Trace]:
    """A span below the command's own trace, which names the invoices; the outcome's event continues it."""
    trace, reminder = command.trace, command.reminder
    attributes = {INVOICE_IDS: reminder.invoice_ids, TENANT: reminder.tenant, **story(trace.correlationid)}
    with span(SEND_SPAN, parent=trace.traceparent, attributes=attributes, kind=SpanKind.CLIENT) as started:
        own = traceparent_of(started) or trace.traceparent
        yield Trace(own, trace.tracestate, trace.correlationid, trace.causationid)
