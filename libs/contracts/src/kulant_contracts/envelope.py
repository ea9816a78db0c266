"""The CloudEvents envelope: who said what about whom, when, as which number, and because of what."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Annotated, Any, ClassVar, Final

from pydantic import BeforeValidator, Field, TypeAdapter, ValidationError
from pydantic_core import SchemaValidator, core_schema, from_json

from kulant_contracts.refusal import Undecodable, UnknownType, reason_of
from kulant_contracts.topics import ERP, partition_key
from kulant_contracts.wire import ONE_LINE, Id, Instant, Sequence, TenantSlug, Wire

STRUCTURED: Final = "application/cloudevents+json"
CONTENT_TYPE: Final = "application/cloudevents+json; charset=UTF-8"
CONTENT_TYPE_HEADER: Final = ("content-type", CONTENT_TYPE.encode())
_JSON: Final = "application/json"
_STRUCTURED: Final = STRUCTURED.encode()
_ANY_MODE: Final = b"application/cloudevents"

_ONE_LINE: Final = re.compile(ONE_LINE)
_LONGEST_KEY: Final = 40 + 1 + 200
_DIGITS: Final = re.compile(r"[0-9]{1,19}")
_ID: Final[TypeAdapter[str]] = TypeAdapter(Id)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_TRACEPARENT: Final = re.compile(
    r"(?:00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}"
    r"|(?!00|ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-[!-~]{0,200})?)"
)
_TRACESTATE: Final = re.compile(r"[\x20-\x7e]{1,512}")


def _sound_traceparent(value: Any) -> Any:
    return value if isinstance(value, str) and _TRACEPARENT.fullmatch(value) else None


def _sound_tracestate(value: Any) -> Any:
    return value if isinstance(value, str) and _TRACESTATE.fullmatch(value) else None


def _json_if_unset(value: Any) -> Any:
    return _JSON if value is None else value


def _sound_key(value: Any) -> Any:
    is_sound = isinstance(value, str) and len(value) <= _LONGEST_KEY and _ONE_LINE.fullmatch(value)
    return value if is_sound else ""


class EventData(Wire):
    """The data of one type of event. The class that defines an event names its type and its topic."""

    TYPE: ClassVar[str]
    TOPIC: ClassVar[str]


class Envelope(Wire):
    """CloudEvents 1.0 attributes and the extensions that Kulant reads and writes."""

    specversion: Annotated[str, Field(strict=True, pattern=r"^1\.0$")] = "1.0"
    id: Id = Field(description="Unique per source; of Kulant's own events a UUIDv7, made when the fact was recorded")
    source: Annotated[str, Field(strict=True, min_length=1, max_length=500, pattern=r"^[!-~]+$")] = Field(
        description="URI reference of who says it: /kulant/invoice-service; an ERP uses its own"
    )
    type: Annotated[str, Field(strict=True, max_length=200, pattern=r"^[A-Za-z0-9_.-]+$")] = Field(
        description="kulant.<area>.<fact>.v<major>"
    )
    time: Instant = Field(description="When the fact became true, on the tenant's clock")
    datacontenttype: Annotated[
        str,
        Field(strict=True, pattern=r"^[Aa]pplication/[Jj][Ss][Oo][Nn] *(;[ -~]*)?$"),
        BeforeValidator(_json_if_unset),
    ] = _JSON
    tenantid: TenantSlug = Field(description="The tenant's slug")
    partitionkey: Annotated[str, Field(strict=True, max_length=_LONGEST_KEY), BeforeValidator(_sound_key)] = Field(
        default="",
        description="<tenant>/<customer>, or <tenant> for tenant-wide facts; what an ERP says here is not used",
    )
    traceparent: Annotated[str | None, BeforeValidator(_sound_traceparent)] = Field(
        default=None, description="W3C trace context; a malformed one is ignored"
    )
    tracestate: Annotated[str | None, BeforeValidator(_sound_tracestate)] = Field(
        default=None, description="W3C trace state; a malformed one is ignored"
    )
    correlationid: Id | None = Field(default=None, description="Id of the event that started the chain")
    causationid: Id | None = Field(default=None, description="Id of the event that led to this one")
    sequence: Sequence | None = Field(
        default=None,
        description="Contiguous from 1 per source, topic and partitionkey; on Kulant's own events only",
    )
    baseline: Annotated[int, Field(strict=True, ge=0)] | None = Field(
        default=None, description="On restated events: sequences up to this number count as had"
    )


@dataclass(frozen=True, slots=True)
class Event:
    """One event as read: its envelope, and its data as the class that defines its type."""

    envelope: Envelope
    data: EventData


def key_of(tenant: str, data: EventData) -> str:
    """The partition key that an event with this data has."""
    return partition_key(tenant, getattr(data, "customer_id", None))


def version_of(event: Event) -> int:
    """The entity's version that this event states: its `version`, or without one its time in microseconds."""
    version: int | None = getattr(event.data, "version", None)
    if version is not None:
        return version
    return (event.envelope.time - _EPOCH) // timedelta(microseconds=1)


Headers = Iterable[tuple[str, bytes | None]]


