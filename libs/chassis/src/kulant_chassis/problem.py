"""Errors of the APIs as `application/problem+json` (RFC 9457) with a stable `type`."""

from collections.abc import Mapping

from fastapi.responses import JSONResponse

PROBLEM_JSON = "application/problem+json"


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
