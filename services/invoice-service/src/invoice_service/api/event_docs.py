"""How the OpenAPI document tells what `POST /v1/events` takes: every event of an ERP, from the contracts."""

from collections.abc import Iterable
from typing import Any

from kulant_contracts.envelope import STRUCTURED, EventData
from kulant_contracts.http import BATCH, MOST_EVENTS


def event_bodies(models: Iterable[type[EventData]]) -> dict[str, Any]:
    """The request's body, for `openapi_extra`: one event in structured mode, or a batch of them."""
    event = {"anyOf": [_event(model) for model in models]}
    batch = {"type": "array", "items": event, "maxItems": MOST_EVENTS}
    return {"requestBody": {"content": {STRUCTURED: {"schema": event}, BATCH: {"schema": batch}}, "required": True}}


def _event(model: type[EventData]) -> dict[str, Any]:
    text = {"type": "string", "minLength": 1, "maxLength": 200}
    data = _inlined(model.model_json_schema())
    return {
        "title": model.TYPE,
        "type": "object",
        "required": ["specversion", "id", "source", "type", "time", "data"],
        "properties": {
            "specversion": {"const": "1.0"},
            "id": text,
            "source": text,
            "type": {"const": model.TYPE},
            "time": {"type": "string", "format": "date-time"},
            "tenantid": {"type": "string", "pattern": "^[a-z0-9-]{1,40}$", "description": "Absent: the request's."},
            "data": data,
        },
    }


def _inlined(schema: Any, shapes: dict[str, Any] | None = None) -> Any:
    """A JSON Schema without references to its own `$defs`: in the document they would point elsewhere."""
    if isinstance(schema, list):
        return [_inlined(one, shapes) for one in schema]
    if not isinstance(schema, dict):
        return schema
    shapes = schema.get("$defs", {}) if shapes is None else shapes
    if "$ref" in schema:
        shape = _inlined(shapes[schema["$ref"].rpartition("/")[2]], shapes)
        return {**shape, **{name: part for name, part in schema.items() if name != "$ref"}}
    return {name: _inlined(part, shapes) for name, part in schema.items() if name != "$defs"}
