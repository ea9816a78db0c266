"""How long everything may be busy after a harm counts from its end, and clients that have to try again count too."""

import asyncio
import selectors
from datetime import timedelta
from types import SimpleNamespace

import pytest

from kulant_cli.book import Book
from kulant_cli.days import NotSettled
from kulant_cli.doors import DoorClosed, Doors, Quiescence
from kulant_cli.fiction import CREDITOR
from libs.cli.tests.judge_builders import CUSTOMER, INVOICE, STARTS_AT, TENANT
from tests.faults import load as load_module
from tests.faults.load import Load
from tests.faults.waves import Waves

LAG = load_module.LAG_SECONDS
TWO_DAYS = Book(TENANT, "Test", STARTS_AT, STARTS_AT.date() + timedelta(days=1), CREDITOR, (CUSTOMER,), (INVOICE,), ())


class Stage(Doors):
    """Stage and doors in one: at work for so long after each move of the clock, with a page dead for so long."""

    def __init__(self, works=0.0, page_is_dead=0.0):
        self.works, self.page_is_dead = works, page_is_dead
        self.stood, self.at = [STARTS_AT], 0.0
        self.doors = self.mailbox = self.customers = self.agenda = self
        self.erp = SimpleNamespace(acknowledged=0)
        self.unread = ["mail"]

    async def perform(self, acts):
        await acts()

    async def open(self, *, limit_seconds):
        assert limit_seconds == LAG

    async def begin(self, at):
        self.stood.append(at)
        self.at = asyncio.get_running_loop().time()

    async def quiescence(self, services=None):
        is_at_work = self._passed() < self.works
        return {"notifier": Quiescence(self.stood[-1], int(is_at_work), 0, 0, 0, "p")}

    async def read(self, mails, at):
        if self._passed() < self.page_is_dead:
            raise DoorClosed("nobody there")
        return []

    def new_mails(self):
        mails, self.unread = self.unread, []
        return mails

    def count(self):
        return 0

    def add(self, facts):
        assert not list(facts)

    def evidence(self, **_):
        return None

    def _passed(self):
        return asyncio.get_running_loop().time() - self.at


class Leaping(asyncio.SelectorEventLoop):
    """Leaps over the time in which nothing happens, instead of waiting."""

    def __init__(self):
        self.leapt = 0.0
        super().__init__(LeapingSelector(self))

    def time(self):
        return super().time() + self.leapt


class LeapingSelector(selectors.DefaultSelector):
    def __init__(self, loop):
        super().__init__()
        self._loop = loop

    def select(self, timeout=None):
        # None is to wait for ever, as for another thread; no thread may be at work while time is leapt over.
        found = super().select(timeout and 0)
        if not found and timeout:
            self._loop.leapt += timeout
        return found


@pytest.fixture
def play(monkeypatch):
    """Plays two days on a stage, each with a harm of so many seconds; the lags."""

    def playing(stage, harm_lasts=0.0):
        for name in ("PatientErp", "PatientDoors", "Stage"):
            monkeypatch.setattr(load_module, name, lambda *_, **__: stage)
        info = SimpleNamespace(kafka="", services={}, token=lambda: "")

        async def harming(_number, _mails):
            await asyncio.sleep(harm_lasts)

        load = Load(info, Waves(TWO_DAYS, (), ()), seed=1)
        with asyncio.Runner(loop_factory=Leaping) as runner:
            return runner.run(load.perform(harming, lambda _: None)).lags

    return playing


def test_who_is_quiet_in_time_is_no_violation_and_the_harm_itself_is_no_lag(play):
    assert max(play(Stage(works=0.1), harm_lasts=1.5 * LAG)) < LAG


def test_who_is_quiet_just_after_the_limit_is_too_late(play):
    with pytest.raises(NotSettled, match="after the last harm"):
        play(Stage(works=1.2 * LAG))


def test_a_page_that_is_dead_for_too_long_is_a_lag_though_all_is_quiet_once_its_customers_were_heard(play):
    with pytest.raises(NotSettled, match=r"quiet only \d+\.\d s after the last harm"):
        play(Stage(page_is_dead=1.5 * LAG))


def test_a_page_that_is_dead_while_the_harm_lasts_is_no_lag(play):
    assert max(play(Stage(page_is_dead=1.5 * LAG), harm_lasts=1.5 * LAG)) < LAG
