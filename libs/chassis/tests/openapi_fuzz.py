"""Asks a service in ways that its OpenAPI document allows, and in ways that it forbids, and reads every answer by it.

Wrong is an answer 5xx, a status or a type of content that the document does not name, and a body or header that is not
as it says. `KULANT_FUZZ_CASES` says how many questions each document gets, `KULANT_FUZZ_SEED` which ones.
"""

import asyncio
import copy
import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx2
import requests
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

CASES = int(os.environ.get("KULANT_FUZZ_CASES", "500"))
SEED = int(os.environ.get("KULANT_FUZZ_SEED", "1"))
LONGEST_LIST = 2
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
SETTINGS = settings(
    database=None, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck), print_blob=False
)


@schemathesis.serializer("message/rfc822")
def _as_mail(_: Any, mail: Any) -> bytes:
    return mail if isinstance(mail, bytes) else str(mail).encode()


@dataclass
class Fuzz:
    """Questions to one app, by an operator of tenant acme, whose ids are `known`."""

    app: FastAPI
    known: Mapping[str, str]
    asked: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    breaches: dict[str, str] = field(default_factory=dict)

    async def check(self, cases: int = CASES) -> list[str]:
        """Everything that is not as the document says, each kind of it once."""
        async with httpx2.AsyncClient(
            transport=httpx2.ASGITransport(self.app, raise_app_exceptions=False), base_url="http://it"
        ) as client:
            await asyncio.to_thread(self._ask_everything, client, asyncio.get_running_loop(), cases)
        return sorted(self.breaches.values())

    def _ask_everything(self, client: httpx2.AsyncClient, loop: asyncio.AbstractEventLoop, cases: int) -> None:
        schema = schemathesis.openapi.from_dict(_to_ask_from(self.app.openapi()))
        operations = [found.ok() for found in schema.get_all_operations()]
        for number, operation in enumerate(operations):
            wanted = cases * (number + 1) // len(operations) - cases * number // len(operations)
            for mode, count in (
                (GenerationMode.POSITIVE, wanted - wanted // 3),
                (GenerationMode.NEGATIVE, wanted // 3),
            ):
                strategy = operation.as_strategy(generation_mode=mode)

                @seed(SEED)
                @settings(SETTINGS, max_examples=count)
                @given(case=strategy, is_about_known=st.booleans())
                def ask(case: Case, is_about_known: bool) -> None:
                    if is_about_known:
                        self._point_at_known(case)
                    self._ask(client, loop, case)

                try:
                    ask()
                except Unsatisfiable:
                    continue  # nothing can be wrong with a question that has no parts

    def _point_at_known(self, case: Case) -> None:
        """Make it a question about something that is there, and a write one that may act."""
        case.headers.update({"Idempotency-Key": f"key-{self.asked}", "If-Match": "*"})
        case.path_parameters = {name: self.known.get(name, value) for name, value in case.path_parameters.items()}
        case.body = self._with_known(case.body)

    def _with_known(self, part: Any) -> Any:
        if isinstance(part, dict):
            return {name: self.known.get(name) or self._with_known(value) for name, value in part.items()}
        return [self._with_known(one) for one in part] if isinstance(part, list) else part

    def _ask(self, client: httpx2.AsyncClient, loop: asyncio.AbstractEventLoop, case: Case) -> None:
        case.headers.pop("Kulant-Tenant", None)
        case.headers["Authorization"] = "Bearer acme-operator"
        request = requests.Request(**case.as_transport_kwargs(base_url="http://it")).prepare()
        headers = [(_raw(name), _raw(value)) for name, value in request.headers.items()]
        asking = client.request(request.method, request.url, headers=headers, content=request.body)
        response = asyncio.run_coroutine_threadsafe(asking, loop).result()
        self.asked += 1
        self.statuses[response.status_code] += 1
        try:
            case.validate_response(response, checks=CHECKS)
        except (Failure, FailureGroup) as failed:
            for one in failed.exceptions if isinstance(failed, FailureGroup) else [failed]:
                name = f"{case.method} {case.operation.path} {response.status_code} {one.title}"
                sent = request.body[:400] if request.body else ""
                self.breaches.setdefault(
                    name,
                    f"{name} (seed {SEED}): {str(one)[:600]}\n  asked: {request.url} {sent!r}\n"
                    f"  told: {response.text[:300]}",
                )


def _raw(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode("latin-1")


def _to_ask_from(document: dict[str, Any]) -> dict[str, Any]:
    """The document in a form to make questions of.

    Lists in what is sent are short: a thousand of a kind say no more than a few, and take a thousand times as long.
    Pairs of one kind are lists of two: the reader of answers stumbles over `prefixItems`.
    """
    copied = copy.deepcopy(document)
    seen: set[str] = set()

    def shorten(part: Any) -> None:
        name = str(part.get("$ref", "")).removeprefix("#/components/schemas/") if isinstance(part, dict) else ""
        if name and name not in seen:
            seen.add(name)
            shorten(copied["components"]["schemas"][name])
        if isinstance(part, dict) and part.get("type") == "array":
            part["maxItems"] = min(part.get("maxItems", LONGEST_LIST), LONGEST_LIST)
        for one in _parts(part):
            shorten(one)

    def pair(part: Any) -> None:
        if isinstance(part, dict) and "prefixItems" in part:
            first, *others = part.pop("prefixItems")
            assert all(other == first for other in others), "a pair of two kinds"
            part["items"] = first
        for one in _parts(part):
            pair(one)

    pair(copied)
    for operations in copied["paths"].values():
        for operation in operations.values():
            shorten(operation.get("requestBody"))
    return copied


def _parts(part: Any) -> list[Any]:
    return list(part.values()) if isinstance(part, dict) else part if isinstance(part, list) else []
