"""A trace viewer for the embedded stack: takes spans over OTLP/HTTP, keeps them in a file, draws them on a page.

Runs as `python -m kulant_devstack.traces --file … --http-port …`.
"""

import argparse
import gzip
import json
from html import escape
from pathlib import Path

from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from kulant_devstack.trace_picture import trace_list, waterfall
from kulant_devstack.trace_store import TraceStore, spans_of
from kulant_devstack.webpage import PageHandler, serve

LARGEST_BYTES = 64 * 1024 * 1024
_PROTOBUF = "application/x-protobuf"


def trace_page(store: TraceStore) -> type[PageHandler]:
    """The receiver and the page of this store."""

    class TracePage(PageHandler):
        title = "Traces"

        def do_POST(self) -> None:  # noqa: N802 - the name is the standard library's
            """Take spans."""
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(min(length, LARGEST_BYTES))
            if self.path != "/v1/traces" or length > LARGEST_BYTES:
                self.close_connection = True
                self.refuse(404 if self.path != "/v1/traces" else 413, "Spans only, at most 64 MB at once.")
                return
            try:
                text = gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body
                request = ExportTraceServiceRequest.FromString(text)
            except (OSError, EOFError, DecodeError):
                self.refuse(400, "This is no OTLP request in protobuf.")
                return
            store.add(spans_of(request))
            self.reply(ExportTraceServiceResponse().SerializeToString(), _PROTOBUF)

        def page(self, path: str, query: dict[str, str]) -> None:
            parts = [part for part in path.split("/") if part]
            if not parts:
                wanted = query.get("q", "")
                search = f'<form><input name="q" value="{escape(wanted)}" placeholder="an id, a name"></form>'
                self.reply_page(search, trace_list(store.latest(), wanted), refresh_seconds=0 if wanted else 5)
            elif parts == ["spans.json"]:
                self._spans(query.get("trace_id"))
            elif len(parts) == 2 and parts[0] == "traces" and (spans := store.trace(parts[1])):
                self.reply_page(
                    f'<span class="soft">{escape(parts[1])}</span>', waterfall(spans, store.linking_to(parts[1]))
                )
            else:
                self.refuse(404, "There is no such page.")

        def _spans(self, trace_id: str | None) -> None:
            if trace_id is None:
                spans = [span for _, trace in store.latest() for span in trace]
            else:
                spans = store.trace(trace_id)
            self.reply(json.dumps(spans).encode(), "application/json")

    return TracePage


def main() -> None:
    """Take and show spans until asked to stop."""
    parser = argparse.ArgumentParser(prog="kulant_devstack.traces", description="Takes spans and draws them.")
    parser.add_argument("--file", type=Path, required=True, help="where spans go, one JSON line each")
    parser.add_argument("--http-port", type=int, required=True)
    chosen = parser.parse_args()
    serve(trace_page(TraceStore(chosen.file)), chosen.http_port)


if __name__ == "__main__":
    main()
