"""Every metric and span of this service, with its meaning. Ids only: no name, no address, no amount is ever in one."""

from enum import StrEnum

from prometheus_client import Counter, Histogram

FACTS_TAKEN = Counter(
    "kulant_invoice_facts_taken",
    "Facts of ERPs by door (`kafka`, `http`) and by what became of them (`accepted`, `duplicate`, `refused`).",
    ["door", "outcome"],
)
CLEARANCES = Counter(
    "kulant_invoice_clearances", "Answers at the gate: `clear`, or why a decision was stale.", ["answer"]
)
BARRIER_SECONDS = Histogram(
    "kulant_invoice_barrier_seconds",
    "Seconds a question waited until all that the broker had accepted before it was read.",
    buckets=(0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30),
)
BARRIER_REFUSALS = Counter(
    "kulant_invoice_barrier_refusals",
    "Questions left without an answer, because not everything was read in time. Reminders wait: look at the lag.",
)


class SpanName(StrEnum):
    """Spans made here."""

    RECORD = "record fact"
    """A fact that came over HTTP; a child of the event's own trace."""
    TURN = "item due by the clock"
    """An item became due or overdue because time passed; links to the trace that told its invoice."""
