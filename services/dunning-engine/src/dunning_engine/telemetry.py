"""Every metric and span of this service beside the chassis', with its meaning."""

from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import Counter

from dunning_engine.usecases.ports import Decided
from kulant_chassis.telemetry import INVOICE_IDS, TENANT, span, traceparent_of
from kulant_chassis.transaction import Cause

DECIDE = "decide by the clock"
"""Span: a step that time alone brought. Links lead to the traces of the facts about the items that it concerns."""

DECISIONS = Counter(
    "kulant_decisions",
    "Decisions that led to something, by outcome: `remind`, `withdraw`, or `note` on the record of a case.",
    ["outcome"],
)


class ClockTracing:
    """Continues the traces of the items' last facts when the clock alone leads to something."""

    @contextmanager
    def by_clock(self, decided: Decided) -> Iterator[Cause]:
        """A root span that links to those traces; what it yields goes into the events."""
        keys = [asked.item.key for request in decided.decision.requests for asked in request.items]
        withdrawn = {taken.reminder_id for taken in decided.decision.withdrawals}
        keys += [r.key for one in decided.facts.reminders if one.reminder_id in withdrawn for r in one.items]
        traces = decided.known.traceparents
        attributes = {
            INVOICE_IDS: tuple(dict.fromkeys(invoice_id for invoice_id, _ in keys)),
            TENANT: decided.occasion.tenant,
        }
        with span(DECIDE, links=[traces.get(key) for key in keys], attributes=attributes) as started:
            yield Cause(traceparent=traceparent_of(started))
