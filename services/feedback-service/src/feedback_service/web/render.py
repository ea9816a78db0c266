"""Templates and the headers that keep the page to itself."""

import base64
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup
from starlette.responses import HTMLResponse

from feedback_service.web.notices import Notice
from feedback_service.web.tongue import Tongue

_TEMPLATES = "web/templates"


@cache
def _templates() -> tuple[Environment, str]:
    """The templates, compiled once in a process, and the style sheet that they all carry."""
    environment = Environment(
        loader=PackageLoader("feedback_service", _TEMPLATES),
        autoescape=select_autoescape(("html",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    stylesheet = (files("feedback_service") / _TEMPLATES / "page.css").read_text(encoding="utf-8")
    environment.globals["stylesheet"] = Markup(stylesheet)  # noqa: S704  # our own file
    return environment, stylesheet


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page is: where its forms go, and where it is in the other language."""

    action: str
    other: str
    other_language: str


class Renderer:
    """Turns views into complete answers; the style sheet is inside the page and allowed by its hash."""

    def __init__(self) -> None:
        self._environment, stylesheet = _templates()
        digest = base64.b64encode(hashlib.sha256(stylesheet.encode()).digest()).decode()
        self._headers = {
            "Content-Security-Policy": (
                f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'; "
                "frame-ancestors 'none'; base-uri 'none'"
            ),
            "Referrer-Policy": "no-referrer",
            "Cache-Control": "no-store",
            "X-Robots-Tag": "noindex, nofollow, noarchive",
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
        }

    @property
    def headers(self) -> Mapping[str, str]:
        """Headers for every answer of the page, redirects included."""
        return self._headers

    def page(
        self, view: Mapping[str, Any], tongue: Tongue, *, place: Place, new_nonce: Callable[[], str], status: int
    ) -> HTMLResponse:
        """The customer's page; each form in it gets an id of its own from `new_nonce`."""
        return self._answer("page.html", tongue, status, {**view, "place": place, "new_nonce": new_nonce})

    def erased(self, view: Mapping[str, Any], tongue: Tongue) -> HTMLResponse:
        """The page of somebody of whom nothing is kept."""
        return self._answer("erased.html", tongue, 410, view)

    def notice(self, notice: Notice, tongue: Tongue) -> HTMLResponse:
        """A page that says one thing."""
        paragraphs = [tongue.say(f"{notice.word}_{number}") for number in range(1, notice.sentences + 1)]
        values = {"title": tongue.say(notice.word), "paragraphs": paragraphs, "back": notice.back}
        return self._answer("notice.html", tongue, notice.status, values, notice.headers)

    def _answer(
        self,
        template: str,
        tongue: Tongue,
        status: int,
        values: Mapping[str, Any],
        more: Mapping[str, str] | None = None,
    ) -> HTMLResponse:
        html = self._environment.get_template(template).render(**values, say=tongue.say, language=tongue.code)
        headers = {**self._headers, "Content-Language": tongue.code, **(more or {})}
        return HTMLResponse(html, status_code=status, headers=headers)
