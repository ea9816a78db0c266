"""All routes of a service × roles × two tenants, generated from the routes: what is declared is what is allowed.

A service's test says which ids of tenant acme exist and what its writes look like; a route with an id of which nothing
is said fails, so that a new route cannot slip by.
"""

import asyncio
import hashlib
import json
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
from fastapi import FastAPI
from fastapi.routing import APIRoute
from sqlalchemy import text

from kulant_chassis.auth import TokenRecord, Tokens
from kulant_chassis.clock import WallClock
from kulant_chassis.database import Database
from kulant_chassis.http import Requires, create_app, declared_roles
from kulant_chassis.positions import begin
from kulant_chassis.process import operations
from kulant_chassis.quiescence import LogEnds, Quiescence
from kulant_chassis.service import Runtime, Service

OWN, OTHER = "acme", "globex"
ROLES = ("reader", "erp", "clearance", "agent", "operator")
REFUSALS = {401, 403}
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_PARKED = text(
    "INSERT INTO dead_letter (place, tenant, key, reason, parked_at, record_value)"
    " VALUES (:place, :tenant, :key, 'unreadable', now(), 'x')"
)


def set_environment(monkeypatch: Any, folder: Path, prefix: str, database_url: str, topics: Any) -> None:
    """Everything that a service wants to be told; `topics` are those of the fixture `fresh_topics`."""
    secrets = {"KULANT_PAGE_SECRET_FILE": "s" * 32, "KULANT_SERVICE_TOKEN_FILE": "t" * 32, "KULANT_TOKENS_FILE": "[]"}
    for name, content in secrets.items():
        file = folder / name
        file.write_text(content)
        monkeypatch.setenv(name, str(file))
    urls = ("KULANT_INVOICE_SERVICE_URL", "KULANT_DUNNING_ENGINE_URL", "KULANT_FEEDBACK_SERVICE_URL")
    told = {
        **dict.fromkeys((*urls, "KULANT_PAGE_BASE_URL"), "http://127.0.0.1:9"),
        "KULANT_KAFKA_BOOTSTRAP": topics.bootstrap,
        "KULANT_TOPIC_PREFIX": topics.prefix,
        "KULANT_INBOUND_DOMAIN": "reply.example",
        f"{prefix}DATABASE_URL": database_url,
        f"{prefix}SMTP_HOST": "127.0.0.1",
        f"{prefix}SMTP_PORT": "9",
    }
    for name, content in told.items():
        monkeypatch.setenv(name, content)


@asynccontextmanager
async def running(service: Service, topics: Any) -> AsyncIterator[Runtime]:
    """What the service's routes need, on topics of this test's own of which nothing is unread."""
    settings = service.settings
    await asyncio.to_thread(topics.create, service.reads.topics)
    names = [topics.name(topic) for topic in service.reads.topics]
    database = Database(settings.database_url, source=service.source, topic_prefix=topics.prefix)
    log_ends = LogEnds(settings.kafka_bootstrap, names)
    try:
        async with database.begin() as transaction:
            await begin(transaction.connection, await log_ends.read())
        yield Runtime(database, WallClock(), settings.kafka_bootstrap, topics.prefix, log_ends)
    finally:
        await log_ends.close()
        await database.close()


def whole_app(service: Service, runtime: Runtime) -> FastAPI:
    """The API as the process has it, with a token for each role and tenant, named `acme-reader` and so on."""
    quiescence = Quiescence(
        runtime.database, runtime.clock, runtime.log_ends, topics=list(service.reads.topics),
        running_batches=lambda: 0, has_timers=service.look is not None, in_flight=service.in_flight,
    )  # fmt: skip
    records = {}
    for tenant in (OWN, OTHER):
        for role in ROLES:
            sha256 = hashlib.sha256(f"{tenant}-{role}".encode()).hexdigest()
            records[sha256] = TokenRecord(sha256=sha256, tenants=(tenant,), roles=frozenset({role}))
    routers = [*operations(service, runtime, quiescence), *service.routers(runtime)]
    app = create_app(service.name, routers, tokens=Tokens(records), is_live=lambda: True, is_ready=_yes)
    app.state.routers = routers
    return app


async def _yes() -> bool:
    return True


async def park_one(database: Database, topic: str) -> dict[str, str]:
    """A parked record of tenant acme; the ids of its place."""
    asked = {"place": f"{topic}/3/17", "tenant": OWN, "key": f"{OWN}/c-1"}
    async with database.begin() as transaction:
        await transaction.connection.execute(_PARKED, asked)
    return {"topic": topic, "partition": "3", "offset": "17"}


