"""`decide`: overdue facts, one per customer, become reminder commands: first record read to last command readable."""

from datetime import datetime
from functools import cache

from bench import ledger
from bench.ground import Ground, wait_for
from bench.pipeline import Floor, through
from bench.runs import Bench
from bench.traffic import Message, publish
from kulant_contracts import topics
from kulant_contracts.reminder import ReminderRequestedV1
from kulant_devstack.topics import run_apart

COMMAND_BYTES = 1_450
"""What a command of one item weighs on the wire."""
PROCESSES = ("engine.relay", "engine.consume")


def decide(ground: Ground, count: int) -> Bench:
    """The benchmark over so many customers."""
    floor = Floor(ground, count, out_bytes=COMMAND_BYTES)

    @cache
    def messages(tenant: str) -> list[Message]:
        return ledger.overdue(tenant, count)

    def kulant(number: int) -> float:
        tenant = f"decide-{number}"
        _introduce(ground, tenant, count)
        return through(
            ground,
            messages=messages(tenant),
            topic=topics.INVOICE,
            out_topic=topics.REMINDER,
            start=lambda: _start(ground),
            stop=lambda: ground.stop(*PROCESSES),
            counts=lambda value: _is_command(value, tenant),
            count=count,
        )

    return Bench("decide", "events/s", kulant, lambda number: floor.run(messages(f"decide-{number}")))


def _introduce(ground: Ground, tenant: str, count: int) -> None:
    """Let the engine read who the customers are, before anything is measured."""
    run_apart(publish(ground.kafka, topics.INVOICE, ledger.parties(tenant, count)))
    ground.start("engine.consume", "dunning-engine", "consume", "timers")
    known = f"SELECT count(*) = {count} FROM customer WHERE key LIKE '{tenant}/%'"  # noqa: S608
    wait_for(lambda: ground.ask("dunning_engine", known) is True)
    ground.stop("engine.consume")


def _start(ground: Ground) -> datetime:
    ground.start("engine.relay", "dunning-engine", "relay")
    return ground.start("engine.consume", "dunning-engine", "consume", "timers")


def _is_command(value: bytes, tenant: str) -> bool:
    return f'"{ReminderRequestedV1.TYPE}"'.encode() in value and f'"tenantid":"{tenant}"'.encode() in value