def encode(envelope: Envelope, data: EventData) -> bytes:
    """The whole event in CloudEvents structured mode; absent fields are left out."""
    if envelope.type != data.TYPE:
        raise ValueError(f"an envelope of type {envelope.type} around data of type {data.TYPE}")
    head = envelope.__pydantic_serializer__.to_json(envelope, exclude_none=True)
    body = data.__pydantic_serializer__.to_json(data, exclude_none=True)
    return head[:-1] + b',"data":' + body + b"}"


def decode(value: bytes | None, headers: Headers, readable: Mapping[str, type[EventData]]) -> Event:
    """Reads one Kafka record in structured or binary mode.

    Raises UnknownType for a sound envelope of a type that is not readable, Undecodable for everything else.
    """
    if value is None:
        raise Undecodable("value: missing")
    written = {name.lower(): content for name, content in headers if content is not None}
    content_type = written.get("content-type", b"").lower()
    if not content_type.startswith(_STRUCTURED):
        if content_type.startswith(_ANY_MODE):
            raise Undecodable("content-type: not JSON")
        if "ce_specversion" in written:
            return decode_binary(value, _attributes(written), readable)
    traceparent = _text(written, "traceparent") if "traceparent" in written else ""
    return decode_structured(value, readable, traceparent=traceparent)


def decode_structured(value: bytes, readable: Mapping[str, type[EventData]], *, traceparent: str = "") -> Event:
    """Reads an event that is wholly in the value; the header's trace context counts where the event has none."""
    try:
        envelope: Envelope = Envelope.__pydantic_validator__.validate_json(value)
    except ValidationError as error:
        raise Undecodable(reason_of(error)) from None
    if "specversion" not in envelope.__pydantic_fields_set__:
        raise Undecodable("specversion: missing")
    if traceparent and envelope.traceparent is None and _sound_traceparent(traceparent):
        envelope = envelope.model_copy(update={"traceparent": traceparent})
    data_class = readable.get(envelope.type)
    if data_class is None:
        raise UnknownType(envelope)
    try:
        data: EventData = _around(data_class).validate_json(value)["data"]
    except ValidationError as error:
        raise Undecodable(reason_of(error), _key_at_least(envelope, data_class, value, "data")) from None
    return _event(envelope, data)


def decode_binary(value: bytes, attributes: Mapping[str, str], readable: Mapping[str, type[EventData]]) -> Event:
    """Reads an event whose attributes came as headers and whose data is the value."""
    given: dict[str, str | int] = dict(attributes)
    for name in ("sequence", "baseline"):
        if name in attributes and _DIGITS.fullmatch(attributes[name]):
            given[name] = int(attributes[name])
    try:
        envelope = Envelope.model_validate(given)
    except ValidationError as error:
        raise Undecodable(reason_of(error)) from None
    data_class = readable.get(envelope.type)
    if data_class is None:
        raise UnknownType(envelope)
    try:
        data = data_class.model_validate_json(value)
    except ValidationError as error:
        key = _key_at_least(envelope, data_class, value)
        raise Undecodable(reason_of(error, within="data"), key) from None
    return _event(envelope, data)


def _event(envelope: Envelope, data: EventData) -> Event:
    key = key_of(envelope.tenantid, data)
    if data.TOPIC != ERP:
        if envelope.partitionkey != key:
            raise Undecodable("partitionkey: not that of the data", key)
        if envelope.sequence is None:
            raise Undecodable("sequence: missing", key)
    elif envelope.partitionkey != key:
        envelope = envelope.model_copy(update={"partitionkey": key})
    return Event(envelope, data)


def _key_at_least(envelope: Envelope, data_class: type[EventData], value: bytes, *path: str) -> str | None:
    """Whom an event is about of which the data cannot be read: tenant-wide by its type, or by its customer_id."""
    if "customer_id" not in data_class.model_fields:
        return envelope.tenantid
    try:
        found = from_json(value)
        for name in (*path, "customer_id"):
            found = found[name]
        return partition_key(envelope.tenantid, _ID.validate_python(found))
    except (ValueError, LookupError, TypeError):
        return envelope.partitionkey if envelope.partitionkey.startswith(f"{envelope.tenantid}/") else None


@cache
def _around(data_class: type[EventData]) -> SchemaValidator:
    """Validates a whole structured event and keeps its data alone: one parse, no detour over Python objects."""
    data_class.model_rebuild()  # shapes are built when met, and may not have been met yet
    data = core_schema.typed_dict_field(data_class.__pydantic_core_schema__)
    return SchemaValidator(core_schema.typed_dict_schema({"data": data}))


def _text(written: Mapping[str, bytes], name: str) -> str:
    try:
        return written[name].decode()
    except UnicodeDecodeError:
        raise Undecodable("header: not UTF-8") from None


def _attributes(written: Mapping[str, bytes]) -> dict[str, str]:
    attributes = {name[3:]: _text(written, name) for name in written if name.startswith("ce_")}
    if "content-type" in written:
        attributes["datacontenttype"] = _text(written, "content-type")
    for name in ("traceparent", "tracestate"):
        if name in written:
            attributes.setdefault(name, _text(written, name))
    return attributes
