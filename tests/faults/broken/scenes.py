"""For each guard the story of a customer in which nothing else stands in the way, and what is seen of it afterwards.

Every scene is played twice: with the guard, where nothing may be found, and without it, where it has to be.
"""

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import asyncpg
import psutil

from kulant_cli.facts import invoice_issued
from kulant_cli.fleet import has_started, package_of
from kulant_cli.judge import PublishedFact, Violation, judge
from kulant_contracts import topics
from kulant_contracts.delivery import DeliverySentV1
from kulant_contracts.envelope import Envelope, EventData, encode
from kulant_contracts.erp_changes import ErpHoldChangedV1
from kulant_contracts.invoice import InvoiceRegisteredV1, ItemSettledV1
from kulant_contracts.reminder import ReminderRequestedV1
from kulant_devstack.clock import wall_clock
from kulant_devstack.supervisor import Program
from tests.faults.broken import SERVICE
from tests.faults.broken.circumstances import DIES_WHILE_SENDING, STOPS_BEFORE_APPLYING, STOPS_BEFORE_ASKING
from tests.integration.story import REMINDED_AT, Story, until

ROOT: Final = Path(__file__).parents[3]
INVOICES_API: Final = "invoice-service.api+relay+timers"
INVOICES: Final = "invoice-service.consume"
ENGINE: Final = "dunning-engine.consume"
NOTIFIER: Final = "notifier.api+consume+relay"
SENDER: Final = "notifier.send"
_EVENT: Final = "topic, key, value, traceparent, tracestate"


@dataclass(frozen=True, slots=True)
class Break:
    """A guard: the story that needs it, told with or without it, and what is found without it."""

    play: Callable[[Story, bool], Awaitable[list[Violation]]]
    found: str


async def sequence(story: Story, has_guard: bool) -> list[Violation]:
    """A hold comes behind what was told after it: until it is there, nobody may act on what they have."""
    await story.one_debt()
    async with instead(story, () if has_guard else (ENGINE, NOTIFIER), "sequence"):
        async with asleep(story, INVOICES_API):
            hold = ErpHoldChangedV1(customer_id="C1", hold_id="h1", state="set", scope="customer", reason="legal")
            await story.say(hold)
            await until(lambda: _waiting(story, 1))
            await story.say(story.customer().model_copy(update={"version": 2, "name": "Beispiel und Kinder GmbH"}))
            await until(lambda: _waiting(story, 2))
            first = await _take_first_event(story)
        await story.day(REMINDED_AT)
        await _put_event(story, first)
        await story.settle()
    return await found(story)


async def gate(story: Story, has_guard: bool) -> list[Violation]:
    """A payment comes between request and mail, and the engine cannot withdraw what it has not heard of."""
    invoice = await story.one_debt()
    async with asleep(story, SENDER):
        await story.move(REMINDED_AT)
        await story.wait_for(ReminderRequestedV1)
        async with asleep(story, ENGINE):
            await story.say(story.payment(invoice))
            await story.wait_for(ItemSettledV1)
            if not has_guard:
                async with beside(story, SENDER, "gate"):
                    await story.wait_for(DeliverySentV1)
    await story.settle()
    return await found(story)


async def outbox(story: Story, has_guard: bool) -> list[Violation]:
    """The relay dies with an event in hand, before the broker has it."""
    await story.one_debt()
    async with instead(story, [INVOICES_API], _launcher("outbox", has_guard), {DIES_WHILE_SENDING: _key(story)}):
        await story.say(invoice_issued(story.invoice("i2")))
        await until(lambda: not story.system.servers.supervisor.is_running(INVOICES_API))
    await story.say(invoice_issued(story.invoice("i3")))
    await story.settle()
    return await found(story)


async def park(story: Story, has_guard: bool) -> list[Violation]:
    """The ERP says that a debt was paid, in words that nobody can read."""
    invoice = await story.one_debt()
    async with instead(story, () if has_guard else [INVOICES], "park"):
        await _say_unreadable(story, story.payment(invoice))
        await story.settle()
    return await found(story)


async def position(story: Story, has_guard: bool) -> list[Violation]:
    """A consumer sleeps with a batch in hand while another takes over, applies it and goes on; then it wakes up."""
    await story.one_debt()
    await story.stop(INVOICES)
    async with beside(story, INVOICES, _launcher("position", has_guard), {STOPS_BEFORE_APPLYING: _key(story)}) as name:
        await story.say(invoice_issued(story.invoice("i2")))
        await until(lambda: _is_stopped(story, name))
        await story.start(INVOICES)
        await story.wait_for(InvoiceRegisteredV1, count=2)
        await story.say(invoice_issued(story.invoice("i3")))
        await story.wait_for(InvoiceRegisteredV1, count=3)
        before = await _positions(story)
        story.system.servers.supervisor.send(name, signal.SIGCONT)
        await until(lambda: not story.system.servers.supervisor.is_running(name))
        after = await _positions(story)
    await story.say(invoice_issued(story.invoice("i4")))  # whoever stands elsewhere now notices, and reads again
    await story.settle()
    return [*_gone_back(before, after), *await found(story)]


