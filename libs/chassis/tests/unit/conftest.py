"""Logs of the units under test go the way they do in a process; a consumer that reaches no server."""

import pytest

from kulant_chassis.consumer import Consumer
from kulant_chassis.database import Database
from kulant_chassis.logs import start_logging
from kulant_chassis.received import Reads

start_logging("test", "WARNING")


async def _nothing(*_):
    """Handle no facts."""


@pytest.fixture
def consumer():
    return Consumer(
        "toy",
        Database("postgresql://nobody@127.0.0.1:1/none"),
        Reads({"kulant.case.v1": ()}, _nothing),
        bootstrap="127.0.0.1:1",
        topic_prefix="",
        batch_records=10,
        session_timeout_ms=6_000,
        parking_limit=1,
    )
