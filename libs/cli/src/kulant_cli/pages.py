"""Reads and fills in the customer's page as a browser without scripts would."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin


@dataclass(slots=True)
class Control:
    """One control of a form that would be sent, with the value it has."""

    name: str
    kind: str
    value: str | None


@dataclass(slots=True)
class Form:
    """One form of a page, with what its author filled in already."""

    action: str
    method: str
    controls: list[Control] = field(default_factory=list)

    def says(self, name: str) -> str | None:
        """The value that the form holds under this name."""
        return next((control.value for control in self.controls if control.name == name), None)

    def filled(self, days: Mapping[str, str]) -> dict[str, list[str]]:
        """What a browser would send: everything kept as it stands, but for what the customer names or chooses."""
        sent: dict[str, list[str]] = {}
        for control in self.controls:
            value = days.get(control.name, control.value)
            sent.setdefault(control.name, []).append(value or "")
        for name in days.keys() - sent.keys():  # a choice of which nothing was chosen before
            sent[name] = [days[name]]
        return sent


class _Forms(HTMLParser):
    """Collects the forms of a page."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._url = url
        self._open: Form | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = Form(urljoin(self._url, given.get("action", "")), given.get("method", "get").lower())
            self.forms.append(self._open)
        elif self._open is None:
            return
        elif tag == "option" and self._open.controls:
            self._choose(self._open.controls[-1], given)
        elif tag in ("input", "select", "textarea") and given.get("name") and _is_sent(given):
            kind = given.get("type", tag)
            self._open.controls.append(
                Control(given["name"], kind, None if tag == "select" else given.get("value", ""))
            )

    def _choose(self, select: Control, option: Mapping[str, str]) -> None:
        if select.kind == "select" and (select.value is None or "selected" in option):
            select.value = option.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None


def _is_sent(given: Mapping[str, str]) -> bool:
    if given.get("type") in ("checkbox", "radio"):
        return "checked" in given
    return given.get("type") not in ("submit", "button", "reset", "image")


def forms_of(html: str, url: str) -> list[Form]:
    """The forms of a page that was fetched from `url`."""
    parser = _Forms(url)
    parser.feed(html)
    parser.close()
    return parser.forms
