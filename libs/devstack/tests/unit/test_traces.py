"""Spans: received, kept, found again, drawn."""

import json

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from kulant_devstack import trace_store
from kulant_devstack.trace_picture import trace_list, waterfall
from kulant_devstack.trace_store import TraceStore, spans_of


def _request(service="notifier", **fields):
    request = ExportTraceServiceRequest()
    resource = request.resource_spans.add()
    resource.resource.attributes.add(key="service.name", value=AnyValue(string_value=service))
    resource.scope_spans.add().spans.append(Span(**fields))
    return request


def _span(trace="aa", span="01", parent=None, start=0, end=10, **more):
    made = {"trace_id": trace, "span_id": span, "parent_span_id": parent, "name": f"span {span}", "service": "s"}
    rest = {"kind": "internal", "status": "unset", "start": start, "end": end, "attributes": {}, "links": []}
    return {**made, **rest, **more}


def test_an_otlp_span_becomes_a_plain_record():
    ids = AnyValue(array_value=ArrayValue(values=[AnyValue(string_value="4711")]))
    request = _request(
        trace_id=bytes(15) + b"\x01",
        span_id=bytes(7) + b"\x02",
        name="process kulant.invoice.v1",
        kind=Span.SPAN_KIND_CONSUMER,
        status=Status(code=Status.STATUS_CODE_ERROR),
        start_time_unix_nano=5,
        end_time_unix_nano=9,
        attributes=[KeyValue(key="kulant.invoice_ids", value=ids)],
        links=[Span.Link(trace_id=bytes(15) + b"\x03", span_id=bytes(7) + b"\x04")],
    )
    (record,) = spans_of(request)
    assert record == {
        "trace_id": "00" * 15 + "01",
        "span_id": "00" * 7 + "02",
        "parent_span_id": None,
        "name": "process kulant.invoice.v1",
        "service": "notifier",
        "kind": "consumer",
        "status": "error",
        "start": 5,
        "end": 9,
        "attributes": {"kulant.invoice_ids": ["4711"]},
        "links": [{"trace_id": "00" * 15 + "03", "span_id": "00" * 7 + "04"}],
    }


def test_spans_are_in_the_file_when_they_are_acknowledged(tmp_path):
    store = TraceStore(tmp_path / "spans.jsonl")
    store.add([_span(), _span(span="02")])
    lines = (tmp_path / "spans.jsonl").read_text().splitlines()
    assert [json.loads(line)["span_id"] for line in lines] == ["01", "02"]
    store.close()


def test_a_restart_reads_the_file_again_and_forgives_a_torn_line(tmp_path):
    store = TraceStore(tmp_path / "spans.jsonl")
    store.add([_span()])
    store.close()
    with (tmp_path / "spans.jsonl").open("a") as file:
        file.write('{"trace_id": "aa", "sp')
    again = TraceStore(tmp_path / "spans.jsonl")
    again.add([_span(span="02")])
    assert [span["span_id"] for span in again.trace("aa")] == ["01", "02"]
    again.close()
    third = TraceStore(tmp_path / "spans.jsonl")
    assert [span["span_id"] for span in third.trace("aa")] == ["01", "02"]
    third.close()


def test_the_oldest_traces_leave_memory_first(tmp_path, monkeypatch):
    monkeypatch.setattr(trace_store, "KEPT_SPANS", 2)
    store = TraceStore(tmp_path / "spans.jsonl")
    for trace in ("aa", "bb", "cc"):
        store.add([_span(trace=trace)])
    assert [trace for trace, _ in store.latest()] == ["cc", "bb"]
    store.close()


def test_a_story_is_followed_over_links(tmp_path):
    store = TraceStore(tmp_path / "spans.jsonl")
    store.add([_span(), _span(trace="bb", span="09", links=[{"trace_id": "aa", "span_id": "01"}])])
    assert [span["span_id"] for span in store.linking_to("aa")] == ["09"]
    drawn = waterfall(store.trace("aa"), store.linking_to("aa"))
    assert "/traces/bb" in drawn
    store.close()


def test_what_is_drawn_is_escaped():
    spans = [_span(name="<script>", service="<b>", attributes={"<i>": "<u>"})]
    for drawn in (waterfall(spans, spans), trace_list([("aa", spans)], "")):
        assert "<script>" not in drawn
        assert "<b>" not in drawn
        assert "<u>" not in drawn


def test_children_stand_deeper_than_parents_and_a_circle_does_no_harm():
    drawn = waterfall([_span(), _span(span="02", parent="01"), _span(span="03", parent="02")], [])
    assert all(f'class="d{depth}"' in drawn for depth in (0, 1, 2))
    waterfall([_span(parent="02"), _span(span="02", parent="01")], [])


def test_a_search_finds_an_id_in_any_attribute():
    traces = [("aa", [_span(attributes={"kulant.invoice_ids": ["4711"]})]), ("bb", [_span(trace="bb")])]
    assert "/traces/aa" in trace_list(traces, "4711")
    assert "/traces/bb" not in trace_list(traces, "4711")
