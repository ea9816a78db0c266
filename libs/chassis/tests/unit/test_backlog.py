"""How long a partition has waited counts from when its position last moved."""

import pytest
from aiokafka import TopicPartition

from kulant_chassis.backlog import LagAges

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
