import json

import pytest
import structlog
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ParentBased

from kulant_chassis import telemetry
from kulant_chassis.logs import start_logging
from kulant_chassis.settings import SettingsMissing
from kulant_chassis.telemetry import LinkedOrRatio, is_sampled, parse_traceparent, span, start_telemetry, traceparent_of

SAMPLED = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
UNSAMPLED = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"


@pytest.fixture
def exported(monkeypatch):
    exporter = InMemorySpanExporter()
    provider = TracerProvider(sampler=ParentBased(root=LinkedOrRatio(0.0)))
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(telemetry.trace, "get_tracer", provider.get_tracer)
    return exporter


def test_a_span_below_a_sampled_parent_stays_in_its_trace(exported):
    with span("work", parent=SAMPLED, attributes={"kulant.invoice_ids": ("i1",)}) as started:
        inner = traceparent_of(started)

    (finished,) = exported.get_finished_spans()
    assert f"{finished.context.trace_id:032x}" == SAMPLED[3:35]
    assert f"{finished.parent.span_id:016x}" == SAMPLED[36:52]
    assert (inner[:35], inner[-3:]) == (SAMPLED[:35], "-01")
    assert inner != SAMPLED


def test_a_root_that_links_to_a_sampled_trace_is_sampled(exported):
    with span("later", links=[UNSAMPLED, None, SAMPLED, SAMPLED]):
        pass

    (finished,) = exported.get_finished_spans()
    assert finished.parent is None
    assert {f"{link.context.trace_id:032x}" for link in finished.links} == {SAMPLED[3:35]}


@pytest.mark.parametrize("continued", [{"parent": UNSAMPLED}, {"links": [UNSAMPLED]}, {}])
def test_what_continues_nothing_sampled_is_not_recorded(exported, continued):
    with span("work", **continued):
        pass

    assert exported.get_finished_spans() == ()


def test_a_root_does_not_fall_below_whatever_span_is_current(exported):
    with span("outer", parent=SAMPLED), span("later", links=[SAMPLED]):
        pass

    later = next(one for one in exported.get_finished_spans() if one.name == "later")
    assert later.parent is None


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "00-0-0-01",
        "00-" + "0" * 32 + "-b7ad6b7169203331-01",
        "00-" + "z" * 32 + "-b7ad6b7169203331-01",
        "ff" + SAMPLED[2:],
    ],
)
def test_a_trace_context_that_cannot_be_read_is_none(value):
    assert parse_traceparent(value) is None
    assert not is_sampled(value)


def test_more_links_than_the_sdk_keeps_lose_unsampled_ones_first(exported):
    others = [f"00-{number:032x}-b7ad6b7169203331-00" for number in range(1, 300)]

    with span("later", links=[*others, SAMPLED]):
        pass

    (finished,) = exported.get_finished_spans()
    assert any(link.context.trace_flags.sampled for link in finished.links)


def test_logs_are_json_with_the_trace_and_without_fields_that_may_name_a_person(capsys, exported):
    start_logging("toy", "INFO")
    with span("work", parent=SAMPLED):
        structlog.get_logger().info("sent", action="sent", tenant="acme", email="anna@example.org", name="Anna")
        try:
            raise ValueError("anna@example.org")
        except ValueError:
            structlog.get_logger().exception("failed", action="failed")

    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert lines[0]["tenant"] == "acme"
    assert lines[0]["trace_id"] == SAMPLED[3:35]
    assert "ValueError at " in lines[1]["exception"]
    assert "anna" not in json.dumps(lines).lower()
    assert trace.get_current_span() is trace.INVALID_SPAN


@pytest.mark.parametrize(
    ("told", "exporter"),
    [
        ({}, None),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}, "OTLPSpanExporter"),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318", "OTEL_TRACES_EXPORTER": "none"}, None),
        ({"OTEL_TRACES_EXPORTER": "otlp"}, None),
        ({"OTEL_TRACES_EXPORTER": "zipkin"}, "ZipkinExporter"),
    ],
)
def test_the_standard_variables_choose_where_spans_go(told, exporter):
    chosen = telemetry._exporter(told)
    assert (type(chosen).__name__ if chosen else None) == exporter


def test_an_exporter_that_is_not_known_is_said_at_the_start():
    with pytest.raises(SettingsMissing, match="OTEL_TRACES_EXPORTER"):
        start_telemetry("notifier", ratio=1, environ={"OTEL_TRACES_EXPORTER": "smoke-signals"})
