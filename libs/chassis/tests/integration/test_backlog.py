"""The gauges show what waits on real servers, and nothing once all is done."""

from datetime import timedelta

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import text

from kulant_chassis.backlog import Backlog
from kulant_chassis.positions import begin
from kulant_chassis.quiescence import LogEnds
from libs.chassis.tests.integration.conftest import closed, send


@pytest.fixture
async def backlog(toy, topic):
    ends = LogEnds(toy.bootstrap, [topic])
    yield Backlog(toy.database, ends, [topic])
    await ends.close()


def _total(name):
    return sum(sample.value for metric in REGISTRY.collect() for sample in metric.samples if sample.name == name)


async def test_what_waits_is_shown_and_what_is_done_is_not(toy, topic, producer, backlog):
    await send(producer, topic, closed("C1", "k1", 1))
    async with toy.database.begin() as transaction:
        await transaction.connection.execute(
            text("INSERT INTO outbox (topic, key, value, created_at) VALUES ('t', 'k', 'v', now() - interval '1 min')")
        )
        await transaction.connection.execute(
            text("INSERT INTO key_row (key, tenant, next_live_at) VALUES ('acme/C9', 'acme', :at)"),
            {"at": toy.database.clock.now() - timedelta(hours=1)},
        )

    await backlog.measure()

    assert _total("kulant_lag_records") == 1
    assert 59 < _total("kulant_outbox_seconds") < 120
    assert _total("kulant_due_timer_seconds") == pytest.approx(3600, abs=60)

    async with toy.database.begin() as transaction:
        await transaction.connection.execute(text("DELETE FROM outbox"))
        await transaction.connection.execute(text("DELETE FROM key_row"))
        await begin(transaction.connection, dict(await backlog._ends.read()))
    await backlog.measure()

    assert [_total(f"kulant_{name}") for name in ("lag_records", "outbox_seconds", "due_timer_seconds")] == [0, 0, 0]
