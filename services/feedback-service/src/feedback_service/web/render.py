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

_TEMPLATES = "web/templates"


@dataclass(frozen=True, slots=True)
class Notice:
    """A page without anybody's data: one title, a few sentences."""

    status: int
    title: str
    paragraphs: tuple[str, ...]
    link: Mapping[str, str] | None = None
    headers: Mapping[str, str] | None = None


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

    def page(self, view: Mapping[str, Any], *, action: str, new_nonce: Callable[[], str], status: int) -> HTMLResponse:
        """The customer's page; each form in it gets an id of its own from `new_nonce`."""
        template = self._environment.get_template("page.html")
        return self._answer(template.render(**view, action=action, new_nonce=new_nonce), status)

    def notice(self, notice: Notice) -> HTMLResponse:
        """A page that says one thing."""
        template = self._environment.get_template("notice.html")
        html = template.render(title=notice.title, paragraphs=notice.paragraphs, link=notice.link)
        return self._answer(html, notice.status, notice.headers)

    def _answer(self, html: str, status: int, more: Mapping[str, str] | None = None) -> HTMLResponse:
        return HTMLResponse(html, status_code=status, headers={**self._headers, **(more or {})})
