"""Draws traces as HTML: the list of the latest, and one of them as a waterfall of its spans."""

import json
from html import escape

from kulant_devstack.trace_store import SpanRecord

SHOWN = 200
_DEEPEST = 4


def trace_list(traces: list[tuple[str, list[SpanRecord]]], wanted: str) -> str:
    """The table of traces; only those that mention `wanted` anywhere, if it is given."""
    found = [(trace, spans) for trace, spans in traces if not wanted or wanted in json.dumps(spans)]
    if not found:
        return '<p class="soft">No traces yet.</p>' if not wanted else '<p class="soft">Nothing mentions this.</p>'
    rows = "".join(_trace_row(trace, spans) for trace, spans in found[:SHOWN])
    head = '<tr><th>Trace</th><th>Services</th><th>Spans</th><th class="wide">Took</th></tr>'
    return f'<div class="card"><table>{head}{rows}</table></div>'


def waterfall(spans: list[SpanRecord], continued_by: list[SpanRecord]) -> str:
    """One trace: each span as a bar on a common axis of time, and where the story comes from and goes on."""
    begin = min(span["start"] for span in spans)
    length = max(max(span["end"] for span in spans) - begin, 1)
    depths = _depths(spans)
    rows = "".join(_span_row(span, depths[span["span_id"]], begin, length) for span in spans)
    head = "<tr><th>Span</th><th>Service</th><th>Took</th><th>When</th></tr>"
    return f'<div class="card"><table>{head}{rows}</table></div>{_story(continued_by)}'


def _trace_row(trace: str, spans: list[SpanRecord]) -> str:
    first = min(spans, key=lambda span: span["start"])
    took = max(span["end"] for span in spans) - first["start"]
    services = ", ".join(sorted({span["service"] for span in spans}))
    link = f'<a href="/traces/{escape(trace)}">{escape(first["name"])}</a>'
    return (
        f'<tr><td>{link}</td><td class="soft">{escape(services)}</td><td>{len(spans)}</td>'
        f'<td class="wide tight">{_milliseconds(took)}</td></tr>'
    )


def _span_row(span: SpanRecord, depth: int, begin: int, length: int) -> str:
    left = 1000 * (span["start"] - begin) / length
    width = max(1000 * (span["end"] - span["start"]) / length, 3)
    bad = ' class="bad"' if span["status"] == "error" else ""
    bar = (
        '<svg viewBox="0 0 1003 14" preserveAspectRatio="none" role="presentation">'
        f'<rect{bad} x="{left:.1f}" y="2" width="{width:.1f}" height="10" rx="3"/></svg>'
    )
    name = f"<details><summary>{escape(span['name'])}</summary>{_details(span)}</details>"
    return (
        f'<tr><td class="d{min(depth, _DEEPEST)}">{name}</td>'
        f'<td class="soft tight">{escape(span["service"])}</td>'
        f'<td class="tight">{_milliseconds(span["end"] - span["start"])}</td><td>{bar}</td></tr>'
    )


def _details(span: SpanRecord) -> str:
    known = {"span": span["span_id"], "kind": span["kind"], "status": span["status"], **span["attributes"]}
    rows = "".join(f"<tr><th>{escape(name)}</th><td>{escape(_text(value))}</td></tr>" for name, value in known.items())
    links = "".join(
        f'<tr><th>follows</th><td><a href="/traces/{escape(link["trace_id"])}">{escape(link["trace_id"])}</a></td></tr>'
        for link in span["links"]
    )
    return f"<table>{rows}{links}</table>"


def _story(continued_by: list[SpanRecord]) -> str:
    if not continued_by:
        return ""
    items = "".join(
        f'<tr><td><a href="/traces/{escape(span["trace_id"])}">{escape(span["name"])}</a></td>'
        f'<td class="soft">{escape(span["service"])}</td></tr>'
        for span in continued_by[:SHOWN]
    )
    return f'<p class="soft">Goes on in</p><div class="card"><table>{items}</table></div>'


def _depths(spans: list[SpanRecord]) -> dict[str, int]:
    parents = {span["span_id"]: span["parent_span_id"] for span in spans}
    depths = {}
    for span_id, parent in parents.items():
        depth, above = 0, parent
        while above in parents and depth < len(parents):
            depth, above = depth + 1, parents[above]
        depths[span_id] = depth
    return depths


def _text(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _milliseconds(nanoseconds: int) -> str:
    return f"{nanoseconds / 1e6:,.1f} ms"
