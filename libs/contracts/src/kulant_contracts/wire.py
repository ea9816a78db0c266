"""What shapes on the wire are made of: a frozen model, and scalars that refuse what no service could store."""

import re
from collections.abc import Collection
from datetime import UTC, date, datetime
from functools import cache
from typing import Annotated, Any, Final
from zoneinfo import available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

FIRST_DAY: Final = date(1900, 1, 1)
LAST_DAY: Final = date(2199, 12, 31)
FIRST_INSTANT: Final = datetime(1900, 1, 1, tzinfo=UTC)
LAST_INSTANT: Final = datetime(2199, 12, 31, tzinfo=UTC)
GREATEST_INTEGER: Final = 2**63 - 1

# No control characters, no line separators: such a text fits into a mail header, a log line and a database.
ONE_LINE: Final = r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]*$"
_MANY_LINES: Final = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]*$"
_DAY: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_INSTANT: Final = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})$"
)


class Wire(BaseModel):
    """A shape on the wire: never changed after it was made; unknown fields are ignored on reading."""

    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        allow_inf_nan=False,
        serialize_by_alias=True,
        defer_build=True,  # a process builds the shapes that it meets, not all of them at its start
    )


class _Written:
    """Reads a date or an instant from its one written form only: no numbers, no other notations."""

    def __init__(self, *, in_json: CoreSchema, instance: CoreSchema, text: CoreSchema, json_format: str) -> None:
        self._in_json = in_json
        self._in_python = core_schema.union_schema([instance, text], mode="left_to_right")
        self._json_format = json_format

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.json_or_python_schema(json_schema=self._in_json, python_schema=self._in_python)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"type": "string", "format": self._json_format}


def _days(*, strict: bool) -> CoreSchema:
    return core_schema.date_schema(strict=strict, ge=FIRST_DAY, le=LAST_DAY)


def _instants(*, strict: bool) -> CoreSchema:
    return core_schema.datetime_schema(
        strict=strict,
        tz_constraint="aware",
        ge=FIRST_INSTANT,
        le=LAST_INSTANT,
        microseconds_precision="truncate",
    )


def _text(pattern: str, parse: CoreSchema) -> CoreSchema:
    return core_schema.chain_schema([core_schema.str_schema(strict=True, pattern=pattern), parse])


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones()) - {"localtime", "Factory"}


def _existing_zone(name: str) -> str:
    if name not in _zones():
        raise PydanticCustomError("time_zone_unknown", "no such time zone")
    return name


_IBAN: Final = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")


def _sound_iban(text: str) -> str:
    iban = text.replace(" ", "").upper()
    if not _IBAN.fullmatch(iban):
        raise PydanticCustomError("iban_malformed", "not an IBAN")
    if int("".join(str(int(sign, 36)) for sign in iban[4:] + iban[:4])) % 97 != 1:
        raise PydanticCustomError("iban_checksum", "the check digits of the IBAN are wrong")
    return iban


class OpenEnum:
    """Marks an enum to which values may be added: a word that it does not have yet reads as `unknown`."""

    def __init__(self, *, unknown: str | None) -> None:
        self._unknown = unknown

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        unknown = core_schema.no_info_after_validator_function(
            lambda _: self._unknown, core_schema.str_schema(strict=True)
        )
        return core_schema.union_schema(
            [handler(source), unknown],
            mode="left_to_right",
            custom_error_type="string_type",
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        known = handler(schema["choices"][0])
        return {"type": "string", "x-open-enum": known.get("enum") or [known["const"]]}


# Strict reading of JSON takes a day in its one form, but an instant in several: hence the detour for instants.
_INSTANT_TEXT: Final = _text(_INSTANT, _instants(strict=False))
Day = Annotated[
    date,
    _Written(
        in_json=_days(strict=True),
        instance=_days(strict=True),
        text=_text(_DAY, _days(strict=False)),
        json_format="date",
    ),
]
Instant = Annotated[
    datetime,
    _Written(in_json=_INSTANT_TEXT, instance=_instants(strict=True), text=_INSTANT_TEXT, json_format="date-time"),
]

Id = Annotated[str, Field(strict=True, min_length=1, max_length=200, pattern=ONE_LINE)]
TenantSlug = Annotated[str, Field(strict=True, pattern=r"^[a-z0-9-]{1,40}$")]
Code = Annotated[str, Field(strict=True, pattern=r"^[A-Za-z0-9_.-]{1,60}$")]
Line = Annotated[str, Field(strict=True, min_length=1, max_length=500, pattern=ONE_LINE)]
Text = Annotated[str, Field(strict=True, min_length=1, max_length=10_000, pattern=_MANY_LINES)]
Url = Annotated[str, Field(strict=True, max_length=2_000, pattern=r"^https?://[^\s<>\"\x00-\x20\x7f-\x9f]+$")]
Country = Annotated[str, Field(strict=True, pattern=r"^[A-Z]{2}$")]
Region = Annotated[str, Field(strict=True, pattern=r"^[A-Z0-9-]{1,10}$")]
Language = Annotated[str, Field(strict=True, pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,4}$")]
TimeZone = Annotated[str, Field(strict=True, max_length=64), AfterValidator(_existing_zone)]
Iban = Annotated[str, Field(strict=True, max_length=50), AfterValidator(_sound_iban)]
Bic = Annotated[str, Field(strict=True, pattern=r"^[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?$")]
Sha256 = Annotated[str, Field(strict=True, pattern=r"^[0-9a-f]{64}$")]
Rate = Annotated[str, Field(strict=True, pattern=r"^[0-9]{1,3}(\.[0-9]{1,6})?$")]
Flag = Annotated[bool, Field(strict=True)]
Count = Annotated[int, Field(strict=True, ge=0, le=1_000_000)]
Stage = Annotated[int, Field(strict=True, ge=0, le=99)]
Version = Annotated[int, Field(strict=True, ge=0, le=GREATEST_INTEGER)]
Sequence = Annotated[int, Field(strict=True, ge=1, le=GREATEST_INTEGER)]
Key = Annotated[str, Field(strict=True, min_length=1, max_length=60, pattern=ONE_LINE)]
Seen = dict[Code, Annotated[int, Field(strict=True, ge=0, le=GREATEST_INTEGER)]]


def check_distinct(ids: Collection[str]) -> None:
    """Refuses a list in which two entries have the same id."""
    if len(set(ids)) != len(ids):
        raise PydanticCustomError("ids_not_distinct", "the same id comes twice")
