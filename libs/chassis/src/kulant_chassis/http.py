"""The FastAPI factory of all services: who may do what, problems, limits, health, metrics."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable, Iterator, MutableMapping
from http import HTTPStatus
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Depends, FastAPI, Header, Request, Response, Security
from fastapi.exceptions import RequestValidationError
from fastapi.responses import PlainTextResponse
from fastapi.routing import APIRoute
from fastapi.security import HTTPBearer
from fastapi.telemetry import TelemetryConfig
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kulant_chassis.api_docs import describe_problems, name_problems, name_routes, serve_docs
from kulant_chassis.auth import ALL_TENANTS, Principal, TokenRecord, Tokens
from kulant_chassis.failures import TenantUnknown, is_transient
from kulant_chassis.problem import Problem
from kulant_contracts.money import AmountTooLarge

_log = structlog.get_logger(__name__)

MAX_BODY_BYTES = 4_000_000
MAX_SECONDS = 60.0

Check = Callable[[], Awaitable[bool]]

_WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})


def _has_no_span(scope: MutableMapping[str, Any]) -> bool:
    """Only writes over the API have one: health and look-ups are many, and a page's path is its reader's key."""
    return scope["type"] != "http" or scope["method"] not in _WRITES or not scope["path"].startswith("/v1/")


_TRACED: TelemetryConfig = {"metrics": False, "logs": False, "operation_spans": False, "exclude": _has_no_span}
"""FastAPI's own spans continue the caller's trace, by OpenTelemetry's conventions; what is published continues them."""

# These only describe, for `/docs`, what a request carries; `_token_record` and `_chosen_tenant` read and check it.
TokenDescribed = Annotated[Any, Security(HTTPBearer(auto_error=False, scheme_name="token"))]
TenantDescribed = Annotated[
    str | None, Header(alias="Kulant-Tenant", description="The tenant; needed unless the token covers just one.")
]


class _Declared:
    """Marks a dependency as a route's declaration of who may call it."""

    def __init__(self, roles: tuple[str, ...]) -> None:
        self.roles = roles


class Requires(_Declared):
    """Checks the bearer token, its roles, and which tenant is meant."""

    async def __call__(
        self,
        request: Request,
        token: TokenDescribed = None,  # noqa: ARG002 -- describes
        tenant_named: TenantDescribed = None,  # noqa: ARG002 -- describes
    ) -> Principal:
        record = _token_record(request)
        tenant = _chosen_tenant(request, record)
        principal = Principal(tenant, record.roles, record.known_as, ALL_TENANTS in record.tenants)
        if not principal.has_role(*self.roles):
            raise Problem(403, "role-missing", "This token may not do that.", f"Needed: {' or '.join(self.roles)}.")
        structlog.contextvars.bind_contextvars(tenant=tenant)
        return principal


class _RequiresToken(_Declared):
    """Checks the bearer token and its roles; the tenant may be left open."""

    async def __call__(
        self,
        request: Request,
        token: TokenDescribed = None,  # noqa: ARG002 -- describes
        tenant_named: TenantDescribed = None,  # noqa: ARG002 -- describes
    ) -> str | None:
        record = _token_record(request)
        if not Principal("", record.roles).has_role(*self.roles):
            raise Problem(403, "role-missing", "This token may not do that.", f"Needed: {' or '.join(self.roles)}.")
        if "kulant-tenant" not in request.headers and len(record.tenants) != 1:
            return None
        tenant = request.headers.get("kulant-tenant", record.tenants[0])
        return tenant if ALL_TENANTS in record.tenants or tenant in record.tenants else None


class _Public(_Declared):
    """Anybody may call this route."""

    async def __call__(self) -> None:
        return None


def require(*roles: str) -> Any:
    """A dependency that yields the Principal of a token with one of these roles (an operator has all)."""
    return Depends(Requires(roles))


def require_token(*roles: str) -> Any:
    """Like `require`, for routes about the whole service: yields the chosen tenant, or None."""
    return Depends(_RequiresToken(roles))


def public() -> Any:
    """A dependency that declares a route open to anybody, such as health and the customer's page."""
    return Depends(_Public(()))


def declared_roles(route: APIRoute) -> tuple[str, ...] | None:
    """The roles that a route declares; () for a public one; None where it declares nothing."""
    return next((call.roles for call in _dependencies(route) if isinstance(call, _Declared)), None)


def _dependencies(route: APIRoute) -> Iterator[object]:
    """Everything that a route depends on, itself included."""
    waiting = [route.dependant]
    while waiting:
        dependant = waiting.pop()
        yield dependant.call
        waiting.extend(dependant.dependencies)


