"""Errors of the APIs as `application/problem+json` (RFC 9457) with a stable `type`."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from fastapi.responses import JSONResponse

PROBLEM_JSON = "application/problem+json"
SCHEMA: Final[Mapping[str, Any]] = {
    "title": "Problem",
    "description": "Why it was not done (RFC 9457). `type` is stable; more members may tell more.",
    "type": "object",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string", "description": "A URN that a client may rely on."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
    },
}
"""What `body` makes, as an OpenAPI document says it."""


class Problem(Exception):
    """An answer that is not what was asked for; `type_slug` is stable and may be relied on."""

    def __init__(
        self,
        status: int,
        type_slug: str,
        title: str,
        detail: str | None = None,
        *,
        extensions: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(title)
        self.status = status
        self.type_slug = type_slug
        self.title = title
        self.detail = detail
        self.extensions = dict(extensions or {})
        self.headers = dict(headers or {})

    def body(self) -> dict[str, object]:
        """The members of the JSON object."""
        body: dict[str, object] = {
            "type": f"urn:kulant:problem:{self.type_slug}",
            "title": self.title,
            "status": self.status,
        }
        if self.detail is not None:
            body["detail"] = self.detail
        return body | self.extensions

    def response(self) -> JSONResponse:
        """The answer itself."""
        return JSONResponse(self.body(), self.status, headers=self.headers, media_type=PROBLEM_JSON)


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """For `responses=` of a route: problems that it may answer, besides those that follow from what it declares."""
    content = {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": HTTPStatus(status).phrase, "content": content} for status in statuses}
