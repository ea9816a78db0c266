"""How long a partition has waited counts from when its position last moved."""

from contextlib import asynccontextmanager
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import KafkaConnectionError

from kulant_chassis.backlog import Backlog, LagAges
from kulant_chassis.clock import MovableClock
from kulant_chassis.metrics import OUTBOX_SECONDS

PLACE = TopicPartition("kulant.erp.v1", 3)


def test_a_partition_ages_while_its_position_stands_and_records_wait():
    ages = LagAges()

    told = [ages.seconds(PLACE, 7, lag, now) for lag, now in [(2, 100.0), (2, 110.0), (5, 130.0)]]

    assert told == [0.0, 10.0, 30.0]


@pytest.mark.parametrize(
    ("position", "lag"), [pytest.param(8, 1, id="it moved"), pytest.param(7, 0, id="nothing waits any more")]
)
def test_its_age_begins_anew(position, lag):
    ages = LagAges()
    ages.seconds(PLACE, 7, 2, 100.0)

    assert ages.seconds(PLACE, position, lag, 120.0) == 0.0
    assert ages.seconds(PLACE, position, 2, 121.0) == (1.0 if lag else 0.0)


class NoBroker:
    async def read(self):
        raise KafkaConnectionError


class DatabaseWithAnOldOutbox:
    clock = MovableClock(datetime(2026, 3, 2, tzinfo=UTC))

    @asynccontextmanager
    async def glance(self):
        yield self

    async def execute(self, *_):
        return SimpleNamespace(scalar_one=lambda: 180)


async def test_without_a_broker_the_outbox_ages_all_the_same():
    with pytest.raises(KafkaConnectionError):
        await Backlog(DatabaseWithAnOldOutbox(), NoBroker(), []).measure()

    assert OUTBOX_SECONDS._value.get() == 180
