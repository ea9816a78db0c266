"""Events over HTTP: one in structured or binary mode, or a batch; good ones of a batch are not lost with bad ones."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import unquote

from pydantic_core import from_json, to_json

from kulant_contracts.envelope import STRUCTURED, Event, EventData, decode_binary, decode_structured
from kulant_contracts.refusal import Undecodable, UnknownType, UnsupportedMediaType

BATCH: Final = "application/cloudevents-batch+json"
MOST_EVENTS: Final = 1_000

Outcome = Event | Undecodable | UnknownType


@dataclass(frozen=True, slots=True)
class Submission:
    """What one request brought: an outcome per event, in the order of the request."""

    is_batch: bool
    outcomes: tuple[Outcome, ...]


def decode_http(
    body: bytes, headers: Mapping[str, str], readable: Mapping[str, type[EventData]], *, tenant: str | None = None
) -> Submission:
    """Reads all events of a request; `tenant` counts for those that name none.

    Raises UnsupportedMediaType for a content type that carries no events, Undecodable for a body that is no batch
    although it should be. What is wrong with a single event is that event's outcome.
    """
    given = {name.lower(): text for name, text in headers.items()}
    media_type, _, parameters = given.get("content-type", "").partition(";")
    media_type = media_type.strip().lower()
    if "charset=" in parameters.lower() and "utf-8" not in parameters.lower():
        raise UnsupportedMediaType("content-type: not UTF-8")
    if media_type == BATCH:
        return Submission(
            is_batch=True, outcomes=tuple(_structured(part, given, readable, tenant) for part in _parts(body))
        )
    if media_type == STRUCTURED:
        return Submission(is_batch=False, outcomes=(_structured(_object(body), given, readable, tenant),))
    if "ce-specversion" in given:
        return Submission(is_batch=False, outcomes=(_binary(body, given, readable, tenant),))
    raise UnsupportedMediaType("content-type: not one of CloudEvents")


def _object(body: bytes) -> Any:
    try:
        return from_json(body, allow_inf_nan=False)
    except ValueError:
        return None


def _parts(body: bytes) -> list[Any]:
    parts = _object(body)
    if not isinstance(parts, list):
        raise Undecodable("value: not a list of events")
    if len(parts) > MOST_EVENTS:
        raise Undecodable(f"value: more than {MOST_EVENTS} events")
    return parts


def _structured(
    part: Any, given: Mapping[str, str], readable: Mapping[str, type[EventData]], tenant: str | None
) -> Outcome:
    if not isinstance(part, dict):
        return Undecodable("value: not an event")
    if tenant is not None and part.get("tenantid") is None:
        part["tenantid"] = tenant
    try:
        return decode_structured(to_json(part), readable, traceparent=given.get("traceparent", ""))
    except (Undecodable, UnknownType) as refusal:
        return refusal


def _binary(
    body: bytes, given: Mapping[str, str], readable: Mapping[str, type[EventData]], tenant: str | None
) -> Outcome:
    attributes = {name[3:]: unquote(text) for name, text in given.items() if name.startswith("ce-")}
    if "content-type" in given:
        attributes["datacontenttype"] = given["content-type"]
    if tenant is not None:
        attributes.setdefault("tenantid", tenant)
    for name in ("traceparent", "tracestate"):
        if name in given:
            attributes.setdefault(name, given[name])
    try:
        return decode_binary(body, attributes, readable)
    except (Undecodable, UnknownType) as refusal:
        return refusal
