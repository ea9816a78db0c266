"""Every Prometheus metric of the chassis, with its meaning and what to do about it."""

from prometheus_client import Counter, Gauge, Histogram

EVENTS_APPLIED = Counter("kulant_events_applied", "Events whose effects are committed, by topic.", ["topic"])
EVENTS_SKIPPED = Counter(
    "kulant_events_skipped",
    "Events read without effect: `without_effect` had before or not read here, `unknown` of no known type.",
    ["topic", "why"],
)
EVENTS_PARKED = Counter(
    "kulant_events_parked", "Facts in the dead letters. Any rise: read the reason there, repair, replay.", ["topic"]
)
BATCH_SECONDS = Histogram("kulant_batch_seconds", "Seconds from a batch's first statement to its commit.", ["topic"])
BATCHES_FAILED = Counter(
    "kulant_batches_failed",
    "Batches not applied: `transient` and `bug` are tried again, `separated` at once and partition by partition,"
    " `stopped` waits for a person, `moved` went elsewhere.",
    ["topic", "why"],
)
PARTITIONS_HELD = Gauge(
    "kulant_partitions_held", "Partitions that wait after a failure. Above 0 for minutes: look at the log's reason."
)
OUTBOX_PUBLISHED = Counter("kulant_outbox_published", "Events acknowledged by the broker.")
RELAY_FAILURES = Counter("kulant_relay_failures", "Times the relay threw its producer away and began again.")
LOOKS_TAKEN = Counter(
    "kulant_looks_taken", "Customers looked at because their time had come, by kind of clock.", ["clock"]
)
LOOKS_FAILED = Counter("kulant_looks_failed", "Looks that failed and will be tried again. A steady rise is a bug.")
LAG_RECORDS = Gauge(
    "kulant_lag_records", "Records of a partition that this service has not applied yet.", ["topic", "partition"]
)
LAG_SECONDS = Gauge(
    "kulant_lag_seconds",
    "Seconds since a partition's stored position last moved although records wait; 0 where none does.",
    ["topic", "partition"],
)
OUTBOX_SECONDS = Gauge(
    "kulant_outbox_seconds", "Age of the oldest event that the broker has not acknowledged; 0 where none waits."
)
DUE_TIMER_SECONDS = Gauge(
    "kulant_due_timer_seconds", "How long the longest overdue look of a live tenant has waited; 0 where none does."
)
