"""The engine's routes on the desk's database, with one token per role."""

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2

from dunning_engine.main import routers
from kulant_chassis.auth import TokenRecord, Tokens
from kulant_chassis.http import create_app


def token(name: str, *roles: str, tenants: tuple[str, ...] = ("acme",)) -> TokenRecord:
    digest = hashlib.sha256(name.encode()).hexdigest()
    return TokenRecord(sha256=digest, tenants=tenants, roles=frozenset(roles), name=name)


TOKENS = (
    token("reads", "reader"),
    token("acts", "agent"),
    token("gate", "clearance"),
    token("other", "operator", tenants=("globex",)),
    token("runs", "operator"),
)


async def yes() -> bool:
    return True


class Api:
    """Asks as the holder of a token; writes carry a key of their own unless one is given."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        self._http = http
        self._writes = 0

    async def get(self, path: str, name: str = "reads", **query: Any) -> Any:
        return await self._http.get(path, params=query, headers={"Authorization": f"Bearer {name}"})

    async def write(
        self, method: str, path: str, body: object = None, *, name: str = "acts", key: str | None = None
    ) -> Any:
        self._writes += 1
        headers = {"Authorization": f"Bearer {name}", "Idempotency-Key": key or f"key-{self._writes}"}
        return await self._http.request(method, path, json=body, headers=headers)

    async def clearance(self, reminder: Any) -> str:
        question = {
            "reminder_id": reminder.reminder_id,
            "customer_id": reminder.customer_id,
            "kind": reminder.kind,
            "items": [],
            "seen": {},
        }
        response = await self._http.post(
            "/v1/clearances", json={"reminders": [question]}, headers={"Authorization": "Bearer gate"}
        )
        (result,) = response.json()["results"]
        return str(result.get("reason", result["answer"]))


@asynccontextmanager
async def api_on(desk: Any) -> AsyncIterator[Api]:
    """The API in this very process."""
    app = create_app(
        "dunning-engine",
        routers(desk, desk.engine),
        tokens=Tokens({record.sha256: record for record in TOKENS}),
        is_live=lambda: True,
        is_ready=yes,
    )
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://engine") as http:
        yield Api(http)
