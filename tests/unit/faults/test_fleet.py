"""What the harness does to processes on purpose is told from what they do by themselves."""

import asyncio
import threading
from contextlib import asynccontextmanager, suppress

import pytest

from kulant_devstack.errors import StackFailed
from tests.faults import fleet as fleet_module
from tests.faults.fleet import Fleet
from tests.faults.harms import KILL, REPLICAS, TERMINATE, Harm

SENDER, RELAY = "notifier.send", "notifier.relay"


class Stack:
    """A stack whose processes are names; those of `stubborn` take longer to stop than they may."""

    def __init__(self):
        self.processes = (SENDER, RELAY)
        self.running, self.stubborn, self.started = set(), set(), []
        self.servers = self.supervisor = self

    def is_running(self, name):
        return name in self.running

    def start_process(self, *names):
        self.started += names
        self.running.update(names)

    def stop_process(self, *names):
        if self.stubborn & set(names):
            threading.Event().wait(0.06)
        self.running.difference_update(names)

    def kill_process(self, name):
        if name not in self.running:
            raise StackFailed(f"{name} does not run.")
        self.running.discard(name)

    def add_replica(self, service, roles):
        name = f"{service}.{'+'.join(roles)}.{len(self.processes)}"
        self.processes = (*self.processes, name)
        threading.Event().wait(0.03)  # it is known before it runs
        self.start_process(name)
        return name

    def drop_process(self, name):
        self.stop_process(name)
        self.processes = tuple(one for one in self.processes if one != name)


@asynccontextmanager
async def _between(*_):
    yield None


@pytest.fixture
def fleet(monkeypatch):
    monkeypatch.setattr(fleet_module, "Between", _between)
    monkeypatch.setattr(fleet_module, "STOP_SECONDS", 0.05)
    monkeypatch.setattr(fleet_module, "LOOK_SECONDS", 0.005)
    return Fleet(Stack(), "acme", {})


def _harm(kind, lasts_seconds=0.0):
    return Harm(kind, SENDER, 1, None, 0.0, lasts_seconds)


async def test_a_process_that_ends_by_itself_is_noticed_and_started_again(fleet):
    async with fleet.services():
        fleet.stack.running.discard(SENDER)
        await asyncio.sleep(0.05)
        assert fleet.stack.is_running(SENDER)
    assert fleet.returned == [SENDER]


async def test_a_process_that_two_harms_have_down_is_down_on_purpose_until_both_are_mended(fleet):
    async with fleet.services():
        first, second = (asyncio.create_task(fleet.inflict(_harm(KILL, lasts))) for lasts in (0.02, 0.2))
        await first
        fleet.stack.running.discard(SENDER)
        await asyncio.sleep(0.05)
        assert fleet.returned == []
        await second
        assert fleet.stack.is_running(SENDER)

        fleet.stack.running.discard(SENDER)  # and from then on by itself
        await asyncio.sleep(0.05)
    assert fleet.returned == [SENDER]


async def test_a_harm_that_is_cut_short_leaves_its_process_down_on_purpose(fleet):
    async with fleet.services():
        killing = asyncio.create_task(fleet.inflict(_harm(KILL, 10.0)))
        await asyncio.sleep(0.03)
        killing.cancel()
        with suppress(asyncio.CancelledError):
            await killing
        await asyncio.sleep(0.03)
    assert fleet.returned == []


async def test_replicas_are_neither_taken_for_ended_nor_left_behind(fleet):
    async with fleet.services():
        await fleet.inflict(_harm(REPLICAS, 0.03))
        assert fleet.stack.processes == (SENDER, RELAY)
        assert fleet.stack.running == {SENDER, RELAY}
        await asyncio.sleep(0.03)
    assert fleet.returned == []
    assert fleet.stack.running == set()


async def test_a_replica_that_ends_by_itself_is_noticed(fleet):
    async with fleet.services():
        adding = asyncio.create_task(fleet.inflict(_harm(REPLICAS, 0.2)))
        await asyncio.sleep(0.12)
        (one, _) = fleet.stack.running - {SENDER, RELAY}
        fleet.stack.running.discard(one)
        await adding
    assert fleet.returned == [one]


@pytest.mark.parametrize("kind", [TERMINATE, REPLICAS])
async def test_whoever_has_to_be_killed_instead_of_ending_is_noted(fleet, kind):
    async with fleet.services():
        fleet.stack.stubborn = {SENDER, f"{SENDER}.2", f"{SENDER}.3"}
        await fleet.inflict(_harm(kind))
        fleet.stack.stubborn = set()
    assert fleet.stubborn == [SENDER if kind == TERMINATE else f"{SENDER}.3"]


async def test_also_at_the_end(fleet):
    async with fleet.services():
        fleet.stack.stubborn = {RELAY}
    assert fleet.stubborn == [RELAY]
