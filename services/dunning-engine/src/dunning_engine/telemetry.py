"""Every metric and span of this service beside the chassis', with its meaning."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import structlog
from prometheus_client import Counter

from dunning_engine.usecases.ports import Decided
from kulant_chassis.telemetry import INVOICE_IDS, TENANT, span, story, traceparent_of
from kulant_chassis.transaction import Cause

DECIDE = "decide by the clock"
"""Span: a step that time alone brought. Links lead to the traces of the facts about the items that it concerns."""

DECISIONS = Counter(
    "kulant_decisions",
    "Decisions that led to something, by outcome: `remind`, `withdraw`, or `note` on the record of a case.",
    ["outcome"],
)


REFUSED_UNEXPLAINED = Counter(
    "kulant_refused_unexplained",
    "Reminders that were refused although nothing recorded says why. Their customers are held: look at the log.",
)
_log = structlog.get_logger(__name__)


class ClockTracing:
    """Continues the traces of the items' last facts when the clock alone leads to something."""

    def call_a_person(self, decided: Decided, reminder_id: str) -> None:
        """Counts it and says whom it is about, by ids."""
        REFUSED_UNEXPLAINED.inc()
        _log.warning(
            "a reminder was refused and nothing says why; the customer is held",
            action="decide.refused_unexplained",
            tenant=decided.occasion.tenant,
            customer_id=decided.occasion.customer_id,
            reminder_id=reminder_id,
        )

    @contextmanager
    def by_clock(self, decided: Decided) -> Iterator[Cause]:
        """A root span that links to those traces; the events go on in the chain of the first item."""
        keys = [asked.item.key for request in decided.decision.requests for asked in request.items]
        withdrawn = {taken.reminder_id for taken in decided.decision.withdrawals}
        keys += [r.key for one in decided.facts.reminders if one.reminder_id in withdrawn for r in one.items]
        keys = keys or [item.key for item in decided.facts.items]  # a case that opens or closes by the clock
        origins = [decided.known.origins.get(key, Cause()) for key in keys] or [Cause()]
        attributes = {
            INVOICE_IDS: tuple(dict.fromkeys(invoice_id for invoice_id, _ in keys)),
            TENANT: decided.occasion.tenant,
            **story(origins[0].correlationid),
        }
        with span(DECIDE, links=[one.traceparent for one in origins], attributes=attributes) as started:
            own = traceparent_of(started)
            # Where no span is made, the chain still goes on in the trace that it came from.
            yield replace(origins[0], traceparent=own, tracestate=None) if own else origins[0]