@dataclass
class Matrix:
    """Asks every route as everybody. `known`: ids of tenant acme by the name of the parameter.

    `bodies`: by method and path what a write says, made of the ids that it is about (`known` or unknown ones).
    """

    app: FastAPI
    known: Mapping[str, str]
    bodies: Mapping[tuple[str, str], Any] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    async def check(self) -> list[str]:
        """Everything that is not as declared, in words."""
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(self.app), base_url="http://it") as client:
            for route, method in self._routes():
                await self._check_roles(client, route, method)
            for route, method in sorted(self._routes(), key=lambda one: one[1] != "GET"):
                await self._check_tenants(client, route, method)
            await self._check_lists(client)
        return self.wrong

    def _routes(self) -> Iterator[tuple[APIRoute, str]]:
        for route in [route for router in self.app.state.routers for route in router.routes]:
            if isinstance(route, APIRoute):
                for method in sorted(route.methods - {"HEAD"}):
                    yield route, method

    async def _check_roles(self, client: httpx2.AsyncClient, route: APIRoute, method: str) -> None:
        """Without a token 401; with a role that is not declared 403; otherwise neither."""
        allowed = declared_roles(route)
        ids = self._unknown(route)
        for role in (None, *ROLES):
            status = (await self._ask(client, route, method, ids, role and f"{OWN}-{role}")).status_code
            if not allowed:
                expected = status not in REFUSALS
            elif role is None:
                expected = status == 401
            elif role in allowed or role == "operator":
                expected = status not in REFUSALS
            else:
                expected = status == 403
            self._note(route, method, f"as {role}: {status}, allowed: {allowed}", is_right=expected)
        if allowed and _is_bound_to_a_tenant(route):
            answer = await self._ask(client, route, method, ids, f"{OWN}-operator", tenant=OTHER)
            told = f"for a tenant that the token does not cover: {answer.status_code}"
            self._note(route, method, told, is_right=answer.status_code == 403)

    async def _check_tenants(self, client: httpx2.AsyncClient, route: APIRoute, method: str) -> None:
        """To another tenant's operator an id that exists looks like one that does not, to its own it does not."""
        if not declared_roles(route) or not (route.param_convertors or (method, route.path) in self.bodies):
            return
        missing = [name for name in route.param_convertors if name not in self.known]
        if missing:
            self._note(route, method, f"nothing is said about the ids {missing}", is_right=False)
            return
        unknown = {**self.known, **self._unknown(route)}
        theirs = await self._ask(client, route, method, self.known, f"{OTHER}-operator")
        nobodys = await self._ask(client, route, method, unknown, f"{OTHER}-operator")
        seen, expected = _told(theirs, self.known), _told(nobodys, unknown)
        self._note(route, method, f"another tenant's: {seen}, unknown: {expected}", is_right=seen == expected)
        if route.param_convertors:
            own = await self._ask(client, route, method, self.known, f"{OWN}-operator")
            lost = await self._ask(client, route, method, unknown, f"{OWN}-operator")
            is_there = own.status_code != lost.status_code == 404
            told = f"its ids are unknown to their own tenant too: {own.status_code} {own.text[:200]}"
            self._note(route, method, told, is_right=is_there)

    async def _check_lists(self, client: httpx2.AsyncClient) -> None:
        """No list shows another tenant an id; at least one shows it to its own."""
        shown = 0
        for route, method in self._routes():
            if method != "GET" or route.param_convertors or not declared_roles(route):
                continue
            theirs = await self._ask(client, route, method, {}, f"{OTHER}-operator")
            own = await self._ask(client, route, method, {}, f"{OWN}-operator")
            telling = [name for name in self.known.values() if len(name) > 2 and name not in route.path]
            leaked = [name for name in telling if f'"{name}"' in theirs.text]
            self._note(route, method, f"shows another tenant's {leaked}", is_right=not leaked)
            shown += any(f'"{name}"' in own.text for name in telling)
        if not shown:
            self.wrong.append("no list shows any id to its own tenant: the lists were not tried")

    def _unknown(self, route: APIRoute) -> dict[str, str]:
        """Ids of the same shape that nobody has."""
        return {name: _like(self.known.get(name, "x")) for name in {*route.param_convertors, *self.known}}

    async def _ask(
        self,
        client: httpx2.AsyncClient,
        route: APIRoute,
        method: str,
        ids: Mapping[str, str],
        token: str | None,
        tenant: str | None = None,
    ) -> httpx2.Response:
        headers = {"Idempotency-Key": uuid4().hex}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        if tenant is not None:
            headers["Kulant-Tenant"] = tenant
        path = route.path_format.format(**{name: ids[name] for name in route.param_convertors})
        if method in {"GET", "DELETE"}:
            return await client.request(method, path, headers=headers)
        make = self.bodies.get((method, route.path))
        body = make({**self.known, **ids}) if make is not None else {}
        if isinstance(body, bytes):
            return await client.request(method, path, headers=headers, content=body)
        return await client.request(method, path, headers=headers, json=body)

    def _note(self, route: APIRoute, method: str, told: str, *, is_right: bool) -> None:
        if not is_right:
            self.wrong.append(f"{method} {route.path} {told}")


def _is_bound_to_a_tenant(route: APIRoute) -> bool:
    waiting = [route.dependant]
    while waiting:
        dependant = waiting.pop()
        if isinstance(dependant.call, Requires):
            return True
        waiting.extend(dependant.dependencies)
    return False


def _like(known: str) -> str:
    """An id of the same shape: a UUID for a UUID, a number for a number."""
    if known.isdecimal():
        return "987654"
    return str(uuid4()) if known.count("-") == 4 and len(known) == 36 else f"nowhere-{uuid4().hex[:8]}"


def _told(answer: httpx2.Response, ids: Mapping[str, str]) -> tuple[int, str]:
    """Status and body, the ids that were asked for and those just made taken out."""
    body = answer.text
    for name, value in ids.items():
        body = body.replace(json.dumps(value), f'"<{name}>"')
    return answer.status_code, _UUID.sub("<new>", body)