async def fence(story: Story, has_guard: bool) -> list[Violation]:
    """A sender sleeps with a claimed reminder until another has sent it; then it wakes up, and the gate says yes."""
    await story.one_debt()
    stops = {STOPS_BEFORE_ASKING: _key(story)}
    async with beside(story, SENDER, _launcher("fence", has_guard), stops) as name:
        async with asleep(story, SENDER):
            await story.move(REMINDED_AT)
            await until(lambda: _is_stopped(story, name))
        async with asleep(story, ENGINE):  # it does not hear of the first mail, and clears the second
            await story.wait_for(DeliverySentV1)
            story.system.servers.supervisor.send(name, signal.SIGCONT)
            await until(lambda: not story.system.servers.supervisor.is_running(name))
    await story.settle()
    return await found(story)


BREAKS: Final[Mapping[str, Break]] = {
    "sequence": Break(sequence, "reminded_while_held"),
    "gate": Break(gate, "reminded_after_payment"),
    "outbox": Break(outbox, "sequence"),
    "park": Break(park, "unreadable_fact_lost"),
    "position": Break(position, "position_went_back"),
    "fence": Break(fence, "one_mail_per_reminder"),
}


def _launcher(guard: str, has_guard: bool) -> str:
    return "whole" if has_guard else guard


def _told(process: str, more: Mapping[str, str] | None) -> dict[str, str]:
    return {"PYTHONPATH": str(ROOT), SERVICE: package_of(process.partition(".")[0]), **(more or {})}


@asynccontextmanager
async def instead(
    story: Story, processes: Sequence[str], launcher: str, more: Mapping[str, str] | None = None
) -> AsyncIterator[None]:
    """These processes run by a launcher, and afterwards by the service itself again."""

    async def run(module: str | None) -> None:
        replace = story.system.replace_process
        told = {process: _told(process, more) if module else None for process in processes}
        await asyncio.gather(*(asyncio.to_thread(replace, process, module, told[process]) for process in processes))

    await run(f"{__package__}.{launcher}")
    try:
        yield
    finally:
        await run(None)


@asynccontextmanager
async def beside(
    story: Story, process: str, launcher: str, more: Mapping[str, str] | None = None
) -> AsyncIterator[str]:
    """One more process, with the roles of that one, run by a launcher; its name."""
    supervisor, program = story.system.servers.supervisor, story.system._program(process)
    python, flag, _, *roles = program.argv
    environment = {**(program.env or {}), **_told(process, more)}
    name = f"{process}.{story.tenant}"
    argv = (python, flag, f"{__package__}.{launcher}", *roles)
    supervisor.start(Program(name, argv, env=environment, layer=program.layer, stop_seconds=program.stop_seconds))
    try:
        await until(lambda: has_started(supervisor.log_file(name), 0))
        yield name
    finally:
        await asyncio.to_thread(supervisor.stop, name)


@asynccontextmanager
async def asleep(story: Story, process: str) -> AsyncIterator[None]:
    """A process stands still, as one on a machine that has other things to do."""
    story.system.signal_process(process, signal.SIGSTOP)
    try:
        yield
    finally:
        story.system.signal_process(process, signal.SIGCONT)


async def found(story: Story) -> list[Violation]:
    """What the judge of a run finds."""
    return list(judge(await story.evidence()).violations)


def _key(story: Story) -> str:
    return topics.partition_key(story.tenant, "C1")


@asynccontextmanager
async def _database(story: Story, service: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(story.system.info.database_urls[service])
    try:
        yield connection
    finally:
        await connection.close()


async def _waiting(story: Story, count: int) -> bool:
    """Do so many events about the customer wait to be published?"""
    async with _database(story, "invoice-service") as connection:
        rows = await connection.fetchval("SELECT count(*) FROM outbox WHERE key = $1", _key(story))
    return bool(rows == count)


async def _take_first_event(story: Story) -> asyncpg.Record:
    """The first event about the customer that waits to be published, which does not wait any more."""
    async with _database(story, "invoice-service") as connection:
        first = "SELECT min(id) FROM outbox WHERE key = $1"
        return await connection.fetchrow(f"DELETE FROM outbox WHERE id = ({first}) RETURNING {_EVENT}", _key(story))


async def _put_event(story: Story, event: asyncpg.Record) -> None:
    """Let it be published now: order on a topic is usual, no more."""
    async with _database(story, "invoice-service") as connection:
        await connection.execute(f"INSERT INTO outbox ({_EVENT}) VALUES ($1, $2, $3, $4, $5)", *event)


async def _say_unreadable(story: Story, payment: EventData) -> None:
    """A payment with an amount that is none, acknowledged by the broker like any other record."""
    envelope = Envelope(
        id=f"unreadable-{story.tenant}", source="/erp", type=payment.TYPE, time=story.now_at, tenantid=story.tenant
    )
    value = encode(envelope, payment).replace(b'"amount":"119.00"', b'"amount":"119,00 EUR"')
    sent_at = wall_clock()
    await story.erp._producer.send_and_wait(topics.ERP, value, key=_key(story).encode())
    story.erp.published.append(PublishedFact(value, sent_at, wall_clock()))


def _is_stopped(story: Story, process: str) -> bool:
    started = story.system.servers.supervisor.find(process)
    return started is not None and psutil.Process(started.pid).status() == psutil.STATUS_STOPPED


async def _positions(story: Story) -> dict[str, int]:
    answer = await story.ask("invoice-service", "GET", "/v1/quiescence")
    return dict(answer.json()["positions"])


def _gone_back(before: Mapping[str, int], after: Mapping[str, int]) -> Iterator[Violation]:
    """No service stands further back in a partition than it stood before, unless its database was restored."""
    for place, offset in before.items():
        if after.get(place, 0) < offset:
            yield Violation("position_went_back", f"{place} from {offset} to {after.get(place, 0)}")
