"""The public HTTP doors of a running stack, as a client with a token uses them."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self
from urllib.parse import urlsplit

import httpx2

from kulant_cli.stops import RunStopped


class DoorClosed(RunStopped):
    """A service answered otherwise than a working one would; the message names it and what it said."""


@dataclass(frozen=True, slots=True)
class Quiescence:
    """What one service says about its unfinished work."""

    clock_at: datetime | None
    lag: int
    outbox: int
    due_timers: int
    in_flight: int
    positions: str

    @property
    def unfinished(self) -> dict[str, int]:
        """What is not done yet, by name; empty when nothing waits."""
        left = {
            "lag": self.lag, "outbox": self.outbox, "due_timers": self.due_timers, "in_flight": self.in_flight,
        }  # fmt: skip
        return {name: count for name, count in left.items() if count}


class Doors:
    """One client for all services of a stack, bound to one tenant."""

    def __init__(self, services: Mapping[str, str], token: str, tenant: str) -> None:
        self._services = dict(services)
        self.heard: dict[str, Quiescence | str] = {}
        headers = {"Authorization": f"Bearer {token}", "Kulant-Tenant": tenant}
        self._client = httpx2.AsyncClient(headers=headers, timeout=30, trust_env=False)
        self._visitor = httpx2.AsyncClient(timeout=30, follow_redirects=True, trust_env=False)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()
        await self._visitor.aclose()

    async def move_clock(self, now_at: datetime) -> None:
        """Move the tenant's test clock forward to this instant."""
        url = f"{self._services['invoice-service']}/v1/test-clock"
        try:
            answer = await self._client.put(url, json={"now_at": now_at.isoformat()})
        except httpx2.TransportError as error:
            raise DoorClosed(f"PUT {url}: no answer ({type(error).__name__})") from error
        if answer.is_error:
            raise DoorClosed(f"PUT {url}: {answer.status_code} {answer.text[:500]}")

    async def quiescence(self, services: Iterable[str] | None = None) -> dict[str, Quiescence | str]:
        """What these services (all, if none is named) say about their unfinished work, or why they say nothing."""
        names = list(self._services if services is None else services)
        answers = await asyncio.gather(*(self._quiescence(self._services[name]) for name in names))
        heard = dict(zip(names, answers, strict=True))
        self.heard.update(heard)
        return heard

    async def _quiescence(self, url: str) -> Quiescence | str:
        try:
            answer = await self._client.get(f"{url}/v1/quiescence")
        except httpx2.TransportError as error:
            return f"no answer ({type(error).__name__})"
        if answer.is_error:
            return f"answered {answer.status_code}"
        return _read_quiescence(answer.json())

    async def visit(self, url: str) -> str:
        """Open a page as anyone may who has its link, with a browser that remembers nothing, and return its HTML."""
        self._visitor.cookies.clear()
        try:
            answer = await self._visitor.get(url)
        except httpx2.TransportError as error:
            raise DoorClosed(f"GET {url}: no answer ({type(error).__name__})") from error
        if answer.is_error:
            raise DoorClosed(f"GET {url}: {answer.status_code}")
        return answer.text

    async def submit(self, url: str, fields: Mapping[str, Sequence[str]]) -> tuple[int, str]:
        """Send a form of the page visited last; the status and the page that comes back."""
        answer = await self._post(url, fields)
        return answer.status_code, answer.text

    async def _post(self, url: str, fields: Mapping[str, Sequence[str]]) -> httpx2.Response:
        parts = urlsplit(url)
        headers = {"Origin": f"{parts.scheme}://{parts.netloc}", "Referer": url}
        try:
            return await self._visitor.post(url, data=dict(fields), headers=headers)
        except httpx2.TransportError as error:
            raise DoorClosed(f"POST {url}: no answer ({type(error).__name__})") from error


def _read_quiescence(body: Mapping[str, Any]) -> Quiescence:
    clock_at = body["clock_at"]
    return Quiescence(
        clock_at=datetime.fromisoformat(clock_at) if clock_at else None,
        lag=body["lag"],
        outbox=body["outbox"],
        due_timers=body["due_timers"],
        in_flight=body["in_flight"],
        positions=repr(body["positions"]),
    )
