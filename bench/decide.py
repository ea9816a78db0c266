"""`decide`: overdue facts, one per customer, become reminder commands: first record read to last command readable."""

from bench import ledger
from bench.ground import Ground
from bench.pipeline import Passage, pipeline
from bench.runs import Bench
from kulant_contracts import topics
from kulant_contracts.reminder import ReminderRequestedV1

SERVICE = "dunning-engine"


def decide(ground: Ground, count: int) -> Bench:
    """The benchmark over so many customers."""
    return pipeline(ground, count, PASSAGE)


PASSAGE = Passage(
    name="decide",
    service=SERVICE,
    topic=topics.INVOICE,
    out_topic=topics.REMINDER,
    out_type=ReminderRequestedV1,
    out_bytes=1_450,
    messages=ledger.overdue,
    parties=ledger.parties,
    relay="engine.relay",
    consumers=("engine.consume", "engine.consume-2"),
)
