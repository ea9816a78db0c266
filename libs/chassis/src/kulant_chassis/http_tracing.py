"""A span around each request that changes something: it continues the caller's trace, and what is published goes on."""

from opentelemetry.trace import SpanKind, Status, StatusCode
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kulant_chassis.telemetry import span

_WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_PREFIX = "/v1/"


class TracedWrites:
    """Names and attributes are those of OpenTelemetry's HTTP conventions; a path appears as its route alone."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, inside a span if it writes over the API."""
        if scope["type"] != "http" or scope["method"] not in _WRITES or not scope["path"].startswith(_PREFIX):
            await self._app(scope, receive, send)
            return
        method, status = scope["method"], 500

        async def noted_send(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        attributes = {"http.request.method": method, "url.scheme": scope.get("scheme", "http")}
        told = dict(scope["headers"])
        parent = told.get(b"traceparent", b"").decode("latin-1")
        with span(method, parent=parent, attributes=attributes, kind=SpanKind.SERVER) as started:
            try:
                await self._app(scope, receive, noted_send)
            finally:
                if route := getattr(scope.get("route"), "path", None):
                    started.update_name(f"{method} {route}")
                    started.set_attributes({"http.route": route, "url.path": route})
                started.set_attribute("http.response.status_code", status)
                if status >= 500:
                    started.set_attribute("error.type", str(status))
                    started.set_status(Status(StatusCode.ERROR))
