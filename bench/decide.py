"""`decide`: overdue facts, one per customer, become reminder commands: first record read to last command readable."""

from bench import ledger
from bench.ground import Ground, wait_for
from bench.pipeline import Passage, pipeline
from bench.runs import Bench
from bench.scenes import until_nobody_is_behind
from bench.traffic import publish
from kulant_contracts import topics
from kulant_contracts.reminder import ReminderRequestedV1
from kulant_devstack.topics import run_apart

SERVICE = "dunning-engine"


def decide(ground: Ground, count: int) -> Bench:
    """The benchmark over so many customers."""
    return pipeline(ground, count, PASSAGE)


def _introduce(ground: Ground, tenant: str, count: int) -> None:
    """Let the engine read who the customers are, before anything is measured."""
    run_apart(publish(ground.kafka, topics.INVOICE, ledger.parties(tenant, count)))
    PASSAGE.start(ground)
    known = f"SELECT count(*) = {count} FROM customer WHERE key LIKE '{tenant}/%'"  # noqa: S608
    wait_for(lambda: ground.ask("dunning_engine", known) is True)
    until_nobody_is_behind(ground, "dunning_engine", tenant)
    PASSAGE.stop(ground)


PASSAGE = Passage(
    name="decide",
    service=SERVICE,
    topic=topics.INVOICE,
    out_topic=topics.REMINDER,
    out_type=ReminderRequestedV1,
    out_bytes=1_450,
    messages=ledger.overdue,
    introduce=_introduce,
    relay="engine.relay",
    consumers=("engine.consume", "engine.consume-2"),
)
