from datetime import date

import pytest
from invoice_builders import an_invoice, noon, reckoned
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ParentBased

from invoice_service.bus.looks import SpanTracing
from invoice_service.domain.account import Account
from invoice_service.domain.trail import Trail
from kulant_chassis import telemetry

SAMPLED = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def known_by(traceparent):
    account = Account("acme", "c1").record(an_invoice(), Trail(traceparent, None, "chain", "told"))
    return reckoned(account, noon(date(2026, 3, 1))).account.invoices["inv-1"]


@pytest.fixture
def exported(monkeypatch):
    exporter = InMemorySpanExporter()
    provider = TracerProvider(sampler=ParentBased(root=telemetry.LinkedOrRatio(0.0)))
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(telemetry.trace, "get_tracer", provider.get_tracer)
    return exporter


def test_a_turn_of_the_day_links_to_the_trace_that_told_the_invoice(exported):
    with SpanTracing().turn_of(known_by(SAMPLED)) as trail:
        pass

    (turn,) = exported.get_finished_spans()
    assert [f"{link.context.trace_id:032x}" for link in turn.links] == [SAMPLED[3:35]]
    assert turn.attributes["kulant.invoice_ids"] == ("inv-1",)
    assert trail.traceparent.startswith(f"00-{turn.context.trace_id:032x}-{turn.context.span_id:016x}-")
    assert (trail.correlation_id, trail.event_id) == ("chain", "told")


def test_without_tracing_the_invoices_own_trace_goes_on():
    with SpanTracing().turn_of(known_by(SAMPLED)) as trail:
        assert trail.traceparent == SAMPLED


def test_an_invoice_without_a_trace_turns_too():
    with SpanTracing().turn_of(known_by(None)) as trail:
        assert trail.traceparent is None
