"""Received spans: appended to a file for tests and people, and the latest kept at hand for the page."""

import json
import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

SpanRecord: TypeAlias = dict[str, Any]
KEPT_SPANS = 100_000


class TraceStore:
    """One JSON line per span in the file; instants are nanoseconds since 1970."""

    def __init__(self, file: Path) -> None:
        self._lock = threading.Lock()
        self._traces: OrderedDict[str, list[SpanRecord]] = OrderedDict()
        self._count = 0
        file.parent.mkdir(parents=True, exist_ok=True)
        torn = False
        if file.exists():
            with file.open() as lines:
                self._remember(_readable(lines))
            torn = not file.read_bytes().endswith(b"\n")
        self._file = file.open("a")
        if torn:
            self._file.write("\n")

    def add(self, spans: Iterable[SpanRecord]) -> None:
        """Append spans; they can be read from the file when this returns."""
        arrived = list(spans)
        with self._lock:
            self._file.writelines(json.dumps(span, separators=(",", ":")) + "\n" for span in arrived)
            self._file.flush()
            self._remember(arrived)

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def latest(self) -> list[tuple[str, list[SpanRecord]]]:
        """The traces at hand, most recently touched first."""
        with self._lock:
            return [(trace, list(spans)) for trace, spans in reversed(self._traces.items())]

    def trace(self, trace_id: str) -> list[SpanRecord]:
        """The spans of one trace in the order of their beginning."""
        with self._lock:
            return sorted(self._traces.get(trace_id, ()), key=lambda span: (span["start"], span["span_id"]))

    def linking_to(self, trace_id: str) -> list[SpanRecord]:
        """Spans of other traces that continue this one."""
        with self._lock:
            return [
                span
                for trace, spans in self._traces.items()
                if trace != trace_id
                for span in spans
                if any(link["trace_id"] == trace_id for link in span["links"])
            ]

    def _remember(self, spans: Iterable[SpanRecord]) -> None:
        for span in spans:
            self._traces.setdefault(span["trace_id"], []).append(span)
            self._traces.move_to_end(span["trace_id"])
            self._count += 1
            while self._count > KEPT_SPANS and len(self._traces) > 1:
                self._count -= len(self._traces.popitem(last=False)[1])


def spans_of(request: ExportTraceServiceRequest) -> Iterator[SpanRecord]:
    """The spans of an OTLP request as plain records."""
    for resource_spans in request.resource_spans:
        resource = _attributes(resource_spans.resource.attributes)
        for scope_spans in resource_spans.scope_spans:
            for span in scope_spans.spans:
                yield _record(span, str(resource.get("service.name", "unknown")))


def _record(span: Span, service: str) -> SpanRecord:
    return {
        "trace_id": span.trace_id.hex(),
        "span_id": span.span_id.hex(),
        "parent_span_id": span.parent_span_id.hex() or None,
        "name": span.name,
        "service": service,
        "kind": Span.SpanKind.Name(span.kind).removeprefix("SPAN_KIND_").lower(),
        "status": Status.StatusCode.Name(span.status.code).removeprefix("STATUS_CODE_").lower(),
        "start": span.start_time_unix_nano,
        "end": span.end_time_unix_nano,
        "attributes": _attributes(span.attributes),
        "links": [{"trace_id": link.trace_id.hex(), "span_id": link.span_id.hex()} for link in span.links],
    }


def _attributes(pairs: Iterable[KeyValue]) -> dict[str, Any]:
    return {pair.key: _plain(pair.value) for pair in pairs}


def _plain(value: AnyValue) -> Any:
    kind = value.WhichOneof("value")
    if kind == "array_value":
        return [_plain(one) for one in value.array_value.values]
    if kind == "kvlist_value":
        return _attributes(value.kvlist_value.values)
    if kind == "bytes_value":
        return value.bytes_value.hex()
    return getattr(value, kind) if kind is not None else None


def _readable(lines: Iterable[str]) -> Iterator[SpanRecord]:
    # The last line may be torn by a kill.
    for line in lines:
        try:
            yield json.loads(line)
        except ValueError:
            continue
