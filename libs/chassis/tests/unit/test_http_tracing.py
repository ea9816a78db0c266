"""A span around each write over the API, by OpenTelemetry's conventions."""

import httpx2
import pytest
from fastapi import APIRouter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.semconv.attributes import http_attributes, url_attributes
from opentelemetry.trace import SpanKind

from kulant_chassis import telemetry
from kulant_chassis.auth import Tokens
from kulant_chassis.http import create_app, public
from kulant_chassis.telemetry import current_traceparent

CALLER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
def exported(monkeypatch):
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(telemetry.trace, "get_tracer_provider", lambda: provider)
    return exporter


async def _is_well() -> bool:
    return True


@pytest.fixture
async def client():
    router = APIRouter(dependencies=[public()])

    @router.api_route("/v1/things/{name}", methods=["GET", "PUT"])
    async def change(name: str) -> str | None:
        if name == "broken":
            raise ZeroDivisionError
        return current_traceparent()

    app = create_app("tested", [router], tokens=Tokens({}), is_live=lambda: True, is_ready=_is_well)
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://tested") as made:
        yield made


async def test_a_write_continues_its_callers_trace_and_what_it_does_continues_the_write(client, exported):
    answer = await client.put("/v1/things/one", headers={"traceparent": CALLER})

    (span,) = exported.get_finished_spans()
    assert (span.name, span.kind) == ("PUT /v1/things/{name}", SpanKind.SERVER)
    assert f"{span.context.trace_id:032x}-{span.parent.span_id:016x}" == CALLER[3:52]
    assert answer.json() == f"00-{span.context.trace_id:032x}-{span.context.span_id:016x}-01"
    expected = {
        http_attributes.HTTP_REQUEST_METHOD: "PUT",
        http_attributes.HTTP_ROUTE: "/v1/things/{name}",
        http_attributes.HTTP_RESPONSE_STATUS_CODE: 200,
        url_attributes.URL_PATH: "/v1/things/one",
        url_attributes.URL_SCHEME: "http",
    }
    assert expected.items() <= dict(span.attributes).items()


async def test_a_failure_of_ours_is_an_error_and_a_callers_mistake_is_none(client, exported):
    await client.put("/v1/things/broken")
    await client.put("/v1/nothing/here")

    ours, theirs = exported.get_finished_spans()
    assert not ours.status.is_ok
    assert theirs.status.is_ok


async def test_what_only_reads_has_no_span_nor_has_a_page(client, exported):
    await client.get("/v1/things/one", headers={"traceparent": CALLER})
    await client.post("/r/somebodys-key", headers={"traceparent": CALLER})
    assert exported.get_finished_spans() == ()
