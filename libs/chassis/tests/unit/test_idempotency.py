"""What a write says before anything is done: its key, its input, who asks; and versions that clients saw."""

from typing import Annotated

import pytest
from fastapi import APIRouter
from starlette.testclient import TestClient

from kulant_chassis.etags import etag_of, require_match
from kulant_chassis.http import create_app, declared_roles
from kulant_chassis.idempotency import Answer, Write, writes
from kulant_chassis.problem import Problem
from libs.chassis.tests.unit.test_http import TOKENS, bearer


def router():
    routes = APIRouter()

    @routes.post("/v1/things/{thing_id}")
    async def change(thing_id: str, write: Annotated[Write, writes("erp")], body: dict[str, int]) -> dict[str, object]:
        return {
            "tenant": write.tenant,
            "route": write.route,
            "key": write.key,
            "sha256": write.request_sha256,
            "if_match": write.if_match,
            "token": write.principal.token_name,
            "body": body,
        }

    return routes


async def ready():
    return True


@pytest.fixture
def client():
    app = create_app("test", [router()], tokens=TOKENS, is_live=lambda: True, is_ready=ready)
    return TestClient(app, raise_server_exceptions=False)


def erp(**headers):
    return bearer("erp", **{"Kulant-Tenant": "acme", "Idempotency-Key": "k-1"}, **headers)


def test_a_write_knows_its_tenant_its_route_and_who_asks(client):
    told = client.post("/v1/things/7", json={"a": 1}, headers=erp(**{"If-Match": '"x"'})).json()

    assert (told["tenant"], told["route"], told["key"]) == ("acme", "POST /v1/things/{thing_id}", "k-1")
    assert (told["if_match"], told["body"]) == ('"x"', {"a": 1})
    assert told["token"].startswith("token ")


def test_another_body_or_another_address_is_another_input(client):
    posts = [("/v1/things/7", {"a": 1}), ("/v1/things/7", {"a": 2}), ("/v1/things/8", {"a": 1})]
    digests = [client.post(path, json=body, headers=erp()).json()["sha256"] for path, body in posts]

    assert len(set(digests)) == 3
    assert client.post("/v1/things/7", json={"a": 1}, headers=erp()).json()["sha256"] == digests[0]


@pytest.mark.parametrize(
    ("key", "status", "slug"),
    [
        (None, 400, "idempotency-key-missing"),
        ("", 400, "idempotency-key-missing"),
        ("x" * 201, 422, "idempotency-key-invalid"),
    ],
)
def test_a_write_without_a_usable_key_is_refused(client, key, status, slug):
    headers = bearer("erp", **{"Kulant-Tenant": "acme"}) | ({"Idempotency-Key": key} if key is not None else {})

    answer = client.post("/v1/things/7", json={}, headers=headers)

    assert (answer.status_code, answer.json()["type"]) == (status, f"urn:kulant:problem:{slug}")


def test_a_write_declares_its_roles_and_checks_them_first(client):
    (route,) = router().routes
    assert declared_roles(route) == ("erp",)

    answer = client.post("/v1/things/7", json={}, headers=bearer("reader"))
    assert answer.json()["type"] == "urn:kulant:problem:role-missing"


def test_a_repeated_answer_says_so_and_carries_its_version():
    response = Answer(200, "{}", '"v"', is_replayed=True).response()

    assert (response.headers["etag"], response.headers["idempotency-replayed"]) == ('"v"', "true")
    assert "idempotency-replayed" not in Answer(204, None).response().headers


def test_a_version_is_the_same_for_the_same_parts_only():
    assert etag_of("open", 1) == etag_of("open", 1)
    assert etag_of("open", 1) != etag_of("open", "1")


@pytest.mark.parametrize("named", [etag_of(1), f'"old", {etag_of(1)}', "*"])
def test_a_change_of_the_version_that_was_seen_goes_on(named):
    require_match(named, etag_of(1))


@pytest.mark.parametrize(("named", "status"), [(None, 428), (etag_of(2), 412)])
def test_a_change_of_another_version_is_refused(named, status):
    with pytest.raises(Problem) as raised:
        require_match(named, etag_of(1))

    assert raised.value.status == status
