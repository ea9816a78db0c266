import asyncio
import hashlib
import re
from typing import Annotated
from urllib.parse import urlsplit

import pytest
from fastapi import APIRouter, Request
from starlette.testclient import TestClient

from kulant_chassis.auth import Principal, TokenRecord, Tokens
from kulant_chassis.http import Limits, create_app, declared_roles, public, require
from kulant_chassis.problem import Problem


def record(token, tenants, *roles):
    digest = hashlib.sha256(token.encode()).hexdigest()
    return digest, TokenRecord(sha256=digest, tenants=tenants, roles=frozenset(roles))


TOKENS = Tokens(
    dict(
        [
            record("operator", ("*",), "operator"),
            record("reader", ("acme",), "reader"),
            record("erp", ("acme", "other"), "erp"),
        ]
    )
)


def router():
    routes = APIRouter()

    @routes.get("/v1/things")
    async def things(principal: Annotated[Principal, require("reader")]) -> dict[str, str]:
        return {"tenant": principal.tenant}

    @routes.post("/v1/things")
    async def make(request: Request, principal: Annotated[Principal, require("erp")]) -> dict[str, int]:
        return {"bytes": len(await request.body())}

    @routes.post("/v1/models", dependencies=[public()])
    async def model(body: list[str]) -> int:
        return len(body)

    @routes.get("/v1/broken", dependencies=[public()])
    async def broken(how: str) -> None:
        raise {
            "problem": Problem(409, "too-early", "Not yet.", "Wait a day."),
            "bug": ZeroDivisionError(),
            "down": OSError(),
        }[how]

    return routes


@pytest.fixture
def client():
    async def ready():
        return True

    app = create_app("test", [router()], tokens=TOKENS, is_live=lambda: True, is_ready=ready)
    return TestClient(app, raise_server_exceptions=False)


def bearer(token, **headers):
    return {"Authorization": f"Bearer {token}", **headers}


def test_a_token_of_one_tenant_is_bound_to_it(client):
    assert client.get("/v1/things", headers=bearer("reader")).json() == {"tenant": "acme"}


@pytest.mark.parametrize(
    ("headers", "status", "slug"),
    [
        pytest.param({}, 401, "token-invalid", id="no token"),
        pytest.param(bearer("wrong"), 401, "token-invalid", id="unknown token"),
        pytest.param({"Authorization": "Basic reader"}, 401, "token-invalid", id="another scheme"),
        pytest.param(bearer("erp", **{"Kulant-Tenant": "acme"}), 403, "role-missing", id="another role"),
        pytest.param(bearer("reader", **{"Kulant-Tenant": "other"}), 403, "tenant-denied", id="another tenant"),
        pytest.param(bearer("operator"), 400, "tenant-missing", id="which tenant?"),
    ],
)
def test_who_may_not_is_told_so_as_a_problem(client, headers, status, slug):
    answer = client.get("/v1/things", headers=headers)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == f"urn:kulant:problem:{slug}"


def test_an_operator_may_do_everything_for_any_tenant(client):
    assert client.get("/v1/things", headers=bearer("operator", **{"Kulant-Tenant": "any"})).json() == {"tenant": "any"}


@pytest.mark.parametrize(("how", "status"), [("problem", 409), ("bug", 500), ("down", 503)])
def test_failures_are_problems_that_tell_nothing_about_the_inside(client, how, status):
    answer = client.get("/v1/broken", params={"how": how})

    assert answer.status_code == answer.json()["status"] == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert "ZeroDivision" not in answer.text


def test_the_description_of_the_api_says_what_a_request_carries(client):
    described = client.get("/openapi.json").json()
    things = described["paths"]["/v1/things"]["get"]

    assert described["components"]["securitySchemes"] == {"token": {"type": "http", "scheme": "bearer"}}
    assert things["security"] == [{"token": []}]
    assert [one["name"] for one in things["parameters"]] == ["Kulant-Tenant"]
    assert "security" not in described["paths"]["/v1/models"]["post"]


def test_unknown_paths_and_methods_are_problems_too(client):
    assert client.get("/v1/nothing").json()["type"] == "urn:kulant:problem:not-found"
    assert client.put("/v1/things").json()["status"] == 405


def test_a_route_without_declared_roles_is_refused_at_start():
    routes = APIRouter()

    @routes.get("/v1/open")
    async def open_route() -> None:
        return None

    async def ready():
        return True

    with pytest.raises(ValueError, match="/v1/open does not declare its roles"):
        create_app("test", [routes], tokens=TOKENS, is_live=lambda: True, is_ready=ready)


def test_declared_roles_can_be_read_from_the_routes():
    roles = {f"{next(iter(route.methods))} {route.path}": declared_roles(route) for route in router().routes}

    assert roles == {
        "GET /v1/things": ("reader",),
        "POST /v1/things": ("erp",),
        "POST /v1/models": (),
        "GET /v1/broken": (),
    }


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_over_the_limit_is_refused(client, chunked):
    body = (b"x" * 100_000 for _ in range(50)) if chunked else b"x" * 5_000_000

    answer = client.post("/v1/things", content=body, headers=bearer("erp", **{"Kulant-Tenant": "acme"}))

    assert answer.status_code == 413


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_over_the_limit_is_refused_where_the_route_takes_a_model_too(client, chunked):
    body = b'["' + b"x" * 5_000_000 + b'"]'
    chunks = (body[start : start + 100_000] for start in range(0, len(body), 100_000)) if chunked else body

    answer = client.post("/v1/models", content=chunks, headers={"Content-Type": "application/json"})

    assert (answer.status_code, answer.json()["type"]) == (413, "urn:kulant:problem:too-large")


async def test_an_answer_that_takes_too_long_is_given_up():
    async def forever(scope, receive, send):
        await asyncio.Event().wait()

    sent = []

    async def send(message):
        sent.append(message)

    async def receive():
        return {"type": "http.request", "body": b""}

    await Limits(forever, max_seconds=0.01)({"type": "http", "method": "GET", "headers": []}, receive, send)

    assert sent[0]["status"] == 503


def test_health_needs_no_token(client):
    assert client.get("/livez").status_code == 200
    assert client.get("/readyz").status_code == 200
    assert "python_info" in client.get("/metrics").text


@pytest.mark.filterwarnings("ignore:open_binary is deprecated:DeprecationWarning")  # in fastapi-swagger
def test_the_page_about_the_api_loads_nothing_from_elsewhere_and_names_routes_in_words():
    routes = APIRouter(dependencies=[public()])

    @routes.get("/v1/things/{name}")
    async def show_one(name: str) -> str:
        """One thing, as it stands. 404 for an unknown one.

        Names may hold anything.
        """
        return name

    async def ready() -> bool:
        return True

    client = TestClient(create_app("tested", [routes], tokens=TOKENS, is_live=lambda: True, is_ready=ready))
    page = client.get("/docs").text
    parts = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert parts
    assert all(urlsplit(part).hostname == "testserver" for part in parts)
    assert all(client.get(part).status_code == 200 for part in parts)
    told = client.get("/openapi.json").json()["paths"]["/v1/things/{name}"]["get"]
    assert told["summary"] == "One thing, as it stands"
    assert told["description"] == "404 for an unknown one.\n\nNames may hold anything."
