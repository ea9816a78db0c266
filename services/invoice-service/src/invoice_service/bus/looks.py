"""Looks that time, or a tenant's changed settings, make due."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from invoice_service.bus.subscriptions import UnitOfWorkOf
from invoice_service.domain.account import KnownInvoice
from invoice_service.domain.trail import Trail
from invoice_service.telemetry import SpanName
from invoice_service.usecases.mark_overdue import mark_overdue
from kulant_chassis.telemetry import INVOICE_IDS, TENANT, span, story, traceparent_of
from kulant_chassis.timers import Due, LookHandler
from kulant_chassis.transaction import Transaction


class SpanTracing:
    """Implements the port `Tracing` with the chassis' spans."""

    @contextmanager
    def turn_of(self, known: KnownInvoice) -> Iterator[Trail]:
        """A span of its own that links to the trace which told the invoice."""
        invoice = known.invoice
        attributes = {
            TENANT: invoice.tenant,
            INVOICE_IDS: (invoice.invoice_id,),
            **story(known.trail.correlation_id),
        }
        with span(SpanName.TURN, links=[known.trail.traceparent], attributes=attributes) as turn:
            yield replace(known.trail, traceparent=traceparent_of(turn) or known.trail.traceparent)


def looks(unit_of_work: UnitOfWorkOf) -> LookHandler:
    """Due customers go to mark_overdue."""
    tracing = SpanTracing()

    async def look(transaction: Transaction, due: Sequence[Due]) -> None:
        keys = [(one.tenant, one.key.partition("/")[2]) for one in due]
        await mark_overdue(unit_of_work(transaction), tracing, keys)

    return look
