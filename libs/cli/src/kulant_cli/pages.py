"""Reads and fills in the customer's page as a browser without scripts would."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin


@dataclass(slots=True)
class Field:
    """One control of a form."""

    name: str
    kind: str
    value: str
    choices: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Form:
    """One form of a page, with what its author filled in already."""

    action: str
    method: str
    fields: list[Field] = field(default_factory=list)

    def has(self, kind: str) -> bool:
        """Whether the form asks for something of this kind, such as a date."""
        return any(control.kind == kind for control in self.fields)

    def filled(self, by_kind: dict[str, str]) -> dict[str, str]:
        """What a browser would send: hidden and prefilled values kept, asked kinds answered, one button pressed."""
        sent: dict[str, str] = {}
        for control in self.fields:
            if control.kind in ("checkbox", "radio") and control.name in sent:
                continue
            if control.kind == "submit" and any(known.kind == "submit" and known.name in sent for known in self.fields):
                continue
            value = by_kind.get(control.kind, control.value)
            sent[control.name] = value or (control.choices[0] if control.choices else "")
        return sent


class _Forms(HTMLParser):
    """Collects the forms of a page."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url
        self.forms: list[Form] = []
        self._open: Form | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = Form(urljoin(self.url, given.get("action", "")), given.get("method", "get").lower())
            self.forms.append(self._open)
        elif self._open is None:
            return
        elif tag == "option" and self._open.fields:
            self._open.fields[-1].choices.append(given.get("value", ""))
        elif tag in ("input", "select", "textarea", "button") and given.get("name"):
            usual = {"input": "text", "button": "submit"}.get(tag, tag)
            self._open.fields.append(Field(given["name"], given.get("type", usual), given.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None


def forms_of(html: str, url: str) -> list[Form]:
    """The forms of a page that was fetched from `url`."""
    parser = _Forms(url)
    parser.feed(html)
    parser.close()
    return parser.forms


def promise_form(forms: list[Form]) -> Form | None:
    """The form by which the customer says when it will pay: the one that asks for a day."""
    return next((form for form in forms if form.method == "post" and form.has("date")), None)


def payment_claim_form(forms: list[Form]) -> Form | None:
    """The form by which the customer says that it has paid: the other one."""
    told = [form for form in forms if form.method == "post" and not form.has("date")]
    return next((form for form in told if "paid" in form.action), told[0] if told else None)
