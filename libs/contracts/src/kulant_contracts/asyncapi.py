"""The whole bus as one AsyncAPI 3 document, made from the models alone: topics, keys, messages, shapes."""

import json
from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from kulant_contracts import topics
from kulant_contracts.envelope import Envelope, EventData
from kulant_contracts.pages import TOPICS
from kulant_contracts.registry import ALL, of_topic

FILE_NAME: Final = "asyncapi.json"
_CONTENT_TYPE: Final = "application/cloudevents+json; charset=UTF-8"
_DEFINITIONS: Final = "#/$defs/"
_SCHEMAS: Final = "#/components/schemas/"
_KEPT_MS: Final = 30 * 24 * 60 * 60 * 1000
_BINDING: Final = "0.5.0"


def asyncapi() -> dict[str, Any]:
    """The document as Python values."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Kulant",
            "version": "1.0.0",
            "description": "Everything that an ERP says to Kulant and that Kulant says, as CloudEvents 1.0 in "
            "structured mode. Made from libs/contracts by `make schemas`: change the models, not this file.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": _CONTENT_TYPE,
        "channels": {_name(topic): _channel(topic) for topic in topics.ALL},
        "operations": {_operation_name(topic): _operation(topic) for topic in topics.ALL},
        "components": {
            "messages": {event.__name__: _message(event) for event in ALL},
            "schemas": _schemas(),
        },
    }


def as_text() -> str:
    """The document as it stands in its file."""
    return json.dumps(asyncapi(), indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def _name(topic: str) -> str:
    """`kulant.invoice.v1` is the channel `invoice`, `kulant.erp.bulk.v1` the channel `erp-bulk`."""
    return "-".join(topic.split(".")[1:-1])


def _channel(topic: str) -> dict[str, Any]:
    writers, readers = TOPICS[topic]
    return {
        "address": topic,
        "description": f"Written by {writers}; read by {readers}.",
        "messages": {event.__name__: {"$ref": f"#/components/messages/{event.__name__}"} for event in of_topic(topic)},
        "bindings": {
            "kafka": {
                "topic": topic,
                "partitions": 12,
                "topicConfiguration": {"cleanup.policy": ["delete"], "retention.ms": _KEPT_MS},
                "bindingVersion": _BINDING,
            }
        },
    }


def _operation_name(topic: str) -> str:
    return f"{'read' if topic == topics.ERP else 'write'}-{_name(topic)}"


def _operation(topic: str) -> dict[str, Any]:
    """As the document's application Kulant as a whole counts: it receives what ERP systems say and sends the rest."""
    writers, _ = TOPICS[topic]
    return {
        "action": "receive" if topic == topics.ERP else "send",
        "channel": {"$ref": f"#/channels/{_name(topic)}"},
        "summary": f"What {writers} say." if topic == topics.ERP else f"What {writers} says.",
    }


def _message(event: type[EventData]) -> dict[str, Any]:
    envelope: dict[str, Any] = {"type": {"const": event.TYPE}, "data": {"$ref": f"{_SCHEMAS}{event.__name__}"}}
    required = ["specversion", "data", *(() if event.TOPIC == topics.ERP else ("partitionkey", "sequence"))]
    return {
        "name": event.TYPE,
        "title": event.TYPE,
        "summary": event.__doc__,
        "contentType": _CONTENT_TYPE,
        "payload": {
            "allOf": [
                {"$ref": f"{_SCHEMAS}Envelope"},
                {"type": "object", "properties": envelope, "required": required},
            ]
        },
        "bindings": {
            "kafka": {
                "key": {"type": "string", "description": "<tenant>/<customer_id>; <tenant> for tenant-wide facts"},
                "bindingVersion": _BINDING,
            }
        },
    }


def _schemas() -> dict[str, Any]:
    models: list[type[BaseModel]] = [Envelope, *ALL]
    _, written = models_json_schema([(model, "validation") for model in models])
    return {name: _as_component(shape) for name, shape in written["$defs"].items()}


def _as_component(part: Any) -> Any:
    """A schema with its references led to the document's components, and nothing beside a reference.

    AsyncAPI reads what stands beside a reference no more than JSON Schema did before 2019.
    """
    if isinstance(part, list):
        return [_as_component(entry) for entry in part]
    if not isinstance(part, dict):
        return part
    told = {
        name: _as_component(entry) for name, entry in part.items() if not (name == "title" and isinstance(entry, str))
    }
    reference = told.pop("$ref", None)
    if reference is None:
        return told
    led = {"$ref": reference.replace(_DEFINITIONS, _SCHEMAS)}
    return {"allOf": [led], **told} if told else led
