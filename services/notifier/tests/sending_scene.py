"""A batch on its way in memory: a gate, a mail server and clocks that do as they are told."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID, uuid4

import notifier_builders as make
from fake_work import WALL, FakeWork

from notifier.domain.attempt import State
from notifier.domain.decision import Answer
from notifier.domain.letter import Letter
from notifier.domain.reminder import Reminder
from notifier.usecases.hand_over import HandingOver
from notifier.usecases.pace import Pace
from notifier.usecases.places import Places
from notifier.usecases.ports import (
    Accepted,
    Command,
    Lost,
    Refused,
    RenderedMail,
    Trace,
    Unreachable,
    Unwritable,
)
from notifier.usecases.send_reminders import Batch, Sending, send_reminders

TRACE = Trace("00-" + "a" * 32 + "-" + "b" * 16 + "-01")


def command(**changes) -> Command:
    return Command(make.reminder(reminder_id=uuid4(), **changes), TRACE)


def page_url(reminder_id: UUID) -> str:
    return f"https://pay.example/r/{reminder_id}"


class Gate:
    """Says `clear`, keeps the order of questions."""

    def __init__(self, says: Callable[[str], Answer | None] = lambda service: Answer("clear", 3)) -> None:
        self.says = says
        self.asked: list[str] = []

    async def ask(self, service: str, tenant: str, reminders: Sequence[Reminder]) -> Mapping[UUID, Answer]:
        self.asked.append(service)
        said = self.says(service)
        return {one.reminder_id: said for one in reminders} if said else {}

    async def close(self) -> None:
        pass


class Session:
    def __init__(self, server: "Server") -> None:
        self.server = server

    async def hand_over(self, content: bytes) -> Accepted | Refused | Lost:
        await self.server.before_data(content)
        answer = self.server.at_data()
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, Accepted):
            self.server.mails.append(content)
        return answer

    async def abandon(self) -> None:
        self.server.abandoned += 1


async def at_once(_: bytes) -> None:
    """Nothing to wait for."""


class Server:
    """Takes every mail unless told otherwise."""

    name, lanes = "smtp", 2

    def __init__(self) -> None:
        self.mails: list[bytes] = []
        self.abandoned = 0
        self.ready = True
        self.at_open: Callable[[], Refused | Unreachable | None] = lambda: None
        self.before_data: Callable[[bytes], Awaitable[None]] = at_once
        self.at_data: Callable[[], Accepted | Refused | Lost | Exception] = lambda: Accepted("q1")

    async def is_ready(self) -> bool:
        return self.ready

    async def open(self, address: str, comes_back_to: str) -> Session | Refused | Unreachable:
        return self.at_open() or Session(self)


class Writer:
    """Writes a mail for every letter but those to a customer named Unwritable."""

    async def render(self, letter: Letter, delivery_id: str, written_at: datetime) -> RenderedMail:
        if letter.customer_name == "Unwritable":
            raise Unwritable("ValueError")
        return RenderedMail(str(letter.reminder.reminder_id).encode(), "0" * 64, "bounce@kulant.example")


class Scene:
    """A batch on its way, with a clock that can be made to jump."""

    def __init__(self, per_second: float | None = None, patience_seconds: float = 0) -> None:
        self.work = FakeWork()
        self.gate = Gate()
        self.server = Server()
        self.wall = WALL
        self.tick = 0.0
        self.places = Places(self.server.lanes, patience_seconds)
        self.pace = Pace(per_second, None, lambda: self.tick)
        self.stopping = False
        self.before_recording: Callable[[], Awaitable[object]] = lambda: asyncio.sleep(0)
        over = HandingOver(
            self.server, self.work.open, self.places, self.pace, lambda: self.wall, lambda: self.tick, self.trace
        )
        self.sending = Sending(over, self.gate, Writer(), page_url, self.for_sure, lambda: self.stopping)

    @contextmanager
    def trace(self, command: Command) -> Iterator[Trace]:
        yield Trace("00-" + "c" * 32 + "-" + "d" * 16 + "-01")

    async def for_sure(self, work) -> None:
        await self.before_recording()
        await work(self.work)

    async def send(self, *commands: Command) -> Batch:
        batch = Batch(await self.work.claimed(*commands))
        await send_reminders(self.sending, batch)
        return batch

    def state_of(self, one: Command) -> State:
        return self.work.reminders.rows[one.reminder.reminder_id].state
