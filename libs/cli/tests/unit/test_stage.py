"""The tenant's clock never goes back, whoever moves it; and what broke a run off says what it is."""

import asyncio
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from aiokafka.errors import KafkaConnectionError, KafkaTimeoutError

from kulant_cli import stage as stage_module
from kulant_cli.book import Book
from kulant_cli.days import NotSettled
from kulant_cli.fiction import CREDITOR
from kulant_cli.stage import Stage
from kulant_devstack.errors import StackFailed
from libs.cli.tests.judge_builders import CUSTOMER, INVOICE, STARTS_AT, TENANT

BOOK = Book(TENANT, "Test", STARTS_AT, date(2026, 4, 12), CREDITOR, (CUSTOMER,), (INVOICE,), ())
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


class Everybody:
    """Doors, ERP and listener in one. As with a service, the clock takes a while to move, and never moves back."""

    def __init__(self):
        self.clock_at = STARTS_AT

    async def move_clock(self, at):
        await asyncio.sleep(0.01)
        assert at >= self.clock_at, "409"
        self.clock_at = at

    async def publish(self, facts):
        list(facts)

    async def start(self):
        pass

    stop = catch_up = start

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        pass


@pytest.fixture
def stage(tmp_path, monkeypatch):
    everybody = Everybody()
    monkeypatch.setattr(stage_module, "Listener", lambda *_: everybody)
    info = SimpleNamespace(kafka="", services={}, mailbox_dir=str(tmp_path), smtp_address="")
    stage = Stage(info, BOOK, 1, clock=None, erp=everybody, doors=everybody)
    stage.stood.append(STARTS_AT)
    return stage


async def test_who_moves_the_clock_on_while_it_moves_to_another_day_moves_it_on_from_there(stage):
    await asyncio.gather(stage.begin(STARTS_AT + DAY), *(stage.move_clock_by(MINUTE) for _ in range(3)))
    await asyncio.gather(*(stage.move_clock_by(MINUTE) for _ in range(2)), stage.begin(STARTS_AT + 2 * DAY))

    assert stage.stood == sorted(set(stage.stood))
    assert stage.doors.clock_at == stage.stood[-1] >= STARTS_AT + 2 * DAY


@pytest.mark.parametrize(
    ("stopped", "words"),
    [
        (NotSettled("not settled after 60 s"), "not settled after 60 s"),
        (NotSettled(), "NotSettled"),
        (StackFailed("notifier.send does not run."), "StackFailed: notifier.send does not run."),
        (KafkaConnectionError("no broker"), "KafkaConnectionError: no broker"),
        (KafkaTimeoutError(), "KafkaTimeoutError"),
    ],
)
async def test_what_broke_a_run_off_says_what_it_is(stage, stopped, words):
    async def act():
        raise stopped

    assert await stage.perform(act) == words
