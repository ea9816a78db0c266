"""The dead letters of one service over its API: a list, one with its bytes, replay, discard."""

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx2

from kulant_devstack.errors import StackFailed

_PAGE = 200
_SECONDS = 30.0
_STRUCTURED = "application/cloudevents+json"


@dataclass(frozen=True, slots=True)
class Desk:
    """Where the operator of a service asks, with which token, about which tenant."""

    url: str
    token: str
    tenant: str

    def all(self, state: str | None) -> Iterator[dict[str, Any]]:
        """Every parked record of the tenant in that state, the newest first."""
        asked = {"limit": str(_PAGE)} | ({"state": state} if state else {})
        while True:
            page = self._ask("GET", "", params=asked)
            yield from page["items"]
            if page["next"] is None:
                return
            asked["cursor"] = page["next"]

    def show(self, place: str) -> dict[str, Any]:
        """One record with its bytes."""
        return self._ask("GET", f"/{place}")

    def replay(self, place: str, repaired: bytes | None) -> dict[str, Any]:
        """Have it applied, as it came or with other bytes; the record as it is then."""
        return self._ask("POST", f"/{place}/replay", content=repaired or b"")

    def discard(self, place: str, reason: str) -> dict[str, Any]:
        """Have it left out; the record as it is then."""
        return self._ask("POST", f"/{place}/discard", json={"reason": reason})

    def _ask(self, method: str, path: str, **what: Any) -> dict[str, Any]:
        headers: Mapping[str, str] = {
            "Authorization": f"Bearer {self.token}",
            "Kulant-Tenant": self.tenant,
            "Idempotency-Key": f"kulant-{secrets.token_hex(16)}",
            **({"Content-Type": _STRUCTURED} if "content" in what else {}),
        }
        url = f"{self.url}/v1/dead-letters{path}"
        try:
            with httpx2.Client(timeout=_SECONDS, trust_env=False) as client:
                answer = client.request(method, url, headers=headers, **what)
        except httpx2.TransportError as error:
            raise StackFailed(f"{url} does not answer ({type(error).__name__}).") from error
        if answer.is_error:
            raise StackFailed(_problem(answer))
        told: dict[str, Any] = answer.json()
        return told


def _problem(answer: httpx2.Response) -> str:
    try:
        told = answer.json()
        return " ".join(filter(None, (told["title"], told.get("detail")))) + f" ({answer.status_code})"
    except (ValueError, LookupError, TypeError):
        return f"The service answered {answer.status_code}."
