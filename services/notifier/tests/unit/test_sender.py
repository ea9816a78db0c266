"""The sender's loops: they live on whatever happens, and rest while nothing is due."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from fake_work import FakeWork
from sending_scene import Scene
from structlog.testing import capture_logs

from kulant_chassis.pacing import Bell
from notifier import parts, sender
from notifier.sender import Sender, SenderParts
from notifier.store.work import at_most

BAD = UUID(int=13)


class Database:
    """Transactions of which only the connection is passed on."""

    news = Bell()

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[SimpleNamespace]:
        yield SimpleNamespace(connection=None, started_at=None)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[None]:
        yield None


class Loop:
    """A sender whose queries are replaced, and whose pauses pass at once and are kept."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        scene = Scene()
        scene.server.close = self.close  # type: ignore[attr-defined]
        scene.gate.close = self.close  # type: ignore[method-assign]
        self.closed = 0
        self.logs: list[Any] = []
        self.pauses: list[float] = []
        self.asked = {"claim_due": 0, "beat": 0, "take_back": 0, "abandoned": 0, "leave": 0}
        self.answers: dict[str, Callable[[int], Any]] = {
            "claim_due": lambda _: ([], []),
            "beat": lambda _: None,
            "take_back": lambda _: 0,
            "abandoned": lambda _: ([], []),
            "leave": lambda _: None,
        }
        for name in self.asked:
            monkeypatch.setattr(sender, name, self._query(name))
        monkeypatch.setattr(sender, "pause", self._pause)
        monkeypatch.setattr(sender, "pause_until", self._pause)
        monkeypatch.setattr(sender, "RECOVER_SECONDS", -1.0)
        clock: Any = SimpleNamespace(now=lambda: None)
        database: Any = Database()
        server: Any = scene.server
        self.sender = Sender(
            SenderParts(
                database, scene.work.open, clock, scene.gate, server, scene.sending.renderer, str, 0.0, 1000, 16
            )
        )

    async def close(self) -> None:
        self.closed += 1

    def _query(self, name: str) -> Callable[..., Awaitable[Any]]:
        async def query(*_: object, **__: object) -> Any:
            self.asked[name] += 1
            answer = self.answers[name](self.asked[name])
            if isinstance(answer, Exception):
                raise answer
            return answer

        return query

    async def _pause(self, _: asyncio.Event, seconds: float, *, at_least: float = 0.0) -> None:
        self.pauses.append(seconds)
        await asyncio.sleep(0)

    async def run(self, until: Callable[[], bool]) -> None:
        with capture_logs() as self.logs:
            await self.sender.start()
            async with asyncio.timeout(5):
                while not until():
                    await asyncio.sleep(0)
            assert self.sender.is_alive()
            await self.sender.stop()


@pytest.fixture
def loop(monkeypatch: pytest.MonkeyPatch) -> Loop:
    return Loop(monkeypatch)


@pytest.mark.parametrize("name", ["claim_due", "beat", "take_back", "abandoned"])
@pytest.mark.parametrize("error", [KeyError("a bug"), ConnectionError()])
async def test_the_loops_outlive_any_failure(loop: Loop, name: str, error: Exception) -> None:
    loop.answers[name] = lambda _: error
    await loop.run(lambda: loop.asked[name] > 3 and loop.asked["claim_due"] > 3)


async def test_what_cannot_be_settled_does_not_keep_others_from_being_claimed(loop: Loop) -> None:
    loop.answers["abandoned"] = lambda _: KeyError("a bug")
    await loop.run(lambda: loop.asked["claim_due"] > 3)


@pytest.mark.parametrize("name", ["claim_due", "abandoned"])
async def test_rows_that_cannot_be_read_are_told_of_once_by_id(loop: Loop, name: str) -> None:
    loop.answers[name] = lambda _: ([], [BAD])
    await loop.run(lambda: loop.asked[name] > 3)
    assert [log["ids"] for log in loop.logs if log["action"] == "send.unreadable"] == [[str(BAD)]]


async def test_pauses_grow_to_a_quarter_of_a_second_while_nothing_is_due(loop: Loop) -> None:
    await loop.run(lambda: len(loop.pauses) > 5)
    assert loop.pauses[:5] == sorted(loop.pauses[:5])
    assert loop.pauses[0] < 0.2
    assert max(loop.pauses) == 0.25


async def test_stopping_closes_the_gate_and_the_mail_server(loop: Loop) -> None:
    await loop.run(lambda: True)
    assert loop.closed == 2


async def test_only_so_many_transactions_of_batches_are_open_at_a_time() -> None:
    opened = 0

    @asynccontextmanager
    async def opening() -> AsyncIterator[FakeWork]:
        nonlocal opened
        opened += 1
        yield FakeWork()

    begin = at_most(2, opening)
    async with begin(), begin():
        third = asyncio.create_task(anext(_entered(begin)))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert opened == 2
    await third
    assert opened == 3


async def _entered(begin: Any) -> AsyncIterator[None]:
    async with begin():
        yield


@pytest.mark.parametrize(("pool", "most"), [(10, 5), (2, 1), (3, 1)])
def test_batches_leave_half_of_the_pool_to_the_heartbeat_and_the_rest(
    monkeypatch: pytest.MonkeyPatch, pool: int, most: int
) -> None:
    given: list[int] = []
    monkeypatch.setattr(parts, "at_most", lambda count, opening: given.append(count))
    monkeypatch.setattr(parts, "read_secret", lambda path: b"secret")
    monkeypatch.setattr(parts, "SmtpGateway", lambda access: None)
    monkeypatch.setattr(parts, "smtp_access", lambda settings: None)
    settings: Any = SimpleNamespace(
        invoice_service_url="http://i",
        dunning_engine_url="http://d",
        feedback_service_url="http://f",
        service_token_file=None,
        sender_address="a@b.example",
        inbound_domain=None,
        smtp_per_second=None,
        smtp_per_second_and_tenant=None,
        lease_seconds=5.0,
        batch_reminders=10,
        batch_tenants=16,
        database_pool_size=pool,
    )
    runtime: Any = SimpleNamespace(database=None, clock=None)
    parts.sender_parts(settings, runtime, str)
    assert given == [most]
