"""One trace from the fact that led to the reminder to the customer's answer."""

import re

import pytest
from feedback_builders import REMINDER_ID
from feedback_events import everything
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from .conftest import page_of

PAGE = page_of(REMINDER_ID)
REMINDERS_TRACE = f"{'a' * 31}1"


@pytest.fixture
def spans(monkeypatch):
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(trace, "get_tracer", provider.get_tracer)
    return exporter


async def test_view_and_answer_belong_to_the_reminders_trace_and_name_the_invoice(feedback, spans):
    await feedback.read(*everything())
    html = (await feedback.http.get(PAGE)).text
    once = re.findall(r'name="once" value="([^"]*)"', html)[1]
    fields = {"answer": "promise", "currency": "EUR", "once": once, "pay_on": "2026-05-29"}
    await feedback.http.post(PAGE, data=fields)

    made = {span.name: span for span in spans.get_finished_spans()}

    assert set(made) == {"show page", "record answer"}
    for span in made.values():
        assert f"{span.context.trace_id:032x}" == REMINDERS_TRACE
        assert span.attributes["http.route"] == "/r/{token}"
        assert span.attributes["kulant.invoice_ids"] == ("inv-RE-1",)
        assert PAGE not in str(span.to_json())
        assert "Morgenrot" not in str(span.to_json())


async def test_the_answers_event_continues_the_answers_span(feedback, spans):
    await feedback.read(*everything())
    html = (await feedback.http.get(PAGE)).text
    once = re.findall(r'name="once" value="([^"]*)"', html)[1]
    fields = {"answer": "promise", "currency": "EUR", "once": once, "pay_on": "2026-05-29"}
    await feedback.http.post(PAGE, data=fields)

    (row,) = await feedback.rows("SELECT traceparent FROM outbox")
    context = next(span.context for span in spans.get_finished_spans() if span.name == "record answer")

    assert row[0].startswith(f"00-{context.trace_id:032x}-{context.span_id:016x}-")