def create_app(
    name: str, routers: Iterable[APIRouter], *, tokens: Tokens, is_live: Callable[[], bool], is_ready: Check
) -> FastAPI:
    """The API of one service.

    Raises ValueError at start for a route that does not declare who may call it.
    """
    app = FastAPI(
        title=f"Kulant {name}",
        version="1",
        docs_url=None,  # FastAPI's own page loads its parts from elsewhere: serve_docs
        redoc_url=None,
        swagger_ui_oauth2_redirect_url=None,
        telemetry=_TRACED,
    )
    app.state.tokens = tokens
    for router in [_health(is_live, is_ready), *routers]:
        for route in router.routes:
            if isinstance(route, APIRoute):
                if declared_roles(route) is None:
                    raise ValueError(f"{route.path} does not declare its roles: depend on require(...) or public()")
                has_tenant = any(isinstance(call, Requires) for call in _dependencies(route))
                name_problems(route, has_roles=bool(declared_roles(route)), has_tenant=has_tenant)
        name_routes(router)
        app.include_router(router)
    describe_problems(app)
    serve_docs(app)
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(TenantUnknown, _tenant_unknown)
    app.add_exception_handler(AmountTooLarge, _amount_too_large)
    app.add_exception_handler(Exception, _unexpected)
    app.add_middleware(Limits)
    return app


def _health(is_live: Callable[[], bool], is_ready: Check) -> APIRouter:
    router = APIRouter(include_in_schema=False, dependencies=[public()])

    @router.get("/livez")
    async def livez() -> Response:
        return PlainTextResponse("alive" if is_live() else "stuck", 200 if is_live() else 503)

    @router.get("/readyz")
    async def readyz() -> Response:
        ready = await is_ready()
        return PlainTextResponse("ready" if ready else "not ready", 200 if ready else 503)

    @router.get("/metrics")
    async def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return router


def _token_record(request: Request) -> TokenRecord:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    tokens: Tokens = request.app.state.tokens
    record = tokens.find(token.strip()) if scheme.lower() == "bearer" else None
    if record is None:
        raise Problem(401, "token-invalid", "A valid bearer token is needed.", headers={"WWW-Authenticate": "Bearer"})
    return record


def _chosen_tenant(request: Request, record: TokenRecord) -> str:
    tenant = request.headers.get("kulant-tenant")
    if tenant is None:
        if len(record.tenants) != 1 or ALL_TENANTS in record.tenants:
            raise Problem(400, "tenant-missing", "Say which tenant is meant in the header Kulant-Tenant.")
        return record.tenants[0]
    if ALL_TENANTS not in record.tenants and tenant not in record.tenants:
        raise Problem(403, "tenant-denied", "This token does not cover that tenant.")
    return tenant


async def _problem(_: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return error.response()


async def _invalid(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    problems = [
        {"where": ".".join(map(str, one["loc"])), "type": one["type"], "message": one["msg"]} for one in error.errors()
    ]
    return Problem(422, "invalid", "The request is not valid.", extensions={"errors": problems}).response()


async def _http_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    phrase = HTTPStatus(error.status_code).phrase
    slug = phrase.lower().replace(" ", "-").replace("'", "")
    return Problem(error.status_code, slug, phrase, headers=error.headers).response()


async def _amount_too_large(_: Request, __: Exception) -> Response:
    title = "A sum here has more digits than an amount may have."
    return Problem(422, "amount-too-large", title).response()


async def _tenant_unknown(_: Request, __: Exception) -> Response:
    return Problem(404, "unknown", "There is no such thing here.").response()


async def _unexpected(request: Request, error: Exception) -> Response:
    if is_transient(error):
        _log.warning("a request must wait", action="http.unavailable", error=type(error).__name__)
        return Problem(503, "unavailable", "Try again in a moment.", headers={"Retry-After": "1"}).response()
    route = request.scope.get("route")
    path = route.path if isinstance(route, APIRoute) else ""
    _log.error("a request failed", action="http.failed", route=path, method=request.method, exc_info=error)
    return Problem(500, "unexpected", "Something went wrong on our side.").response()


class _TooLarge(Exception):
    """The body passed the limit while it was read."""


def _declared_length(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0


class Limits:
    """Bounds the size of a body and the time that a request may take."""

    def __init__(self, app: ASGIApp, max_body_bytes: int = MAX_BODY_BYTES, max_seconds: float = MAX_SECONDS) -> None:
        self._app = app
        self._max_body_bytes = max_body_bytes
        self._max_seconds = max_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on within its limits: 413 for a larger body, 503 for a slower answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        taken, has_begun, is_dropped = 0, False, False
        too_large = _declared_length(scope) > self._max_body_bytes

        async def bounded_receive() -> Message:
            nonlocal taken, too_large
            message = await receive()
            taken += len(message.get("body", b""))
            too_large = too_large or taken > self._max_body_bytes
            if too_large:
                raise _TooLarge
            return message

        async def noted_send(message: Message) -> None:
            nonlocal has_begun, is_dropped
            if too_large and not has_begun:
                is_dropped = True  # whatever the route made of the body that broke off
            has_begun = True
            if not is_dropped:
                await send(message)

        try:
            async with asyncio.timeout(self._max_seconds):
                with contextlib.suppress(_TooLarge):
                    await self._app(scope, bounded_receive, noted_send)
            if too_large and (is_dropped or not has_begun):
                await Problem(413, "too-large", "The body is too large.").response()(scope, receive, send)
        except TimeoutError:
            if not has_begun:
                await Problem(503, "too-slow", "That took too long; try again.").response()(scope, receive, send)
