"""What the clock leads to continues the traces and the chain of the facts that it rests on."""

from dataclasses import replace

import pytest
from engine_builders import CUSTOMER, at, facts, item, reminder, uid
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from dunning_engine.domain.decision import Decision, Withdrawal
from dunning_engine.domain.evaluate import evaluate
from dunning_engine.policyfile.reading import standard
from dunning_engine.telemetry import DECIDE, ClockTracing
from dunning_engine.usecases.ports import Decided, Known, Occasion
from kulant_chassis import telemetry as chassis
from kulant_chassis.transaction import Cause

TRACE_IDS = ["4bf92f3577b34da6a3ce929d0e0e4736", "0af7651916cd43dd8448eb211c80319c"]
ORIGINS = {
    ("inv-1", "1"): Cause(f"00-{TRACE_IDS[0]}-00f067aa0ba902b7-01", None, "chain-1", "event-1"),
    ("inv-2", "1"): Cause(f"00-{TRACE_IDS[1]}-b7ad6b7169203331-01", None, "chain-2", "event-2"),
}


@pytest.fixture
def spans(monkeypatch):
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(chassis.trace, "get_tracer", provider.get_tracer)
    return exporter


def decided(given, decision):
    known = Known(CUSTOMER, given, ORIGINS)
    return Decided(Occasion("acme/c-1", "acme"), known, given, at("2026-03-09"), decision, {}, ())


def test_a_span_links_to_the_traces_of_all_items_and_names_their_invoices(spans):
    given = facts(item(1), item(2))
    decision = evaluate(CUSTOMER, (standard(),), given, at("2026-03-09"))

    with ClockTracing().by_clock(decided(given, decision)) as cause:
        pass

    (span,) = spans.get_finished_spans()
    assert span.name == DECIDE
    assert [f"{link.context.trace_id:032x}" for link in span.links] == TRACE_IDS
    assert span.attributes["kulant.invoice_ids"] == ("inv-1", "inv-2")
    assert span.attributes["kulant.tenant"] == "acme"
    assert cause.traceparent.split("-")[1] == f"{span.context.trace_id:032x}"
    assert (cause.correlationid, cause.causationid) == ("chain-1", "event-1")


def test_a_withdrawal_by_the_clock_names_the_invoices_too(spans):
    given = facts(item(2), reminders=(reminder(item(2)),))
    decision = Decision(standard(), withdrawals=(Withdrawal(uid(100), "held"),))

    with ClockTracing().by_clock(decided(given, decision)):
        pass

    (span,) = spans.get_finished_spans()
    assert span.attributes["kulant.invoice_ids"] == ("inv-2",)


def test_a_case_that_only_opens_goes_on_in_the_chain_of_its_items(spans):
    with ClockTracing().by_clock(decided(facts(item(1)), Decision(standard()))) as cause:
        pass

    (span,) = spans.get_finished_spans()
    assert span.attributes["kulant.invoice_ids"] == ("inv-1",)
    assert cause.correlationid == "chain-1"


def test_something_without_items_begins_a_trace_of_its_own(spans):
    with ClockTracing().by_clock(decided(replace(facts(), items=()), Decision(standard()))) as cause:
        pass

    assert cause.traceparent is not None
    assert cause.correlationid is None
