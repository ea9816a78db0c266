"""The pages about events: one per topic, a table of fields per event, made from the models alone."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from pydantic.json_schema import models_json_schema

from kulant_contracts import topics
from kulant_contracts.envelope import Envelope, EventData
from kulant_contracts.registry import of_topic
from kulant_contracts.wire import Wire

TOPICS: Final = {
    topics.ERP: ("ERP systems", "invoice-service"),
    topics.INVOICE: ("invoice-service", "dunning-engine, notifier, feedback-service, anyone"),
    topics.REMINDER: ("dunning-engine", "notifier, feedback-service"),
    topics.DELIVERY: ("notifier", "dunning-engine, feedback-service"),
    topics.RESPONSE: ("feedback-service", "dunning-engine, notifier, invoice-service"),
    topics.CASE: ("dunning-engine", "invoice-service, feedback-service, the ERP"),
}
"""Who writes to each topic, and who reads it."""
_NOTE: Final = "<!-- Made from libs/contracts by `make schemas`. Change the models, not this page. -->\n\n"
_HEAD: Final = "| field | form | meaning |\n|---|---|---|\n"
_FORMATS: Final = {"date": "day", "date-time": "instant"}


def pages() -> dict[str, str]:
    """File name to text: an overview with the envelope, and a page per topic."""
    return {"README.md": _overview()} | {f"{topic}.md": _page(topic) for topic in topics.ALL}


def _overview() -> str:
    rows = [f"| [`{topic}`]({topic}.md) | {writers} | {readers} |\n" for topic, (writers, readers) in TOPICS.items()]
    envelope = _shapes([Envelope])["Envelope"]
    envelope["required"].append("specversion")
    return (
        f"{_NOTE}# Events\n\nEvery event is a CloudEvents 1.0 envelope around its data. `?` marks what may be absent, "
        "`[]` a list, `…` behind the words of an enum that more words may come.\n\n"
        "The same for tools: [asyncapi.json](asyncapi.json), an AsyncAPI 3 document.\n\n"
        f"| topic | written by | read by |\n|---|---|---|\n{''.join(rows)}\n"
        f"## Envelope\n\n{envelope['description']}\n\n{_table(envelope)}"
    )


def _page(topic: str) -> str:
    writers, readers = TOPICS[topic]
    events = of_topic(topic)
    shapes = _shapes(events)
    parts = [f"{_NOTE}# {topic}\n\nWritten by {writers}; read by {readers}.\n"]
    for event in events:
        shape = shapes.pop(event.__name__)
        parts.append(f"\n## {event.TYPE}\n\n{shape['description']}\n\n{_table(shape)}")
    if shapes:
        parts.append("\n## Shapes\n")
    parts += [f"\n### {name}\n\n{shape['description']}\n\n{_table(shape)}" for name, shape in sorted(shapes.items())]
    return "".join(parts)


def _shapes(models: Iterable[type[Wire] | type[EventData]]) -> dict[str, Any]:
    _, written = models_json_schema([(model, "validation") for model in models])
    shapes: dict[str, Any] = written["$defs"]
    return shapes


def _table(shape: Mapping[str, Any]) -> str:
    required = shape.get("required", ())
    rows = [
        f"| `{name}{'' if name in required else '?'}` | {_form(field)} | {_meaning(field)} |\n"
        for name, field in shape["properties"].items()
    ]
    return _HEAD + "".join(rows)


def _meaning(field: Mapping[str, Any]) -> str:
    parts = [field.get("description", "")]
    if field.get("default") not in (None, "", [], {}):
        parts.append(f"absent: `{field['default']}`")
    return "; ".join(part for part in parts if part).replace("<", "&lt;")


def _form(field: Mapping[str, Any]) -> str:
    if "$ref" in field:
        name = field["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in field:
        is_optional = "default" in field
        return " or ".join(_form(form) for form in field["anyOf"] if not (is_optional and form == {"type": "null"}))
    for keyword, ending in (("enum", ""), ("x-open-enum", ", …")):
        if keyword in field:
            return ", ".join(f"`{word}`" for word in field[keyword]) + ending
    if field["type"] == "array":
        most = f" (at most {field['maxItems']})" if "maxItems" in field else ""
        return f"{_form(field['items'])}[]{most}"
    if field["type"] == "object":
        values = field.get("additionalProperties") or next(iter(field["patternProperties"].values()))
        return f"text to {_form(values)}"
    if field["type"] == "string":
        return _FORMATS.get(field.get("format", ""), "") or _text(field)
    return str(field["type"])


def _text(field: Mapping[str, Any]) -> str:
    return f"text (at most {field['maxLength']} characters)" if "maxLength" in field else "text"
