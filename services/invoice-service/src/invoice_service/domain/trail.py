"""Which event led to a fact, so that whatever follows from it later can be followed back."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Trail:
    """The trace and the chain of events that a fact belongs to."""

    traceparent: str | None = None
    tracestate: str | None = None
    correlation_id: str | None = None
    event_id: str | None = None
