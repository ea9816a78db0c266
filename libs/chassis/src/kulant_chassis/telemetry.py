"""Traces made by hand: one trace from an ERP's fact to the customer's answer, over parents and links.

A per-record instrumentation of the Kafka client costs more than the work itself; here a span is made only where a
message's own trace is sampled, and links are kept to the 128 that the SDK holds.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.environment_variables import OTEL_TRACES_EXPORTER
from opentelemetry.sdk.environment_variables import OTEL_EXPORTER_OTLP_ENDPOINT
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.sampling import Decision, ParentBased, Sampler, SamplingResult, TraceIdRatioBased
from opentelemetry.trace import Link, NonRecordingSpan, Span, SpanContext, SpanKind, TraceFlags, TraceState
from opentelemetry.util.types import AttributeValue

from kulant_chassis.settings import SettingsMissing

INVOICE_IDS = "kulant.invoice_ids"
"""Span attribute: the ids of the invoices that this work was about (the ERP's opaque ids)."""
TENANT = "kulant.tenant"
"""Span attribute: the tenant's slug."""
STORY = "messaging.message.conversation_id"
"""Span attribute: the id of the event that began it all (`correlationid`), the same in every trace of one story."""
MAX_LINKS = 128

Attributes = Mapping[str, AttributeValue]


class LinkedOrRatio(Sampler):
    """Sample what continues a sampled trace over a link, and a share of what begins anew."""

    def __init__(self, ratio: float) -> None:
        self._ratio = TraceIdRatioBased(ratio)

    def should_sample(
        self,
        parent_context: Context | None,
        trace_id: int,
        name: str,
        kind: SpanKind | None = None,
        attributes: Attributes | None = None,
        links: Sequence[Link] | None = None,
        trace_state: TraceState | None = None,
    ) -> SamplingResult:
        """RECORD_AND_SAMPLE where any link is sampled; else as the ratio says."""
        if any(link.context.trace_flags.sampled for link in links or ()):
            return SamplingResult(Decision.RECORD_AND_SAMPLE, attributes, trace_state)
        return self._ratio.should_sample(parent_context, trace_id, name, kind, attributes, links, trace_state)

    def get_description(self) -> str:
        """Name of this sampler, for the SDK's own record."""
        return f"LinkedOrRatio({self._ratio.rate})"


def start_telemetry(service: str, *, ratio: float, environ: Mapping[str, str]) -> TracerProvider | None:
    """Export spans as OTEL_TRACES_EXPORTER says; without a place to send them, record none.

    `otlp` (the default) goes over HTTP to OTEL_EXPORTER_OTLP_ENDPOINT, `zipkin` to OTEL_EXPORTER_ZIPKIN_ENDPOINT.
    Raises SettingsMissing for any other than these and `none`.
    """
    exporter = _exporter(environ)
    if exporter is None:
        return None
    provider = TracerProvider(
        resource=Resource.create({SERVICE_NAME: service}), sampler=ParentBased(root=LinkedOrRatio(ratio))
    )
    provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=500))
    trace.set_tracer_provider(provider)
    return provider


def _exporter(environ: Mapping[str, str]) -> SpanExporter | None:
    chosen = environ.get(OTEL_TRACES_EXPORTER, "otlp")
    # Each is imported only where it is chosen: they bring an HTTP client, and most processes export nothing.
    if chosen == "zipkin":
        from opentelemetry.exporter.zipkin.json import ZipkinExporter  # noqa: PLC0415

        return ZipkinExporter()
    if chosen == "otlp" and environ.get(OTEL_EXPORTER_OTLP_ENDPOINT):
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415

        return OTLPSpanExporter()
    if chosen not in ("otlp", "none"):
        raise SettingsMissing("The environment variable OTEL_TRACES_EXPORTER cannot be used: say otlp, zipkin or none.")
    return None


def parse_traceparent(value: str | None, tracestate: str | None = None) -> SpanContext | None:
    """The remote context inside a W3C `traceparent` (version 00), None where there is none that can be read."""
    if value is None or len(value) < 55 or value[2] != "-" or value[35] != "-" or value[52] != "-":
        return None
    try:
        trace_id, span_id, flags = int(value[3:35], 16), int(value[36:52], 16), int(value[53:55], 16)
    except ValueError:
        return None
    if trace_id == 0 or span_id == 0 or value[:2] == "ff":
        return None
    state = TraceState.from_header([tracestate]) if tracestate else None
    return SpanContext(trace_id, span_id, is_remote=True, trace_flags=TraceFlags(flags), trace_state=state)


def format_traceparent(context: SpanContext) -> str | None:
    """The W3C `traceparent` of a span, None for one that belongs to no trace."""
    if not context.is_valid:
        return None
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"


def is_sampled(traceparent: str | None) -> bool:
    """Does the trace that this context names record its spans?"""
    context = parse_traceparent(traceparent)
    return context is not None and context.trace_flags.sampled


@contextmanager
def span(
    name: str,
    *,
    parent: str | None = None,
    links: Sequence[str | None] = (),
    attributes: Attributes | None = None,
    kind: SpanKind = SpanKind.INTERNAL,
) -> Iterator[Span]:
    """A span below `parent`, or a new root that links to what it continues (both are `traceparent` values).

    Inside, `traceparent_of(span)` is what belongs into events and rows that it leads to.
    """
    remote = parse_traceparent(parent)
    context = trace.set_span_in_context(NonRecordingSpan(remote), Context()) if remote else Context()
    sampled = [linked for value in dict.fromkeys(links) if (linked := parse_traceparent(value)) is not None]
    sampled.sort(key=lambda linked: not linked.trace_flags.sampled)
    with trace.get_tracer("kulant").start_as_current_span(
        name,
        context=context,
        kind=kind,
        links=[Link(linked) for linked in sampled[:MAX_LINKS]],
        attributes=dict(attributes or {}),
        record_exception=False,  # an exception's text may quote what a customer wrote
    ) as started:
        yield started


def current_traceparent() -> str | None:
    """The `traceparent` that continues the span around this code, None where there is none."""
    return traceparent_of(trace.get_current_span())


def story(correlationid: str | None) -> Attributes:
    """The attribute that finds all traces of a story, if it is known which one this is."""
    return {STORY: correlationid} if correlationid else {}


def traceparent_of(started: Span) -> str | None:
    """The `traceparent` that continues this span, None where tracing is off."""
    return format_traceparent(started.get_span_context())
