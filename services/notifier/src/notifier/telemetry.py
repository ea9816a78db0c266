"""Every span and metric that the notifier adds to the chassis' own, with its meaning."""

from typing import Final

from prometheus_client import Counter

SEND_SPAN: Final = "hand mail over"
"""From just before DATA to the server's answer; a child of the command's trace; names the invoices."""

DELIVERIES = Counter(
    "kulant_notifier_deliveries",
    "Ends of reminders: sent, suppressed, failed, unknown, bounced, delivered.",
    ["outcome"],
)
CAME_BACK = Counter(
    "kulant_notifier_came_back", "Mails at our bounce addresses, by what they report and effect.", ["report", "effect"]
)
BATCH_FAILED = Counter("kulant_notifier_batches_failed", "Batches ended by a bug. Any rise: read the log's exception.")
TAKEN_BACK = Counter("kulant_notifier_taken_back", "Claims of a silent sender that went back to the gate.")
ENDED_UNKNOWN = Counter(
    "kulant_notifier_unknown", "Reminders of which nobody knows whether they were sent. Any rise: a person looks."
)
UNREADABLE = Counter(
    "kulant_notifier_unreadable", "Reminders set aside because their rows cannot be read. Any rise: read the log."
)
GATE_UNANSWERED = Counter(
    "kulant_notifier_gate_unanswered", "Questions that an owner did not answer; the reminders wait.", ["owner"]
)
