"""Pages of lists: the next one begins behind a place in the list's order; clients carry the place as an opaque word."""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query

from kulant_chassis.problem import Problem

STORABLE = r"^[^\x00]*$"
"""PostgreSQL has no NUL in texts: nothing that is stored has one."""
LONGEST_CURSOR = 4_000
"""Two ids of 200 characters in any script fit."""
Limit = Annotated[int, Query(ge=1, le=500)]
Name = Annotated[str, Query(min_length=1, max_length=200, pattern=STORABLE)]
"""An id of somebody else's in a query."""
Cursor = Annotated[str | None, Query(max_length=LONGEST_CURSOR)]

Part = str | int | date | UUID
_LARGEST = 2**63 - 1


def cursor_of(place: Sequence[Part] | None) -> str | None:
    """The place behind which the next page begins; None: there is none."""
    if place is None:
        return None
    parts = [part.isoformat() if isinstance(part, date) else str(part) for part in place]
    return base64.urlsafe_b64encode(json.dumps(parts, ensure_ascii=False).encode()).decode().rstrip("=")


def place_of(cursor: str | None, *kinds: type) -> tuple[Any, ...] | None:
    """The reverse of `cursor_of`: one value of each kind (str, int, date, datetime, UUID).

    Raises Problem 422 for what it never gave out, and what the database would not take.
    """
    if cursor is None:
        return None
    try:
        parts = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
        if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
            raise ValueError
        return tuple(_READERS[kind](part) for kind, part in zip(kinds, parts, strict=True))
    except (ValueError, RecursionError):
        raise Problem(422, "cursor-invalid", "The cursor is not one that this list gave.") from None


def _text(part: str) -> str:
    if "\0" in part:
        raise ValueError
    part.encode()  # a lone surrogate is no text either
    return part


def _number(part: str) -> int:
    number = int(part)
    if abs(number) > _LARGEST:
        raise ValueError
    return number


def _moment(part: str) -> datetime:
    moment = datetime.fromisoformat(part)
    if moment.utcoffset() is None:
        raise ValueError
    return moment


_READERS: Mapping[type, Callable[[str], Part]] = {
    str: _text,
    int: _number,
    date: date.fromisoformat,
    datetime: _moment,
    UUID: UUID,
}
